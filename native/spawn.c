/*
 * New processes, without copying this one's page tables.
 *
 * posix_spawn(3) cannot change user or working directory portably, so this does what it does: vfork with every signal blocked, and in the child
 * nothing but system calls. The child shares our memory until exec; it writes to `Plan.error` and its own stack only.
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "holdfast.h"
#include "privileges.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#define MAX_FDS 64
#define MAX_LIST 65536
#define MAX_GROUPS 1024
#define SIGNALS 64
#define UNSET (-1)

typedef struct {
    char path[PATH_MAX];
    char cwd[PATH_MAX];
    char **argv, **envp;
    int fds[MAX_FDS];
    uint32_t fd_count;
    gid_t *groups;
    uint32_t group_count;
    int64_t uid, gid, pgroup;
    int parent_death_signal;
    bool setsid, reset_sched, change_groups;
    bool ignored[SIGNALS + 1];
    Privileges privileges;
    pid_t parent;
    volatile int error;
} Plan;

/* As the kernel has it, for SIG_DFL and SIG_IGN: the rest is zero on every machine. The C library's sigaction takes locks for some signals. */
static void set_disposition(int number, bool ignore) {
    void *action[8] = {ignore ? (void *)SIG_IGN : (void *)SIG_DFL};
    syscall(SYS_rt_sigaction, number, action, NULL, sizeof(uint64_t));
}

static bool place_descriptors(const Plan *plan) {
    int copies[MAX_FDS];
    /* First out of the way, then into place: targets and sources may overlap. */
    for (uint32_t i = 0; i < plan->fd_count; i++) {
        copies[i] = plan->fds[i] < 0 ? -1 : fcntl(plan->fds[i], F_DUPFD_CLOEXEC, MAX_FDS);
        if (plan->fds[i] >= 0 && copies[i] < 0) return false;
    }
    for (uint32_t i = 0; i < plan->fd_count; i++) {
        if (copies[i] < 0) {
            close((int)i);
        } else if (dup2(copies[i], (int)i) < 0) {
            return false;
        }
    }
    if (syscall(SYS_close_range, plan->fd_count, UINT_MAX, 0) < 0) {
        struct rlimit limit = {0};
        getrlimit(RLIMIT_NOFILE, &limit);
        int end = limit.rlim_cur > 65536 ? 65536 : (int)limit.rlim_cur;
        for (int fd = (int)plan->fd_count; fd < end; fd++) close(fd);
    }
    return true;
}

/* By system call: the C library's functions would change every thread of the parent. */
static bool change_user(const Plan *plan) {
    if (plan->change_groups && syscall(SYS_setgroups, (size_t)plan->group_count, plan->groups) < 0) return false;
    if (plan->gid != UNSET && syscall(SYS_setresgid, (gid_t)plan->gid, (gid_t)plan->gid, (gid_t)plan->gid) < 0) return false;
    return plan->uid == UNSET || syscall(SYS_setresuid, (uid_t)plan->uid, (uid_t)plan->uid, (uid_t)plan->uid) == 0;
}

static bool prepare_child(const Plan *plan) {
    sigset_t none;
    for (int number = 1; number <= SIGNALS; number++) set_disposition(number, plan->ignored[number]);
    if ((plan->setsid && setsid() < 0) || (plan->pgroup != UNSET && setpgid(0, (pid_t)plan->pgroup) < 0)) return false;
    if (plan->reset_sched) {
        struct sched_param parameter = {0};
        if (syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &parameter) < 0 || setpriority(PRIO_PROCESS, 0, 0) < 0) return false;
    }
    if (!place_descriptors(plan) || !privileges_before_user(&plan->privileges)) return false;
    if (!change_user(plan) || !privileges_after_user(&plan->privileges)) return false;
    if (plan->cwd[0] != 0 && chdir(plan->cwd) < 0) return false;
    /* After the change of user, which clears it; a parent that died meanwhile can send nothing any more. */
    if (plan->parent_death_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, plan->parent_death_signal) < 0) return false;
        if (syscall(SYS_getppid) != plan->parent) _exit(127);
    }
    sigemptyset(&none);
    return sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

