/* Sockets and single messages. */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "holdfast.h"

#define CREATION_FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)

#ifndef SO_ATTACH_REUSEPORT_CBPF
#define SO_ATTACH_REUSEPORT_CBPF 51
#endif
#ifndef TCP_ZEROCOPY_RECEIVE
#define TCP_ZEROCOPY_RECEIVE 35
#endif

static napi_value do_socket(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int domain = arg_int(&call, 0), type = arg_int(&call, 1), protocol = arg_int(&call, 2);
    if (call.bad) return NULL;
    return reply_errno(env, socket(domain, type | CREATION_FLAGS, protocol));
}

static napi_value do_socket_at(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int ns = arg_int(&call, 0), domain = arg_int(&call, 1), type = arg_int(&call, 2), protocol = arg_int(&call, 3);
    if (call.bad) return NULL;
    int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (home < 0) return reply_errno(env, -1);
    if (setns(ns, CLONE_NEWNET) < 0) {
        int error = errno;
        close(home);
        return reply(env, -error);
    }
    int fd = socket(domain, type | CREATION_FLAGS, protocol);
    int error = errno;
    /* A thread in the wrong namespace would open every later socket there. */
    if (setns(home, CLONE_NEWNET) < 0) napi_fatal_error("socketAt", NAPI_AUTO_LENGTH, "cannot return to the own network namespace", NAPI_AUTO_LENGTH);
    close(home);
    return reply(env, fd < 0 ? -error : fd);
}

static napi_value do_socketpair(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int domain = arg_int(&call, 0), type = arg_int(&call, 1), protocol = arg_int(&call, 2);
    int32_t *out = arg_int32s(&call, 3, 2);
    if (call.bad) return NULL;
    int pair[2];
    int result = socketpair(domain, type | CREATION_FLAGS, protocol, pair);
    if (result == 0) {
        out[0] = pair[0];
        out[1] = pair[1];
    }
    return reply_errno(env, result);
}

static napi_value do_bind(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes address = arg_bytes(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, bind(fd, (const struct sockaddr *)address.data, (socklen_t)address.length));
}

static napi_value do_connect(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes address = arg_bytes(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, connect(fd, (const struct sockaddr *)address.data, (socklen_t)address.length));
}

static napi_value do_listen(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), backlog = arg_int(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, listen(fd, backlog));
}

static napi_value do_accept(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes address = arg_bytes_or_null(&call, 1);
    if (call.bad) return NULL;
    socklen_t length = (socklen_t)address.length;
    return reply_errno(env, accept4(fd, (struct sockaddr *)address.data, address.data ? &length : NULL, CREATION_FLAGS));
}

static napi_value address_of(napi_env env, napi_callback_info info, int (*ask)(int, struct sockaddr *, socklen_t *)) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes out = arg_bytes(&call, 1);
    if (call.bad) return NULL;
    socklen_t length = (socklen_t)out.length;
    int result = ask(fd, (struct sockaddr *)out.data, &length);
    return reply_errno(env, result < 0 ? result : (int64_t)length);
}

static int ask_own(int fd, struct sockaddr *address, socklen_t *length) {
    return getsockname(fd, address, length);
}

static int ask_peer(int fd, struct sockaddr *address, socklen_t *length) {
    return getpeername(fd, address, length);
}

static napi_value do_getsockname(napi_env env, napi_callback_info info) {
    return address_of(env, info, ask_own);
}

static napi_value do_getpeername(napi_env env, napi_callback_info info) {
    return address_of(env, info, ask_peer);
}

static napi_value do_shutdown(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), how = arg_int(&call, 1);
    if (call.bad) return NULL;
    return reply_errno(env, shutdown(fd, how));
}

/* Options whose value holds a pointer, or counts something other than bytes: flat bytes cannot carry them safely. */
static bool has_pointers(int level, int name) {
    if (level == SOL_SOCKET) return name == SO_ATTACH_FILTER || name == SO_ATTACH_REUSEPORT_CBPF;
    return level == IPPROTO_TCP && name == TCP_ZEROCOPY_RECEIVE;
}

static napi_value do_setsockopt(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), level = arg_int(&call, 1), name = arg_int(&call, 2);
    int number = 0;
    Bytes value = {(uint8_t *)&number, sizeof number};
    if (arg_is_number(&call, 3)) {
        number = arg_int(&call, 3);
    } else {
        value = arg_bytes(&call, 3);
    }
    if (call.bad) return NULL;
    if (has_pointers(level, name)) return reply(env, -EOPNOTSUPP);
    return reply_errno(env, setsockopt(fd, level, name, value.data, (socklen_t)value.length));
}

