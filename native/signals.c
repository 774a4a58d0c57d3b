/*
 * Signals as bytes in a pipe, whichever thread they arrive in. libuv knows no real-time signals, and Node's own SIGUSR1 handler opens a debugger.
 *
 * Dispositions belong to the process, so this is the one place with static data: the ends of one pipe, made once and never closed. The handler writes
 * to it, callers read duplicates of its other end; a closed duplicate cannot turn a signal into SIGPIPE.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "holdfast.h"

#define MAX_SIGNALS 64

typedef struct {
    uint32_t number;
    int32_t pid;
    uint32_t uid;
    int32_t code;
} Record;

/* Both ends in one word, so that they appear together: read end in the upper half; -1 while there is none. */
static _Atomic int64_t pipe_ends = -1;
static _Atomic uint32_t lost;

static void on_signal(int number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    Record record = {(uint32_t)number, info->si_pid, info->si_uid, info->si_code};
    if (write((int)(atomic_load(&pipe_ends) & INT32_MAX), &record, sizeof record) != sizeof record) atomic_fetch_add(&lost, 1);
    errno = saved;
}

static int open_pipe(void) {
    int ends[2];
    int64_t none = -1;
    if (atomic_load(&pipe_ends) >= 0) return 0;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return -1;
    if (!atomic_compare_exchange_strong(&pipe_ends, &none, (int64_t)ends[0] << 32 | ends[1])) {
        close(ends[0]);
        close(ends[1]);
    }
    return 0;
}

/* Faults must kill where they happen, and a write to a pipe must fail where it is made. */
static bool may_catch(int number) {
    switch (number) {
        case SIGSEGV:
        case SIGBUS:
        case SIGFPE:
        case SIGILL:
        case SIGTRAP:
        case SIGPIPE:
            return false;
        default:
            return number > 0;
    }
}

static int catch_signal(int number) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigset_t one;
    if (!may_catch(number)) {
        errno = EINVAL;
        return -1;
    }
    sigfillset(&action.sa_mask);
    if (sigaction(number, &action, NULL) < 0) return -1;
    sigemptyset(&one);
    sigaddset(&one, number);
    return sigprocmask(SIG_UNBLOCK, &one, NULL) == 0 ? 0 : -1;
}

static napi_value do_signals_open(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    bool is_array = false;
    uint32_t count = 0;
    double numbers[MAX_SIGNALS];
    napi_is_array(env, call.values[0], &is_array);
    if (!is_array || napi_get_array_length(env, call.values[0], &count) != napi_ok || count > MAX_SIGNALS) {
        return call_throw(&call, "argument 1: expected an array of signal numbers");
    }
    for (uint32_t i = 0; i < count; i++) {
        napi_value item;
        if (napi_get_element(env, call.values[0], i, &item) != napi_ok) return NULL;
        if (napi_get_value_double(env, item, &numbers[i]) != napi_ok || !(numbers[i] >= 0 && numbers[i] <= MAX_SIGNALS)) {
            return call_throw(&call, "argument 1: expected an array of signal numbers");
        }
    }
    if (open_pipe() < 0) return reply_errno(env, -1);
    for (uint32_t i = 0; i < count; i++) {
        if (catch_signal((int)numbers[i]) < 0) return reply_errno(env, -1);
    }
    return reply_errno(env, fcntl((int)(atomic_load(&pipe_ends) >> 32), F_DUPFD_CLOEXEC, 3));
}

static napi_value do_signals_lost(napi_env env, napi_callback_info info) {
    (void)info;
    return reply(env, atomic_load(&lost));
}

void define_signals(napi_env env, napi_value exports) {
    define_function(env, exports, "signalsOpen", do_signals_open);
    define_function(env, exports, "signalsLost", do_signals_lost);
}
