/*
 * Holds one thread of another program, which the kernel cannot do by itself: signals and freezers stop all of them. It is as if that thread computed
 * without end or waited for a disk. Says "held" when it stands, and lets go when it is killed.
 *
 *   cc -o held-thread held-thread.c; ./held-thread TID
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
    int tid = count == 2 ? atoi(words[1]) : 0;
    if (ptrace(PTRACE_SEIZE, tid, 0L, 0L) < 0 || ptrace(PTRACE_INTERRUPT, tid, 0L, 0L) < 0 || waitpid(tid, NULL, __WALL) < 0) {
        perror("held-thread");
        return 1;
    }
    puts("held");
    fflush(stdout);
    pause();
    return 0;
}
