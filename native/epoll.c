/* Readiness of many descriptors by one: for those of whom thousands come and go, where a poller for each would be most of their work. */
#include <sys/epoll.h>

#include "holdfast.h"

#define MAX_EVENTS 256
#define WORDS_EACH 2

static napi_value do_epoll_create(napi_env env, napi_callback_info info) {
    (void)info;
    return reply_errno(env, epoll_create1(EPOLL_CLOEXEC));
}

static napi_value do_epoll_control(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int epoll = arg_int(&call, 0), operation = arg_int(&call, 1), fd = arg_int(&call, 2), events = arg_int(&call, 3), token = arg_int(&call, 4);
    if (call.bad) return NULL;
    struct epoll_event event = {.events = (uint32_t)events, .data.u64 = (uint32_t)token};
    return reply_errno(env, epoll_ctl(epoll, operation, fd, &event));
}

static napi_value do_epoll_wait(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int epoll = arg_int(&call, 0);
    size_t length = 0;
    int32_t *out = arg_int32s_counted(&call, 1, WORDS_EACH, &length);
    if (call.bad) return NULL;
    struct epoll_event events[MAX_EVENTS];
    size_t most = length / WORDS_EACH;
    int count = epoll_wait(epoll, events, most < MAX_EVENTS ? (int)most : MAX_EVENTS, 0);
    for (int i = 0; i < count; i++) {
        *out++ = (int32_t)events[i].events;
        *out++ = (int32_t)events[i].data.u64;
    }
    return reply_errno(env, count);
}

void define_epoll(napi_env env, napi_value exports) {
    define_function(env, exports, "epollCreate", do_epoll_create);
    define_function(env, exports, "epollControl", do_epoll_control);
    define_function(env, exports, "epollWait", do_epoll_wait);
}
