/*
 * Another program in this process: it keeps the process id, its children and the descriptors that are named.
 *
 * Real-time signals are ignored from here until the program catches them: their default would end it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "holdfast.h"

#define LONGEST_PATH 4096

/* Pointers to texts that stand behind each other, each ended by NUL; NULL when they are not, or memory is short. */
static char **list_of(Bytes texts) {
    size_t count = 0, next = 0;
    if (texts.length > 0 && texts.data[texts.length - 1] != 0) return NULL;
    for (size_t i = 0; i < texts.length; i++) count += texts.data[i] == 0;
    char **list = calloc(count + 1, sizeof *list);
    for (size_t at = 0; list != NULL && at < texts.length; at += strlen((char *)texts.data + at) + 1) list[next++] = (char *)texts.data + at;
    return list;
}

/* False with errno when one of them is not open. */
static bool set_inherited(Bytes kept, bool on) {
    for (size_t at = 0; at + sizeof(int32_t) <= kept.length; at += sizeof(int32_t)) {
        int32_t fd;
        memcpy(&fd, kept.data + at, sizeof fd);
        int flags = fcntl(fd, F_GETFD);
        if (flags < 0 || fcntl(fd, F_SETFD, on ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC) < 0) return false;
    }
    return true;
}

static int replace(const char *path, char **argv, char **envp) {
    int count = SIGRTMAX - SIGRTMIN + 1;
    struct sigaction before[64], ignore = {.sa_handler = SIG_IGN};
    for (int i = 0; i < count && i < 64; i++) sigaction(SIGRTMIN + i, &ignore, &before[i]);
    execve(path, argv, envp);
    int failure = errno;
    for (int i = 0; i < count && i < 64; i++) sigaction(SIGRTMIN + i, &before[i], NULL);
    return failure;
}

static napi_value do_exec(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    char path[LONGEST_PATH];
    arg_text(&call, 0, path, sizeof path);
    Bytes words = arg_bytes(&call, 1), environment = arg_bytes(&call, 2), kept = arg_bytes(&call, 3);
    if (call.bad) return NULL;
    char **argv = list_of(words), **envp = list_of(environment);
    int failure = argv == NULL || envp == NULL ? EINVAL : 0;
    if (failure == 0 && !set_inherited(kept, true)) failure = errno;
    if (failure == 0) failure = replace(path, argv, envp);
    set_inherited(kept, false);
    free(argv);
    free(envp);
    return reply(env, -failure);
}

void define_exec(napi_env env, napi_value exports) {
    define_function(env, exports, "exec", do_exec);
}
