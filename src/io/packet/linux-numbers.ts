/** Numbers of Linux's generic headers that the addon does not hand out; the same on every machine that we build for. */
export const LINUX = {
    IPPROTO_VRRP: 112,
    IPPROTO_AH: 51,
    SO_BINDTOIFINDEX: 62,
    IPV6_MTU_DISCOVER: 23,
    MSG_DONTROUTE: 4,
    EINTR: 4,
    EAGAIN: 11,
    ENODEV: 19,
    EADDRINUSE: 98,
    ENOBUFS: 105,
} as const;