static napi_value do_getsockopt(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0), level = arg_int(&call, 1), name = arg_int(&call, 2);
    Bytes out = arg_bytes(&call, 3);
    if (call.bad) return NULL;
    if (has_pointers(level, name)) return reply(env, -EOPNOTSUPP);
    socklen_t length = (socklen_t)out.length;
    int result = getsockopt(fd, level, name, out.data, &length);
    return reply_errno(env, result < 0 ? result : (int64_t)length);
}

static napi_value do_attach_filter(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes code = arg_bytes_or_null(&call, 1);
    if (call.bad) return NULL;
    if (code.data == NULL) {
        int unused = 0;
        return reply_errno(env, setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused));
    }
    if (code.length % sizeof(struct sock_filter) != 0 || code.length / sizeof(struct sock_filter) > BPF_MAXINSNS) {
        return call_throw(&call, "a filter is 1 to 4096 instructions of 8 bytes");
    }
    struct sock_fprog program = {.len = (unsigned short)(code.length / sizeof(struct sock_filter)), .filter = (struct sock_filter *)code.data};
    return reply_errno(env, setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program));
}

/* How many bytes the kernel reads and writes for a request; 0 for those that are not offered. */
static size_t ioctl_size(unsigned request) {
    switch (request) {
        case SIOCGIFNAME:
        case SIOCGIFFLAGS:
        case SIOCSIFFLAGS:
        case SIOCGIFINDEX:
        case SIOCGIFHWADDR:
        case SIOCSIFHWADDR:
        case SIOCGIFADDR:
        case SIOCGIFMTU:
        case SIOCGIFTXQLEN:
        case SIOCGMIIPHY:
        case SIOCGMIIREG:
            return sizeof(struct ifreq);
        case SIOCINQ:
        case SIOCOUTQ:
            return sizeof(int);
        default:
            return 0;
    }
}

static napi_value do_ioctl(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    unsigned request = (unsigned)arg_int(&call, 1);
    Bytes value = arg_bytes(&call, 2);
    if (call.bad) return NULL;
    size_t size = ioctl_size(request);
    if (size == 0) return reply(env, -EOPNOTSUPP);
    if (value.length < size) return call_throw(&call, "the buffer is smaller than what the request reads and writes");
    return reply_errno(env, ioctl(fd, request, value.data));
}

static napi_value do_sendto(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes bytes = arg_range(&call, 1);
    int flags = arg_int(&call, 4);
    Bytes address = arg_bytes_or_null(&call, 5);
    if (call.bad) return NULL;
    return reply_errno(env, sendto(fd, bytes.data, bytes.length, flags | MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)address.data,
                                   (socklen_t)address.length));
}

/* As the kernel has it; C libraries differ. */
struct kernel_msghdr {
    void *name;
    int name_length;
    struct iovec *parts;
    size_t part_count;
    void *control;
    size_t control_length;
    unsigned flags;
};

static napi_value do_sendmsg(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes bytes = arg_range(&call, 1);
    int flags = arg_int(&call, 4);
    Bytes address = arg_bytes_or_null(&call, 5);
    Bytes control = arg_bytes_or_null(&call, 6);
    if (call.bad) return NULL;
    struct iovec part = {bytes.data, bytes.length};
    struct kernel_msghdr message = {
        .name = address.data,
        .name_length = (int)address.length,
        .parts = &part,
        .part_count = 1,
        .control = control.length ? control.data : NULL,
        .control_length = control.length,
    };
    return reply_errno(env, syscall(SYS_sendmsg, fd, &message, flags | MSG_NOSIGNAL | MSG_DONTWAIT));
}

static napi_value do_recv(napi_env env, napi_callback_info info) {
    Call call = call_begin(env, info);
    int fd = arg_int(&call, 0);
    Bytes bytes = arg_range(&call, 1);
    int flags = arg_int(&call, 4);
    if (call.bad) return NULL;
    return reply_errno(env, recv(fd, bytes.data, bytes.length, flags | MSG_DONTWAIT));
}

void define_sockets(napi_env env, napi_value exports) {
    define_function(env, exports, "socket", do_socket);
    define_function(env, exports, "socketAt", do_socket_at);
    define_function(env, exports, "socketpair", do_socketpair);
    define_function(env, exports, "bind", do_bind);
    define_function(env, exports, "connect", do_connect);
    define_function(env, exports, "listen", do_listen);
    define_function(env, exports, "accept", do_accept);
    define_function(env, exports, "getsockname", do_getsockname);
    define_function(env, exports, "getpeername", do_getpeername);
    define_function(env, exports, "shutdown", do_shutdown);
    define_function(env, exports, "setsockopt", do_setsockopt);
    define_function(env, exports, "getsockopt", do_getsockopt);
    define_function(env, exports, "attachFilter", do_attach_filter);
    define_function(env, exports, "ioctl", do_ioctl);
    define_function(env, exports, "sendto", do_sendto);
    define_function(env, exports, "sendmsg", do_sendmsg);
    define_function(env, exports, "recv", do_recv);
}
