/* Descriptors, files, clocks and timers. */
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "holdfast.h"

#ifndef F_OFD_SETLK
#define F_OFD_SETLK 37
#endif
#define NS_PER_SECOND 1000000000.0
/* Seconds that a time_t and a double both hold exactly; further away is never. */
#define MAX_SECONDS 4e9

#define RETRY(result, expression)          \
    do {                                   \
        result = (expression);             \
    } while (result < 0 && errno == EINTR)

static napi_value do_open(napi_env env, napi_callback_info info) {
    char path[PATH_MAX];
    int result;
    Call call = call_begin(env, info);
    arg_text(&call, 0, path, sizeof path);
    int flags = arg_int(&call, 1), mode = arg_int(&call, 2);
    if (call.bad) return NULL;
    RETRY(result, open(path, flags | O_CLOEXEC | O_NONBLOCK, mode));
    return reply_errno(env, result);
}

static napi_value do_close(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    if (call.bad) return NULL;
    /* libuv aborts when a descriptor that it watches goes away. */
    if (poller_watches(env_state(env), fd)) return reply(env, -EBUSY);
    int result = close(fd);
    /* Linux has closed it even so. */
    if (result < 0 && errno == EINTR) result = 0;
    return reply_errno(env, result);
}

static napi_value do_read(napi_env env, napi_callback_info info) {
    ssize_t result;
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes bytes = arg_range(&call, 1);
    if (call.bad) return NULL;
    RETRY(result, read(fd, bytes.data, bytes.length));
    return reply_errno(env, result);
}

static napi_value do_write(napi_env env, napi_callback_info info) {
    ssize_t result;
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes bytes = arg_range(&call, 1);
    if (call.bad) return NULL;
    RETRY(result, write(fd, bytes.data, bytes.length));
    return reply_errno(env, result);
}

static napi_value do_pipe(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int32_t *out = arg_int32s(&call, 0, 2);
    int blocking = arg_int(&call, 1);
    if (call.bad) return NULL;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return reply_errno(env, -1);
    for (int i = 0; i < 2; i++) {
        if ((blocking & (1 << i)) == 0) fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
        out[i] = ends[i];
    }
    return reply(env, 0);
}

static napi_value do_mkfifo(napi_env env, napi_callback_info info) {
    char path[PATH_MAX];
    Call call = call_begin(env, info);
    arg_text(&call, 0, path, sizeof path);
    int mode = arg_int(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, mkfifo(path, (mode_t)mode));
}

static napi_value do_fcntl(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), command = arg_int(&call, 1), value = arg_int(&call, 2);
    if (call.bad) return NULL;
    switch (command) {
        case F_GETFD:
        case F_SETFD:
        case F_GETFL:
        case F_SETFL:
        case F_GETPIPE_SZ:
        case F_SETPIPE_SZ:
            return reply_errno(env, fcntl(fd, command, value));
        default:
            return reply(env, -EOPNOTSUPP);
    }
}

static napi_value do_flock(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), operation = arg_int(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, flock(fd, operation));
}

static napi_value do_lock(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), type = arg_int(&call, 1);
    if (call.bad) return NULL;
    struct flock lock = {.l_type = (short)type, .l_whence = SEEK_SET};
    return reply_errno(env, fcntl(fd, F_OFD_SETLK, &lock));
}

static napi_value do_monotonic_ns(napi_env env, napi_callback_info info) {
    (void)info;
    struct timespec now;
    napi_value result = NULL;
    clock_gettime(CLOCK_MONOTONIC, &now);
    napi_create_double(env, (double)now.tv_sec * NS_PER_SECOND + (double)now.tv_nsec, &result);
    return result;
}

static napi_value do_clock_read(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int clock = arg_int(&call, 0);
    double *out = arg_doubles(&call, 1, 2);
    if (call.bad) return NULL;
    struct timespec now;
    if (clock_gettime(clock, &now) < 0) return reply_errno(env, -1);
    out[0] = (double)now.tv_sec;
    out[1] = (double)now.tv_nsec;
    return reply(env, 0);
}

static napi_value do_timerfd_create(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int clock = arg_int(&call, 0);
    if (call.bad) return NULL;
    return reply_errno(env, timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK));
}

static struct timespec timespec_of(double ns) {
    double seconds = floor(ns / NS_PER_SECOND);
    if (seconds >= MAX_SECONDS) return (struct timespec){.tv_sec = (time_t)MAX_SECONDS};
    return (struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = (long)(ns - seconds * NS_PER_SECOND)};
}

static napi_value do_timerfd_set(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    double at = arg_number(&call, 1), interval = arg_number(&call, 2);
    if (call.bad) return NULL;
    if (at < 0 || interval < 0) return call_throw(&call, "a time is not negative");
    struct itimerspec setting = {.it_value = timespec_of(at), .it_interval = timespec_of(interval)};
    return reply_errno(env, timerfd_settime(fd, TFD_TIMER_ABSTIME, &setting, NULL));
}

void define_files(napi_env env, napi_value exports) {
    define_function(env, exports, "open", do_open);
    define_function(env, exports, "close", do_close);
    define_function(env, exports, "read", do_read);
    define_function(env, exports, "write", do_write);
    define_function(env, exports, "pipe", do_pipe);
    define_function(env, exports, "mkfifo", do_mkfifo);
    define_function(env, exports, "fcntl", do_fcntl);
    define_function(env, exports, "flock", do_flock);
    define_function(env, exports, "lock", do_lock);
    define_function(env, exports, "monotonicNs", do_monotonic_ns);
    define_function(env, exports, "clockRead", do_clock_read);
    define_function(env, exports, "timerfdCreate", do_timerfd_create);
    define_function(env, exports, "timerfdSet", do_timerfd_set);
}
