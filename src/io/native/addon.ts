import type { Constants } from "./constants.ts";

/** A file descriptor, or `-errno`. */
export type Fd = number;

/** 0, or `-errno`. */
export type Errno = number;

/** A count (of bytes, of messages), or `-errno`. */
export type Count = number;

/** Bits of a poller's mask and of what its callback is told. */
export const POLL = {
    /** There is something to read. */
    read: 1,
    /** There is room to write. */
    write: 2,
    /** The peer has shut its writing side down. */
    disconnect: 4,
    /** Out-of-band data. */
    priority: 8,
    /** Told only: an error waits on the descriptor; `recv` or `SO_ERROR` fetches it, and until then the callback is called again and again. */
    error: 16,
} as const;

declare const pollerBrand: unique symbol;
declare const txBatchBrand: unique symbol;
declare const rxBatchBrand: unique symbol;

/** Watches one descriptor, which it does not own. While its mask is not 0 it keeps itself alive; a forgotten one with mask 0 is closed by the garbage collector. */
export interface Poller {
    readonly [pollerBrand]: true;
}

/** Receives the bits of {@link POLL}, or `-errno` when watching has ended. */
export type PollCallback = (events: number) => void;

/** Slots for messages to send. Slot i's bytes start at i × the size given at creation, in each area. All areas share one buffer: never transfer it. */
export interface TxBatch {
    readonly [txBatchBrand]: true;
    readonly data: Uint8Array;
    readonly addr: Uint8Array;
    readonly ctl: Uint8Array;
    /** Bytes of each message. */
    readonly lens: Uint32Array;
    /** Bytes of each address; 0 for none. */
    readonly addrLens: Uint32Array;
    /** Bytes of each ancillary block; 0 for none. */
    readonly ctlLens: Uint32Array;
}

/** Slots for messages received, laid out like {@link TxBatch}. */
export interface RxBatch {
    readonly [rxBatchBrand]: true;
    readonly data: Uint8Array;
    readonly addr: Uint8Array;
    readonly ctl: Uint8Array;
    /** Four words a slot: length, address length, ancillary length, flags (MSG_TRUNC and MSG_CTRUNC tell of lost bytes). */
    readonly meta: Uint32Array;
}

/** What a new process shall be like. It starts with default signal dispositions, an empty signal mask and no descriptor but those given. */
export interface SpawnOptions {
    /** Index = the child's descriptor, value = ours; -1 leaves that one closed. */
    readonly fds: readonly number[];
    readonly uid?: number;
    readonly gid?: number;
    /** Supplementary groups; with `uid` or `gid` given and this absent, none. */
    readonly groups?: readonly number[];
    readonly cwd?: string;
    /** Starts a session of its own (and with it a process group). */
    readonly setsid?: boolean;
    /** 0 makes it the leader of a new process group, any other number joins that one. */
    readonly pgroup?: number;
    /** Back to SCHED_OTHER and nice 0. */
    readonly resetSched?: boolean;
    /** Sent to the child when the *thread* that spawned it ends. */
    readonly parentDeathSignal?: number;
    /** Signals that the child starts with ignored. Node keeps ignored real-time signals so: none can kill it before it has caught them. */
    readonly ignored?: readonly number[];
    /** Exactly these, whoever its user is: bit N stands for capability N. As root it needs `rootGainsNothing` too. */
    readonly capabilities?: number;
    /** Neither it nor what it starts ever has others than these. */
    readonly boundingCapabilities?: number;
    /** Programs get no capabilities for being started by root. */
    readonly rootGainsNothing?: boolean;
    /** As after a login: it inherits none, and root gets what the bounding set allows. */
    readonly resetCapabilities?: boolean;
    /** Neither it nor what it starts gains anything from set-user-id programs. */
    readonly noNewPrivileges?: boolean;
}

/** Which sources and which C library the binary is made of. */
export interface BuildInfo {
    /** Hash over native's sources; "" when it was built without the project's script. */
    readonly sourceSha256: string;
    readonly nodeApi: number;
    readonly libc: "glibc" | "musl";
}

