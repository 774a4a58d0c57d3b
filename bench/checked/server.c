/*
 * Thousands of real servers in one process, which is never what checks wait for: port PORT of COUNT addresses from 127.1.0.0 on accepts, answers a request
 * of HTTP and closes. For each line on its input it prints what has come since the last one: how many connections, and for each address that two
 * came to, microseconds between them; then an empty line.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIRST 0x7f010000u
#define EVENTS 256
#define MOST_TIMES 4000000

static const char ANSWER[] = "HTTP/1.1 200 OK\r\nServer: check\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";
static long *last;
static unsigned spans[MOST_TIMES];
static unsigned long count, span_count;
static unsigned addresses;

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000L + time.tv_nsec / 1000;
}

static void note(int fd) {
    struct sockaddr_in own;
    socklen_t length = sizeof own;
    if (getsockname(fd, (struct sockaddr *)&own, &length) < 0)
        return;
    unsigned index = ntohl(own.sin_addr.s_addr) - FIRST;
    if (index >= addresses)
        return;
    long at = now();
    count++;
    if (last[index] != 0 && span_count < MOST_TIMES)
        spans[span_count++] = (unsigned)(at - last[index]);
    last[index] = at;
}

static void watch(int poll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static void take_all(int poll, int listener) {
    for (int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK); fd >= 0; fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) {
        note(fd);
        watch(poll, fd);
    }
}

static void serve(int fd) {
    char request[4096];
    ssize_t length = recv(fd, request, sizeof request, 0);
    if (length > 0)
        send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
    close(fd);
}

/* Whether it goes on. */
static int tell(void) {
    char line[64];
    if (read(0, line, sizeof line) <= 0)
        return 0;
    printf("%lu\n", count);
    for (unsigned long index = 0; index < span_count; index++)
        printf("%u\n", spans[index]);
    printf("\n");
    fflush(stdout);
    count = span_count = 0;
    return 1;
}

int main(int argument_count, char **arguments) {
    if (argument_count != 3)
        return 2;
    addresses = (unsigned)atoi(arguments[2]);
    last = calloc(addresses, sizeof *last);
    struct rlimit most = {65536, 65536};
    setrlimit(RLIMIT_NOFILE, &most);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (last == NULL || bind(listener, (struct sockaddr *)&any, sizeof any) < 0 || listen(listener, 65535) < 0) {
        perror("server");
        return 1;
    }
    watch(poll, listener);
    watch(poll, 0);
    for (;;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(poll, events, EVENTS, -1);
        for (int index = 0; index < ready; index++) {
            int fd = events[index].data.fd;
            if (fd == listener)
                take_all(poll, listener);
            else if (fd != 0)
                serve(fd);
            else if (!tell())
                return 0;
        }
    }
}
