/* Numbers from the real headers; src/io/native/constants.ts lists the same names. */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "holdfast.h"

/* The kernel's numbers where a C library's headers do not have them. */
#ifndef SO_RXQ_OVFL
#define SO_RXQ_OVFL 40
#endif
#ifndef IP_MULTICAST_ALL
#define IP_MULTICAST_ALL 49
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif
#ifndef IPV6_TRANSPARENT
#define IPV6_TRANSPARENT 75
#endif
#ifndef IPV6_MINHOPCOUNT
#define IPV6_MINHOPCOUNT 73
#endif
#ifndef IPV6_HDRINCL
#define IPV6_HDRINCL 36
#endif
#ifndef SCM_CREDENTIALS
#define SCM_CREDENTIALS 2
#endif
#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif
#ifndef NETLINK_EXT_ACK
#define NETLINK_EXT_ACK 11
#endif
#ifndef NETLINK_CAP_ACK
#define NETLINK_CAP_ACK 10
#endif
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif
#ifndef PACKET_QDISC_BYPASS
#define PACKET_QDISC_BYPASS 20
#endif
#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif
#ifndef SOL_PACKET
#define SOL_PACKET 263
#endif
#ifndef SOL_RAW
#define SOL_RAW 255
#endif
#ifndef SOL_IP
#define SOL_IP 0
#endif
#ifndef SOL_IPV6
#define SOL_IPV6 41
#endif
#ifndef SCM_TIMESTAMPNS
#define SCM_TIMESTAMPNS SO_TIMESTAMPNS
#endif
#ifndef SCHED_RESET_ON_FORK
#define SCHED_RESET_ON_FORK 0x40000000
#endif
#ifndef RLIMIT_RTTIME
#define RLIMIT_RTTIME 15
#endif

typedef struct {
    const char *name;
    double value;
} Constant;

