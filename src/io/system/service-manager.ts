import type { NativeAddon } from "../native/addon.ts";
import { UnixDatagrams } from "./unix-datagrams.ts";

/** Within the time after which a service counts as hanging. */
const SIGNS_OF_LIFE = 3;

/** After how long without a sign of life we would be replaced (`WatchdogSec=`), in milliseconds; undefined when nobody watches this process. */
export function watchdogLimit(environment: Readonly<Record<string, string | undefined>>, pid: number): number | undefined {
    const { WATCHDOG_USEC: limit, WATCHDOG_PID: watched } = environment;
    const microseconds = Number(limit);
    const isOurs = watched === undefined || watched === "" || Number(watched) === pid;
    return isOurs && Number.isSafeInteger(microseconds) && microseconds > 0 ? microseconds / 1_000 : undefined;
}

/** Tells systemd, or whoever set NOTIFY_SOCKET, how the service is doing (sd_notify(3)). Without that variable it does nothing. */
export class ServiceManager {
    readonly #datagrams: UnixDatagrams | undefined;

    /** @param environment where it names its socket, and how often it wants to hear from us */
    constructor(system: NativeAddon, environment: Readonly<Record<string, string | undefined>>) {
        const path = environment["NOTIFY_SOCKET"];
        this.#datagrams = path === undefined || path === "" ? undefined : new UnixDatagrams(system, path);
        const limit = watchdogLimit(environment, process.pid);
        if (this.#datagrams !== undefined && limit !== undefined) {
            // From the event loop: one that does not turn says nothing.
            setInterval(() => this.#tell(["WATCHDOG=1"]), limit / SIGNS_OF_LIFE).unref();
        }
    }

    /** The service runs, as the process `pid`. */
    ready(pid: number, status: string): void {
        this.#tell(["READY=1", `MAINPID=${pid}`, `STATUS=${status}`]);
    }

    /** A reload has begun; `ready` ends it. @param at microseconds of CLOCK_MONOTONIC, by which systemd tells reloads apart */
    reloading(at: number): void {
        this.#tell(["RELOADING=1", `MONOTONIC_USEC=${at}`, "STATUS=Reloading"]);
    }

    stopping(): void {
        this.#tell(["STOPPING=1", "STATUS=Stopping"]);
    }

    #tell(assignments: readonly string[]): void {
        // Nobody there is nobody to tell: the service does not depend on it.
        this.#datagrams?.send(Buffer.from(assignments.join("\n")));
    }
}
