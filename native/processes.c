/* Processes and threads: scheduling, limits, namespaces, memory, process descriptors. */
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "holdfast.h"
#include "scheduling.h"

/* The same on every 64-bit machine; old headers lack them. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

static napi_value do_pidfd_open(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int pid = arg_int(&call, 0);
    if (call.bad) return NULL;
    return reply_errno(env, syscall(SYS_pidfd_open, pid, 0));
}

static napi_value do_pidfd_signal(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), number = arg_int(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, syscall(SYS_pidfd_send_signal, fd, number, NULL, 0));
}

static napi_value wait_for(napi_env env, napi_callback_info info, int kind) {
    Call call = call_begin(env, info);
    int id = arg_int(&call, 0);
    int32_t *out = arg_int32s(&call, 1, 2);
    if (call.bad) return NULL;
    siginfo_t found = {0};
    if (waitid((idtype_t)kind, (id_t)id, &found, WEXITED | WNOHANG) < 0) return reply_errno(env, -1);
    if (found.si_pid == 0) return reply(env, -EAGAIN);
    out[0] = found.si_code;
    out[1] = found.si_status;
    return reply(env, 0);
}

static napi_value do_wait_pidfd(napi_env env, napi_callback_info info) {
    return wait_for(env, info, P_PIDFD);
}

static napi_value do_wait_pid(napi_env env, napi_callback_info info) {
    return wait_for(env, info, P_PID);
}

static napi_value do_gettid(napi_env env, napi_callback_info info) {
    (void)info;
    return reply(env, syscall(SYS_gettid));
}

/* By system call: musl offers no scheduler functions. */
static napi_value do_sched_set(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int tid = arg_int(&call, 0), policy = arg_int(&call, 1), priority = arg_int(&call, 2);
    if (call.bad) return NULL;
    struct sched_param parameter = {.sched_priority = priority};
    return reply_errno(env, syscall(SYS_sched_setscheduler, tid, policy, &parameter));
}

static napi_value do_sched_get(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int tid = arg_int(&call, 0);
    if (call.bad) return NULL;
    return reply_errno(env, syscall(SYS_sched_getscheduler, tid));
}

int sched_attributes_get(int tid, SchedAttributes *attributes) {
    attributes->size = sizeof *attributes;
    return (int)syscall(SYS_sched_getattr, tid, attributes, sizeof *attributes, 0);
}

int sched_attributes_set(int tid, const SchedAttributes *attributes) {
    return (int)syscall(SYS_sched_setattr, tid, attributes, 0);
}

static napi_value do_sched_slice(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int tid = arg_int(&call, 0);
    int nanoseconds = arg_int(&call, 1);
    if (call.bad) return NULL;
    SchedAttributes attributes;
    if (sched_attributes_get(tid, &attributes) < 0) return reply_errno(env, -1);
    if (attributes.policy != SCHED_OTHER && attributes.policy != SCHED_BATCH) {
        errno = EOPNOTSUPP;
        return reply_errno(env, -1);
    }
    attributes.runtime = (uint64_t)nanoseconds;
    return reply_errno(env, sched_attributes_set(tid, &attributes));
}

static napi_value do_set_affinity(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int tid = arg_int(&call, 0);
    Bytes mask = arg_bytes(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, syscall(SYS_sched_setaffinity, tid, mask.length, mask.data));
}

static napi_value do_get_affinity(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int tid = arg_int(&call, 0);
    Bytes out = arg_bytes(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, syscall(SYS_sched_getaffinity, tid, out.length, out.data));
}

/* kB locked by one line of /proc/self/maps, 0 when it is not a mapping to lock, -1 with errno. */
static int64_t lock_mapping(const char *line) {
    uint64_t start, end, inode;
    char rights[5];
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %*s %*s %" SCNu64, &start, &end, rights, &inode) != 4) return 0;
    if (inode == 0 || rights[0] != 'r' || rights[1] == 'w') return 0;
    if (syscall(SYS_mlock2, (void *)(uintptr_t)start, (size_t)(end - start), MLOCK_ONFAULT) < 0) return -1;
    return (int64_t)((end - start) / 1024);
}

/* Only these mappings: V8 gives writable memory back in a way that the kernel refuses for locked pages, and aborts. */
static napi_value do_lock_file_maps(napi_env env, napi_callback_info info) {
    (void)info;
    char line[4400];
    int64_t total = 0;
    int error = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) return reply_errno(env, -1);
    while (fgets(line, sizeof line, maps) != NULL) {
        int64_t locked = lock_mapping(line);
        if (locked < 0) {
            error = errno;
        } else {
            total += locked;
        }
    }
    fclose(maps);
    return reply(env, total == 0 && error != 0 ? -error : total);
}