interface Sockets {
    socket(domain: number, type: number, protocol: number): Fd;
    /** Makes the socket in the network namespace `nsFd`; the thread is back in its own afterwards, or the process aborts. */
    socketAt(nsFd: Fd, domain: number, type: number, protocol: number): Fd;
    /** @param out two elements */
    socketpair(domain: number, type: number, protocol: number, out: Int32Array): Errno;
    bind(fd: Fd, addr: Uint8Array): Errno;
    connect(fd: Fd, addr: Uint8Array): Errno;
    listen(fd: Fd, backlog: number): Errno;
    accept(fd: Fd, addrOut: Uint8Array | null): Fd;
    /** Bytes of the address; more than `out` holds when it was cut. */
    getsockname(fd: Fd, out: Uint8Array): Count;
    getpeername(fd: Fd, out: Uint8Array): Count;
    shutdown(fd: Fd, how: number): Errno;
    /** A number goes as C int. Options with pointers inside give -EOPNOTSUPP. */
    setsockopt(fd: Fd, level: number, name: number, value: number | Uint8Array): Errno;
    /** Bytes written to `out`. */
    getsockopt(fd: Fd, level: number, name: number, out: Uint8Array): Count;
    /** Classic BPF, 8 bytes an instruction; null detaches. Packets that came before are still queued: drain once afterwards. */
    attachFilter(fd: Fd, instructions: Uint8Array | null): Errno;
    /** SIOC* on interfaces and queue lengths only; others give -EOPNOTSUPP. */
    ioctl(fd: Fd, request: number, arg: Uint8Array): Count;
    /** Never blocks, nor does any other sending or receiving; a peer that is gone is -EPIPE, without a signal. */
    sendto(fd: Fd, buffer: Uint8Array, offset: number, length: number, flags: number, addr: Uint8Array | null): Count;
    sendmsg(
        fd: Fd,
        buffer: Uint8Array,
        offset: number,
        length: number,
        flags: number,
        addr: Uint8Array | null,
        control: Uint8Array | null,
    ): Count;
    /** With MSG_TRUNC in `flags` the result may exceed `length`. */
    recv(fd: Fd, buffer: Uint8Array, offset: number, length: number, flags: number): Count;
}

interface Batches {
    /** @param controlSize a multiple of 8 */
    createTxBatch(slots: number, dataSize: number, addressSize: number, controlSize: number): TxBatch;
    createRxBatch(slots: number, dataSize: number, addressSize: number, controlSize: number): RxBatch;
    /** Messages accepted, counted from `first`. Fewer than `count`: the error of the next one shows when it is sent again. */
    sendmmsg(fd: Fd, batch: TxBatch, first: number, count: number, flags: number): Count;
    /** Messages received, at most the batch's slots. */
    recvmmsg(fd: Fd, batch: RxBatch, flags: number): Count;
}

interface Readiness {
    /** One poller a descriptor. Starts with mask 0. */
    pollerOpen(fd: Fd, callback: PollCallback): Poller | Errno;
    /** Bits of {@link POLL}; 0 stops. -EBADF once closed. */
    pollerSet(poller: Poller, mask: number): Errno;
    /** Whether it keeps the event loop alive; it does at first. */
    pollerRef(poller: Poller, on: boolean): void;
    /** No callback comes after it returned. Close the poller first, then the descriptor. */
    pollerClose(poller: Poller): void;
}

/** One descriptor that is ready to read while any of those that it watches is ready. One that is closed is watched no more. */
interface Epoll {
    epollCreate(): Fd;
    /** @param operation EPOLL_CTL_*; @param events bits of EPOLL*; @param token 32 bits that stand for the descriptor in what {@link epollWait} tells */
    epollControl(epoll: Fd, operation: number, fd: Fd, events: number, token: number): Errno;
    /** How many are ready, each with two elements: its events and its token. At most 256, and never waits. @param out two elements for each */
    epollWait(epoll: Fd, out: Int32Array): Count;
}

/**
 * A thread that sends packets again and again by itself: begun with the first slot, ended with the environment. It takes on its beginner's scheduling. A
 * slot that nobody has is -EBADF. When a call has returned, nothing leaves any more that it has changed or ended.
 */
interface Pacing {
    /** A slot of its own, which rests; its number. It sends from a duplicate of the descriptor. @param address 128 bytes at most */
    pacerAdd(fd: Fd, address: Uint8Array | null): Count;
    /**
     * What is sent from now on, and how often.
     *
     * @param bytes 1 to 128 @param timing three times in ns: of the last packet that was sent otherwise, by CLOCK_MONOTONIC; and the shortest and the longest interval,
     * 0.1 ms at least, between which chance decides each time
     */
    pacerSet(slot: number, bytes: Uint8Array, timing: Float64Array): Errno;
    /** Nothing is sent until it is set again. */
    pacerRest(slot: number): Errno;
    /** @param out [sent, failed, errno of the last that failed, when the last one left in ns]; zeros for none */
    pacerRead(slot: number, out: Float64Array): Errno;
    /** Gives the slot back, and closes the duplicate. */
    pacerRemove(slot: number): Errno;
    /**
     * All slots send until that instant of CLOCK_MONOTONIC in ns and then are silent, until it is moved on: a thread must not speak for ever for a program that
     * stands still. At first nothing is sent. How many packets failed so far.
     */
    pacerRenew(untilNs: number): Count;
}

