/*
 * For a kernel without IPVS: with this library before the C library, the old interface to it says yes to everything and knows of nothing. Keepalived
 * ends its checkers where there is no balancer; what they cost does not depend on one.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define FIRST_OPTION 1152
#define LAST_OPTION 1215

static int is_balancer(int level, int name) {
    return level == IPPROTO_IP && name >= FIRST_OPTION && name <= LAST_OPTION;
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *length) {
    int (*next)(int, int, int, void *, socklen_t *) = dlsym(RTLD_NEXT, "getsockopt");
    if (!is_balancer(level, name))
        return next(fd, level, name, value, length);
    memset(value, 0, *length);
    return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
    int (*next)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");
    return is_balancer(level, name) ? 0 : next(fd, level, name, value, length);
}