void define_constants(napi_env env, napi_value exports) {
    /* Not static: SIGRTMIN is asked of the C library. */
    const Constant constants[] = {
#define NUMBER(name) {#name, (double)(name)}
        NUMBER(AF_UNSPEC),
        NUMBER(AF_UNIX),
        NUMBER(AF_INET),
        NUMBER(AF_INET6),
        NUMBER(AF_NETLINK),
        NUMBER(AF_PACKET),
        NUMBER(SOCK_STREAM),
        NUMBER(SOCK_DGRAM),
        NUMBER(SOCK_RAW),
        NUMBER(SOCK_SEQPACKET),
        NUMBER(SHUT_RD),
        NUMBER(SHUT_WR),
        NUMBER(SHUT_RDWR),
        NUMBER(IPPROTO_IP),
        NUMBER(IPPROTO_ICMP),
        NUMBER(IPPROTO_IGMP),
        NUMBER(IPPROTO_TCP),
        NUMBER(IPPROTO_UDP),
        NUMBER(IPPROTO_IPV6),
        NUMBER(IPPROTO_AH),
        NUMBER(IPPROTO_ICMPV6),
        NUMBER(IPPROTO_RAW),
        NUMBER(SOL_SOCKET),
        NUMBER(SOL_IP),
        NUMBER(SOL_IPV6),
        NUMBER(SOL_RAW),
        NUMBER(SOL_NETLINK),
        NUMBER(SOL_PACKET),
        NUMBER(SO_REUSEADDR),
        NUMBER(SO_REUSEPORT),
        NUMBER(SO_ERROR),
        NUMBER(SO_BROADCAST),
        NUMBER(SO_SNDBUF),
        NUMBER(SO_RCVBUF),
        NUMBER(SO_SNDBUFFORCE),
        NUMBER(SO_RCVBUFFORCE),
        NUMBER(SO_KEEPALIVE),
        NUMBER(SO_PRIORITY),
        NUMBER(SO_LINGER),
        NUMBER(SO_PASSCRED),
        NUMBER(SO_PEERCRED),
        NUMBER(SO_BINDTODEVICE),
        NUMBER(SO_TIMESTAMPNS),
        NUMBER(SO_MARK),
        NUMBER(SO_RXQ_OVFL),
        NUMBER(SO_TYPE),
        NUMBER(SO_PROTOCOL),
        NUMBER(SO_DOMAIN),
        NUMBER(IP_TOS),
        NUMBER(IP_TTL),
        NUMBER(IP_HDRINCL),
        NUMBER(IP_PKTINFO),
        NUMBER(IP_MTU_DISCOVER),
        NUMBER(IP_PMTUDISC_DONT),
        NUMBER(IP_RECVERR),
        NUMBER(IP_RECVTTL),
        NUMBER(IP_RECVTOS),
        NUMBER(IP_FREEBIND),
        NUMBER(IP_TRANSPARENT),
        NUMBER(IP_MINTTL),
        NUMBER(IP_MULTICAST_IF),
        NUMBER(IP_MULTICAST_TTL),
        NUMBER(IP_MULTICAST_LOOP),
        NUMBER(IP_MULTICAST_ALL),
        NUMBER(IP_ADD_MEMBERSHIP),
        NUMBER(IP_DROP_MEMBERSHIP),
        NUMBER(IPV6_UNICAST_HOPS),
        NUMBER(IPV6_MULTICAST_IF),
        NUMBER(IPV6_MULTICAST_HOPS),
        NUMBER(IPV6_MULTICAST_LOOP),
        NUMBER(IPV6_MULTICAST_ALL),
        NUMBER(IPV6_JOIN_GROUP),
        NUMBER(IPV6_LEAVE_GROUP),
        NUMBER(IPV6_V6ONLY),
        NUMBER(IPV6_CHECKSUM),
        NUMBER(IPV6_RECVPKTINFO),
        NUMBER(IPV6_PKTINFO),
        NUMBER(IPV6_RECVHOPLIMIT),
        NUMBER(IPV6_HOPLIMIT),
        NUMBER(IPV6_RECVERR),
        NUMBER(IPV6_TCLASS),
        NUMBER(IPV6_FREEBIND),
        NUMBER(IPV6_TRANSPARENT),
        NUMBER(IPV6_MINHOPCOUNT),
        NUMBER(IPV6_HDRINCL),
        NUMBER(TCP_NODELAY),
        NUMBER(TCP_SYNCNT),
        NUMBER(TCP_USER_TIMEOUT),
        NUMBER(SCM_RIGHTS),
        NUMBER(SCM_CREDENTIALS),
        NUMBER(SCM_TIMESTAMPNS),
        NUMBER(MSG_DONTWAIT),
        NUMBER(MSG_PEEK),
        NUMBER(MSG_TRUNC),
        NUMBER(MSG_CTRUNC),
        NUMBER(MSG_ERRQUEUE),
        NUMBER(MSG_NOSIGNAL),
        NUMBER(SIGHUP),
        NUMBER(SIGINT),
        NUMBER(SIGQUIT),
        NUMBER(SIGABRT),
        NUMBER(SIGKILL),
        NUMBER(SIGUSR1),
        NUMBER(SIGUSR2),
        NUMBER(SIGPIPE),
        NUMBER(SIGALRM),
        NUMBER(SIGTERM),
        NUMBER(SIGCHLD),
        NUMBER(SIGCONT),
        NUMBER(SIGSTOP),
        NUMBER(SIGWINCH),
        NUMBER(SIGXCPU),
        NUMBER(SIGRTMIN),
        NUMBER(SIGRTMAX),
        NUMBER(O_RDONLY),
        NUMBER(O_WRONLY),
        NUMBER(O_RDWR),
        NUMBER(O_CREAT),
        NUMBER(O_EXCL),
        NUMBER(O_TRUNC),
        NUMBER(O_APPEND),
        NUMBER(O_NONBLOCK),
        NUMBER(O_CLOEXEC),
        NUMBER(O_DIRECTORY),
        NUMBER(O_NOFOLLOW),
        NUMBER(O_PATH),
        NUMBER(F_GETFD),
        NUMBER(F_SETFD),
        NUMBER(F_GETFL),
        NUMBER(F_SETFL),
        NUMBER(F_SETPIPE_SZ),
        NUMBER(F_GETPIPE_SZ),
        NUMBER(F_RDLCK),
        NUMBER(F_WRLCK),
        NUMBER(F_UNLCK),
        NUMBER(FD_CLOEXEC),
        NUMBER(LOCK_SH),
        NUMBER(LOCK_EX),
        NUMBER(LOCK_NB),
        NUMBER(LOCK_UN),
        NUMBER(PR_SET_NAME),
        NUMBER(PR_SET_PDEATHSIG),
        NUMBER(PR_GET_DUMPABLE),
        NUMBER(PR_SET_DUMPABLE),
        NUMBER(PR_SET_KEEPCAPS),
        NUMBER(PR_SET_NO_NEW_PRIVS),
        NUMBER(PR_GET_NO_NEW_PRIVS),
        NUMBER(PR_SET_TIMERSLACK),
        NUMBER(PR_GET_TIMERSLACK),
        NUMBER(PR_SET_CHILD_SUBREAPER),
        NUMBER(PR_CAPBSET_DROP),
        NUMBER(CAP_CHOWN),
        NUMBER(CAP_DAC_OVERRIDE),
        NUMBER(CAP_DAC_READ_SEARCH),
        NUMBER(CAP_KILL),
        NUMBER(CAP_SETGID),
        NUMBER(CAP_SETUID),
        NUMBER(CAP_SETPCAP),
        NUMBER(CAP_NET_BIND_SERVICE),
        NUMBER(CAP_NET_ADMIN),
        NUMBER(CAP_NET_RAW),
        NUMBER(CAP_IPC_LOCK),
        NUMBER(CAP_SYS_PTRACE),
        NUMBER(CAP_SYS_ADMIN),
        NUMBER(CAP_SYS_NICE),
        NUMBER(CAP_SYS_RESOURCE),
        NUMBER(NETLINK_ROUTE),
        NUMBER(NETLINK_SOCK_DIAG),
        NUMBER(NETLINK_CONNECTOR),
        NUMBER(NETLINK_NETFILTER),
        NUMBER(NETLINK_GENERIC),
        NUMBER(NETLINK_ADD_MEMBERSHIP),
        NUMBER(NETLINK_DROP_MEMBERSHIP),
        NUMBER(NETLINK_PKTINFO),
        NUMBER(NETLINK_BROADCAST_ERROR),
        NUMBER(NETLINK_NO_ENOBUFS),
        NUMBER(NETLINK_CAP_ACK),
        NUMBER(NETLINK_EXT_ACK),
        NUMBER(NETLINK_GET_STRICT_CHK),
        NUMBER(PACKET_HOST),
        NUMBER(PACKET_BROADCAST),
        NUMBER(PACKET_MULTICAST),
        NUMBER(PACKET_OTHERHOST),
        NUMBER(PACKET_OUTGOING),
        NUMBER(PACKET_ADD_MEMBERSHIP),
        NUMBER(PACKET_DROP_MEMBERSHIP),
        NUMBER(PACKET_MR_MULTICAST),
        NUMBER(PACKET_MR_PROMISC),
        NUMBER(PACKET_MR_ALLMULTI),
        NUMBER(PACKET_AUXDATA),
        NUMBER(PACKET_IGNORE_OUTGOING),
        NUMBER(PACKET_QDISC_BYPASS),
        NUMBER(ARPHRD_ETHER),
        NUMBER(ARPHRD_INFINIBAND),
        NUMBER(ARPHRD_LOOPBACK),
        NUMBER(ETH_P_ALL),
        NUMBER(ETH_P_IP),
        NUMBER(ETH_P_ARP),
        NUMBER(ETH_P_IPV6),
        NUMBER(CLONE_NEWNS),
        NUMBER(CLONE_NEWNET),
        NUMBER(CLONE_NEWPID),
        NUMBER(CLONE_NEWUSER),
        NUMBER(CLONE_NEWUTS),
        NUMBER(CLONE_NEWIPC),
        NUMBER(SCHED_OTHER),
        NUMBER(SCHED_FIFO),
        NUMBER(SCHED_RR),
        NUMBER(SCHED_RESET_ON_FORK),
        NUMBER(RLIMIT_CORE),
        NUMBER(RLIMIT_MEMLOCK),
        NUMBER(RLIMIT_NOFILE),
        NUMBER(RLIMIT_RTPRIO),
        NUMBER(RLIMIT_RTTIME),
        NUMBER(RLIMIT_STACK),
        NUMBER(EPOLL_CTL_ADD),
        NUMBER(EPOLL_CTL_MOD),
        NUMBER(EPOLL_CTL_DEL),
        NUMBER(EPOLLIN),
        NUMBER(EPOLLOUT),
        NUMBER(EPOLLERR),
        NUMBER(EPOLLHUP),
        NUMBER(CLOCK_REALTIME),
        NUMBER(CLOCK_MONOTONIC),
        NUMBER(CLOCK_BOOTTIME),
        NUMBER(CLD_EXITED),
        NUMBER(CLD_KILLED),
        NUMBER(CLD_DUMPED),
        NUMBER(SIOCGIFFLAGS),
        NUMBER(SIOCSIFFLAGS),
        NUMBER(SIOCGIFINDEX),
        NUMBER(SIOCGIFHWADDR),
        NUMBER(SIOCSIFHWADDR),
        NUMBER(SIOCGIFMTU),
        NUMBER(SIOCGMIIPHY),
        NUMBER(SIOCGMIIREG),
        NUMBER(SIOCINQ),
        NUMBER(SIOCOUTQ),
#undef NUMBER
    };
    napi_value object, value;
    napi_create_object(env, &object);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        napi_create_double(env, constants[i].value, &value);
        napi_set_named_property(env, object, constants[i].name, value);
    }
    napi_object_freeze(env, object);
    napi_set_named_property(env, exports, "constants", object);
}