__attribute__((noinline)) static void run_child(Plan *plan) {
    if (prepare_child(plan)) execve(plan->path, plan->argv, plan->envp);
    plan->error = errno;
    _exit(127);
}

__attribute__((noinline)) static pid_t start(Plan *plan) {
    pid_t pid = vfork();
    if (pid == 0) run_child(plan);
    return pid;
}

static int64_t carry_out(Plan *plan) {
    sigset_t all, before;
    plan->parent = getpid();
    sigfillset(&all);
    /* No handler of ours may run in the child: it shares our memory. (On Linux this is the calling thread's mask.) */
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = start(plan);
    int failure = pid < 0 ? errno : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (failure != 0) return -failure;
    if (plan->error != 0) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
        return -plan->error;
    }
    return pid;
}

/* Reading the plan. */

static void free_texts(char **texts) {
    if (texts == NULL) return;
    for (char **text = texts; *text != NULL; text++) free(*text);
    free(texts);
}

static uint32_t list_length(Call *call, napi_value list, uint32_t most) {
    bool is_array = false;
    uint32_t length = 0;
    napi_is_array(call->env, list, &is_array);
    if (!is_array || napi_get_array_length(call->env, list, &length) != napi_ok || length > most) {
        call_throw(call, "expected an array that is not too long");
        return 0;
    }
    return length;
}

static char *text_of(Call *call, napi_value value) {
    size_t length = 0;
    if (napi_get_value_string_utf8(call->env, value, NULL, 0, &length) != napi_ok) {
        call_throw(call, "expected strings");
        return NULL;
    }
    char *text = malloc(length + 1);
    if (text == NULL) {
        call_throw(call, "no memory");
        return NULL;
    }
    napi_get_value_string_utf8(call->env, value, text, length + 1, &length);
    if (strlen(text) != length) call_throw(call, "expected strings without NUL");
    return text;
}

static char **texts_of(Call *call, napi_value list) {
    if (call->bad) return NULL;
    uint32_t count = list_length(call, list, MAX_LIST);
    char **texts = call->bad ? NULL : calloc((size_t)count + 1, sizeof *texts);
    for (uint32_t i = 0; texts != NULL && i < count && !call->bad; i++) {
        napi_value item;
        if (napi_get_element(call->env, list, i, &item) != napi_ok) {
            call->bad = true;
            break;
        }
        texts[i] = text_of(call, item);
    }
    return texts;
}

/* Whether the option is given; its value in `value`. */
static bool option(Call *call, const char *name, napi_value *value) {
    napi_valuetype type = napi_undefined;
    if (call->bad) return false;
    if (napi_get_named_property(call->env, call->values[3], name, value) != napi_ok || napi_typeof(call->env, *value, &type) != napi_ok) {
        call->bad = true;
        return false;
    }
    return type != napi_undefined;
}

static int64_t integer(Call *call, napi_value value, int64_t least, int64_t most) {
    double number = 0;
    if (napi_get_value_double(call->env, value, &number) != napi_ok || !(number >= (double)least && number <= (double)most) ||
        number != (double)(int64_t)number) {
        call_throw(call, "an option is out of range");
        return least;
    }
    return (int64_t)number;
}

static int64_t integer_option(Call *call, const char *name, int64_t most) {
    napi_value value;
    return option(call, name, &value) ? integer(call, value, 0, most) : UNSET;
}

static bool bool_option(Call *call, const char *name) {
    napi_value value;
    bool on = false;
    if (option(call, name, &value) && napi_get_value_bool(call->env, value, &on) != napi_ok) call_throw(call, "expected a boolean option");
    return on;
}