interface Files {
    /** Adds O_CLOEXEC and O_NONBLOCK. */
    open(path: string, flags: number, mode: number): Fd;
    /** -EBADF when it is not open; -EBUSY when a poller still watches it. */
    close(fd: Fd): Errno;
    read(fd: Fd, buffer: Uint8Array, offset: number, length: number): Count;
    write(fd: Fd, buffer: Uint8Array, offset: number, length: number): Count;
    /** @param out [read end, write end]; @param blocking 1 = the read end blocks, 2 = the write end blocks, 3 = both (for a child's end) */
    pipe(out: Int32Array, blocking: number): Errno;
    mkfifo(path: string, mode: number): Errno;
    /** F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETPIPE_SZ, F_SETPIPE_SZ only. */
    fcntl(fd: Fd, command: number, arg: number): Count;
    flock(fd: Fd, operation: number): Errno;
    /** Locks the whole file for this open file description: F_WRLCK, F_RDLCK or F_UNLCK. -EAGAIN when somebody else has it. */
    lock(fd: Fd, type: number): Errno;
}

interface Time {
    /** CLOCK_MONOTONIC in ns. */
    monotonicNs(): number;
    /** @param out [seconds, nanoseconds] */
    clockRead(clock: number, out: Float64Array): Errno;
    timerfdCreate(clock: number): Fd;
    /** @param absNs when it fires first; 0 disarms, a point in the past fires at once; @param intervalNs 0 for once */
    timerfdSet(fd: Fd, absNs: number, intervalNs: number): Errno;
}

interface Processes {
    /** The child's pid. Errors of every step up to and including exec come back here. The path is not searched for in PATH. */
    posixSpawn(path: string, argv: readonly string[], env: readonly string[], options: SpawnOptions): Count;
    /**
     * Another program in the place of this one, in the same process: it keeps the children and those descriptors. Comes back with `-errno` only. Signals
     * that were caught have their default until the program catches them; real-time ones are ignored.
     *
     * @param words argv, each word ended by NUL; @param environment the same of NAME=value; @param kept descriptors, 32 bits each; those of a terminal or log (0, 1, 2) stay only when
     * they are named too
     */
    exec(path: string, words: Uint8Array, environment: Uint8Array, kept: Uint8Array): Errno;
    pidfdOpen(pid: number): Fd;
    pidfdSignal(pidfd: Fd, signal: number): Errno;
    /** @param out [CLD_* code, exit status or signal]. Never blocks: -EAGAIN while it runs. */
    waitPidfd(pidfd: Fd, out: Int32Array): Errno;
    /** As {@link waitPidfd}, where a pidfd cannot be had. */
    waitPid(pid: number, out: Int32Array): Errno;
    /**
     * Catches these signals for the rest of the process's life, in whichever thread they arrive, and returns a descriptor that reads a record of four
     * 32-bit words for each: number, sender's pid, sender's uid, si_code. Called again it adds signals and returns another descriptor of the same stream.
     */
    signalsOpen(signals: readonly number[]): Fd;
    /** Signals that found the stream full. */
    signalsLost(): number;
    gettid(): number;
    schedSet(tid: number, policy: number, priority: number): Errno;
    schedGet(tid: number): Count;
    /** How long a thread without realtime priority is to run at a time: who asks for less is let in sooner. -EOPNOTSUPP with another policy; kernels before 6.12 do nothing. */
    schedSlice(tid: number, nanoseconds: number): Errno;
    setAffinity(tid: number, mask: Uint8Array): Errno;
    /** Bytes written. */
    getAffinity(tid: number, out: Uint8Array): Count;
    /** Locks the read-only file-backed mappings into memory as they are touched; kB. Locking everything would kill V8. */
    lockFileMaps(): Count;
    /** Infinity is RLIM_INFINITY. */
    setrlimit(resource: number, soft: number, hard: number): Errno;
    /** @param out [soft, hard] */
    getrlimit(resource: number, out: Float64Array): Errno;
    /** Operations that take a number; PR_SET_NAME takes a string. Others give -EOPNOTSUPP. */
    prctl(operation: number, arg: number | string): Count;
    /** Capabilities that the calling thread may use, as a mask. */
    permittedCapabilities(): Count;
    /** Takes all but these from the calling thread. */
    keepCapabilities(mask: number): Errno;
    unshare(flags: number): Errno;
    setns(fd: Fd, type: number): Errno;
    ifNameToIndex(name: string): Count;
}

/**
 * The addon's whole surface: generic system calls, no protocol.
 *
 * A result is >= 0, or `-errno`: nothing is thrown for what the kernel refuses. A `TypeError` means a programming error (a wrong type, a range
 * outside its buffer, a foreign object) and is thrown before any system call. Every descriptor is close-on-exec, and non-blocking unless said otherwise.
 * Addresses, ancillary data and options are flat bytes, made by whoever knows their format.
 */
export interface NativeAddon extends Sockets, Batches, Readiness, Epoll, Pacing, Files, Time, Processes {
    readonly constants: Constants;
    /** "EADDRINUSE" for 98, and so on. */
    readonly errnoNames: Readonly<Record<number, string>>;
    readonly buildInfo: BuildInfo;
}