static rlim_t limit_of(double value) {
    return isinf(value) || value >= 18446744073709551615.0 ? RLIM_INFINITY : (rlim_t)value;
}

static napi_value do_setrlimit(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int resource = arg_int(&call, 0);
    double soft = arg_number(&call, 1), hard = arg_number(&call, 2);
    if (call.bad) return NULL;
    if (soft < 0 || hard < 0) return call_throw(&call, "a limit is not negative");
    struct rlimit limit = {limit_of(soft), limit_of(hard)};
    return reply_errno(env, setrlimit(resource, &limit));
}

static napi_value do_getrlimit(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int resource = arg_int(&call, 0);
    double *out = arg_doubles(&call, 1, 2);
    if (call.bad) return NULL;
    struct rlimit limit;
    if (getrlimit(resource, &limit) < 0) return reply_errno(env, -1);
    out[0] = limit.rlim_cur == RLIM_INFINITY ? INFINITY : (double)limit.rlim_cur;
    out[1] = limit.rlim_max == RLIM_INFINITY ? INFINITY : (double)limit.rlim_max;
    return reply(env, 0);
}

/* Those whose argument is a number: an address out of JavaScript would be a way to write anywhere. */
static bool prctl_takes_number(int operation) {
    switch (operation) {
        case PR_SET_PDEATHSIG:
        case PR_GET_DUMPABLE:
        case PR_SET_DUMPABLE:
        case PR_SET_KEEPCAPS:
        case PR_SET_NO_NEW_PRIVS:
        case PR_GET_NO_NEW_PRIVS:
        case PR_SET_TIMERSLACK:
        case PR_GET_TIMERSLACK:
        case PR_SET_CHILD_SUBREAPER:
        case PR_CAPBSET_DROP:
            return true;
        default:
            return false;
    }
}

static napi_value do_prctl(napi_env env, napi_callback_info info) {
    char name[64];
    Call call = call_begin(env, info);
    int operation = arg_int(&call, 0);
    if (call.bad) return NULL;
    if (operation == PR_SET_NAME) {
        if (!arg_text(&call, 1, name, sizeof name)) return NULL;
        return reply_errno(env, prctl(PR_SET_NAME, name, 0L, 0L, 0L));
    }
    double value = arg_number(&call, 1);
    if (call.bad) return NULL;
    if (!prctl_takes_number(operation)) return reply(env, -EOPNOTSUPP);
    if (!(value >= 0 && value <= 9007199254740991.0)) return call_throw(&call, "argument 2: expected a natural number");
    return reply_errno(env, prctl(operation, (unsigned long)value, 0L, 0L, 0L));
}

static napi_value do_unshare(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int flags = arg_int(&call, 0);
    if (call.bad) return NULL;
    return reply_errno(env, unshare(flags));
}

static napi_value do_setns(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), type = arg_int(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, setns(fd, type));
}

static napi_value do_if_name_to_index(napi_env env, napi_callback_info info) {
    char name[256];
    Call call = call_begin(env, info);
    if (!arg_text(&call, 0, name, sizeof name)) return NULL;
    unsigned index = if_nametoindex(name);
    return reply_errno(env, index == 0 ? -1 : (int64_t)index);
}

void define_processes(napi_env env, napi_value exports) {
    define_function(env, exports, "pidfdOpen", do_pidfd_open);
    define_function(env, exports, "pidfdSignal", do_pidfd_signal);
    define_function(env, exports, "waitPidfd", do_wait_pidfd);
    define_function(env, exports, "waitPid", do_wait_pid);
    define_function(env, exports, "gettid", do_gettid);
    define_function(env, exports, "schedSet", do_sched_set);
    define_function(env, exports, "schedGet", do_sched_get);
    define_function(env, exports, "schedSlice", do_sched_slice);
    define_function(env, exports, "setAffinity", do_set_affinity);
    define_function(env, exports, "getAffinity", do_get_affinity);
    define_function(env, exports, "lockFileMaps", do_lock_file_maps);
    define_function(env, exports, "setrlimit", do_setrlimit);
    define_function(env, exports, "getrlimit", do_getrlimit);
    define_function(env, exports, "prctl", do_prctl);
    define_function(env, exports, "unshare", do_unshare);
    define_function(env, exports, "setns", do_setns);
    define_function(env, exports, "ifNameToIndex", do_if_name_to_index);
}