static int64_t item_of(Call *call, napi_value list, uint32_t index, int64_t least, int64_t most) {
    napi_value item;
    if (call->bad) return least;
    if (napi_get_element(call->env, list, index, &item) != napi_ok) {
        call->bad = true;
        return least;
    }
    return integer(call, item, least, most);
}

static void read_lists(Call *call, Plan *plan) {
    napi_value list;
    if (option(call, "fds", &list)) {
        plan->fd_count = list_length(call, list, MAX_FDS);
        for (uint32_t i = 0; i < plan->fd_count; i++) plan->fds[i] = (int)item_of(call, list, i, -1, INT_MAX);
    }
    if (option(call, "ignored", &list)) {
        uint32_t count = list_length(call, list, SIGNALS);
        for (uint32_t i = 0; i < count; i++) plan->ignored[item_of(call, list, i, 1, SIGNALS)] = true;
    }
    if (option(call, "groups", &list)) {
        plan->change_groups = true;
        plan->group_count = list_length(call, list, MAX_GROUPS);
        plan->groups = calloc((size_t)plan->group_count + 1, sizeof *plan->groups);
        for (uint32_t i = 0; plan->groups != NULL && i < plan->group_count; i++) plan->groups[i] = (gid_t)item_of(call, list, i, 0, UINT32_MAX - 1);
    }
}

static Privileges read_privileges(Call *call) {
    Privileges wanted = {.capabilities = integer_option(call, "capabilities", MOST_CAPABILITIES)};
    wanted.bounding = integer_option(call, "boundingCapabilities", MOST_CAPABILITIES);
    wanted.no_root = bool_option(call, "rootGainsNothing");
    wanted.reset = bool_option(call, "resetCapabilities");
    wanted.no_new = bool_option(call, "noNewPrivileges");
    return wanted;
}

static void read_plan(Call *call, Plan *plan) {
    napi_valuetype type = napi_undefined;
    napi_value value;
    arg_text(call, 0, plan->path, sizeof plan->path);
    if (call->bad) return;
    napi_typeof(call->env, call->values[3], &type);
    if (type != napi_object) {
        call_throw(call, "argument 4: expected options");
        return;
    }
    plan->argv = texts_of(call, call->values[1]);
    plan->envp = texts_of(call, call->values[2]);
    read_lists(call, plan);
    plan->uid = integer_option(call, "uid", UINT32_MAX - 1);
    plan->gid = integer_option(call, "gid", UINT32_MAX - 1);
    if (plan->uid != UNSET || plan->gid != UNSET) plan->change_groups = true;
    plan->pgroup = integer_option(call, "pgroup", INT_MAX);
    int64_t number = integer_option(call, "parentDeathSignal", SIGNALS);
    plan->parent_death_signal = number == UNSET ? 0 : (int)number;
    plan->setsid = bool_option(call, "setsid");
    plan->reset_sched = bool_option(call, "resetSched");
    plan->privileges = read_privileges(call);
    if (option(call, "cwd", &value)) {
        size_t length = 0;
        if (napi_get_value_string_utf8(call->env, value, plan->cwd, sizeof plan->cwd, &length) != napi_ok || length == 0 ||
            length >= sizeof plan->cwd - 1 || strlen(plan->cwd) != length) {
            call_throw(call, "cwd: expected a path");
        }
    }
    if (!call->bad && (plan->argv == NULL || plan->envp == NULL || (plan->change_groups && plan->group_count > 0 && plan->groups == NULL))) {
        call_throw(call, "no memory");
    }
}

static napi_value do_posix_spawn(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    Plan *plan = calloc(1, sizeof *plan);
    napi_value result = NULL;
    if (plan == NULL) return reply(env, -ENOMEM);
    read_plan(&call, plan);
    if (!call.bad) result = reply(env, carry_out(plan));
    free_texts(plan->argv);
    free_texts(plan->envp);
    free(plan->groups);
    free(plan);
    return result;
}

void define_spawn(napi_env env, napi_value exports) {
    define_function(env, exports, "posixSpawn", do_posix_spawn);
}
