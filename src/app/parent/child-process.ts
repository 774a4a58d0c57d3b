import { type Result, rejected, success } from "../../core/base/result.ts";
import type { Ending } from "../../core/supervise/events.ts";
import type { HandedChild } from "../../core/supervise/hand-over.ts";
import type { ChildMessage, ParentMessage, Role } from "../../core/supervise/messages.ts";
import { Channel } from "../../io/ipc/channel.ts";
import { type NativeAddon, POLL, type Poller, type SpawnOptions } from "../../io/native/addon.ts";
import { CHANNEL_FD, DIRECT_FD } from "../child.ts";
import { roleArguments } from "../process-role.ts";
import { ignoredAtBirth } from "../user-signals.ts";

/** What a child process tells. */
export interface ChildListener<R extends Role> {
    readonly onMessage: (message: ChildMessage<R>) => void;
    /** It is gone, and everything that it said has been told. */
    readonly onEnded: (ending: Ending) => void;
}

/** Which process to start. */
export interface ChildOrder<R extends Role> {
    /** The file of Node.js. */
    readonly node: string;
    readonly script: string;
    readonly role: R;
    /** Its end of the line to a sibling; -1 for none. */
    readonly directEnd: number;
    readonly privileges: SpawnPrivileges;
}

/** As whom it runs, and what it may do. */
export type SpawnPrivileges = Pick<
    SpawnOptions,
    "uid" | "gid" | "groups" | "capabilities" | "boundingCapabilities" | "rootGainsNothing" | "resetCapabilities" | "noNewPrivileges"
>;

/** Environment that a child must not see: certificates cost it 40 ms, and systemd hears the parent only. */
const PRIVATE_ENVIRONMENT = new Set(["NODE_EXTRA_CA_CERTS", "NOTIFY_SOCKET", "NODE_OPTIONS"]);

/** So long one that has hung up has to be gone by itself. In milliseconds. */
const LAST_MOMENT = 1_000;

/** One process of the daemon, seen from its parent. */
export class ChildProcess<R extends Role = Role> {
    readonly pid: number;
    readonly #system: NativeAddon;
    readonly #pidfd: number;
    readonly #poller: Poller;
    readonly #channel: Channel<ParentMessage<R>, ChildMessage<R>>;
    readonly #channelFd: number;
    #listener: ChildListener<R>;
    #ending: Ending | undefined;
    #isSilent = false;

    private constructor(system: NativeAddon, { pid, channel, unread }: Omit<HandedChild, "role">, listener: ChildListener<R>) {
        this.pid = pid;
        this.#system = system;
        this.#channelFd = channel;
        this.#listener = listener;
        const ears = {
            onMessage: (message: ChildMessage<R>) => this.#listener.onMessage(message),
            onEnd: () => {
                this.#isSilent = true;
                this.#tellEnd();
            },
        };
        this.#channel = new Channel<ParentMessage<R>, ChildMessage<R>>(channel, ears, unread);
        this.#pidfd = system.pidfdOpen(pid);
        const poller = this.#pidfd < 0 ? this.#pidfd : system.pollerOpen(this.#pidfd, () => this.#reap());
        if (typeof poller === "number") {
            throw new Error(`cannot watch process ${pid}: ${system.errnoNames[-poller] ?? poller}`);
        }
        this.#poller = poller;
        system.pollerSet(poller, POLL.read);
    }

    /** Starts a program in a role. A failure is the errno's name. */
    static start<R extends Role>(
        system: NativeAddon,
        { node, script, role, directEnd, privileges }: ChildOrder<R>,
        listener: ChildListener<R>,
    ): Result<ChildProcess<R>, string> {
        const { constants, errnoNames } = system;
        const ends = new Int32Array(2);
        const paired = system.socketpair(constants.AF_UNIX, constants.SOCK_STREAM, 0, ends);
        if (paired < 0) {
            return rejected(errnoNames[-paired] ?? String(paired));
        }
        const [ours = -1, theirs = -1] = ends;
        const pid = system.posixSpawn(node, [node, ...roleArguments(script, role)], childEnvironment(), {
            fds: Array.from({ length: DIRECT_FD + 1 }, (_, fd) => (fd < CHANNEL_FD ? fd : fd === CHANNEL_FD ? theirs : directEnd)),
            ignored: [...ignoredAtBirth(system), constants.SIGINT],
            parentDeathSignal: constants.SIGTERM,
            ...privileges,
        });
        system.close(theirs);
        if (pid < 0) {
            system.close(ours);
            return rejected(errnoNames[-pid] ?? String(pid));
        }
        return success(new ChildProcess(system, { pid, channel: ours, unread: new Uint8Array() }, listener));
    }

    /** Goes on with one that another program in this process has started. */
    static adopt<R extends Role>(system: NativeAddon, handed: HandedChild, listener: ChildListener<R>): ChildProcess<R> {
        return new ChildProcess(system, handed, listener);
    }

    /** What another program in this process needs to go on with it; undefined while a message to it is on its way. */
    handOver(role: Role): HandedChild | undefined {
        const { unread } = this.#channel;
        return this.#channel.isIdle ? { role, pid: this.pid, channel: this.#channelFd, unread } : undefined;
    }

    /** From now on somebody else is told. */
    listenWith(listener: ChildListener<R>): void {
        this.#listener = listener;
    }

    send(message: ParentMessage<R>): void {
        this.#channel.send(message);
    }

    signal(number: number): void {
        // Of one that is gone the descriptor may be another's by now.
        if (this.#ending === undefined) {
            this.#system.pidfdSignal(this.#pidfd, number);
        }
    }

    #reap(): void {
        const out = new Int32Array(2);
        if (this.#system.waitPidfd(this.#pidfd, out) < 0) {
            return;
        }
        const [code, value = 0] = out;
        const isExit = code === this.#system.constants.CLD_EXITED;
        this.#ending = isExit ? { type: "exit", status: value } : { type: "signal", signal: value };
        this.#system.pollerClose(this.#poller);
        this.#system.close(this.#pidfd);
        this.#tellEnd();
    }

    /** Its last words are still in the channel when the kernel tells its end: both have to be over. */
    #tellEnd(): void {
        if (this.#ending !== undefined && this.#isSilent) {
            this.#channel.close();
            this.#listener.onEnded(this.#ending);
        } else if (this.#isSilent) {
            // It is about to end; or it hung up or spoke nonsense, and is of no use any more.
            setTimeout(() => this.signal(this.#system.constants.SIGKILL), LAST_MOMENT).unref();
        }
    }
}

function childEnvironment(): readonly string[] {
    return Object.entries(process.env).flatMap(([name, value]) => (PRIVATE_ENVIRONMENT.has(name) ? [] : [`${name}=${value ?? ""}`]));
}
