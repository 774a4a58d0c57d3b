/* The least that it can take: COUNT addresses 10.8.x.y/32 on an interface, BATCH messages a call, all acknowledged. Prints milliseconds. */
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct message {
    struct nlmsghdr header;
    struct ifaddrmsg address;
    struct rtattr local_head;
    unsigned char local[4];
    struct rtattr address_head;
    unsigned char remote[4];
};

static struct message messages[1024];
static char answers[65536];

static int take_answers(int fd, int wanted) {
    while (wanted > 0) {
        ssize_t length = recv(fd, answers, sizeof answers, 0);
        if (length < 0)
            return -1;
        for (struct nlmsghdr *at = (struct nlmsghdr *)answers; NLMSG_OK(at, (unsigned)length); at = NLMSG_NEXT(at, length)) {
            struct nlmsgerr *error = NLMSG_DATA(at);
            if (at->nlmsg_type != NLMSG_ERROR || error->error != 0)
                return -1;
            wanted--;
        }
    }
    return 0;
}

static void fill(struct message *one, int index, int number) {
    memset(one, 0, sizeof *one);
    one->header.nlmsg_len = sizeof *one;
    one->header.nlmsg_type = RTM_NEWADDR;
    one->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
    one->address.ifa_family = AF_INET;
    one->address.ifa_prefixlen = 32;
    one->address.ifa_index = index;
    one->local_head.rta_len = one->address_head.rta_len = 8;
    one->local_head.rta_type = IFA_LOCAL;
    one->address_head.rta_type = IFA_ADDRESS;
    unsigned char bytes[4] = {10, 8, number >> 8, number & 255};
    memcpy(one->local, bytes, 4);
    memcpy(one->remote, bytes, 4);
}

int main(int argc, char **argv) {
    if (argc != 4)
        return 2;
    int index = if_nametoindex(argv[1]), count = atoi(argv[2]), batch = atoi(argv[3]);
    int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), one = 1;
    struct timespec start, end;
    if (fd < 0 || index == 0 || batch < 1 || batch > 1024)
        return 1;
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (int done = 0; done < count; done += batch) {
        int now = count - done < batch ? count - done : batch;
        for (int at = 0; at < now; at++)
            fill(&messages[at], index, done + at);
        if (send(fd, messages, now * sizeof *messages, 0) < 0 || take_answers(fd, now) < 0) {
            perror("netlink");
            return 1;
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.3f\n", (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6);
    return 0;
}
