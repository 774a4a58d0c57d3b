import type { NativeAddon } from "../native/addon.ts";
import { UnixDatagrams } from "./unix-datagrams.ts";

/** Tells systemd, or whoever set NOTIFY_SOCKET, how the service is doing (sd_notify(3)). Without that variable it does nothing. */
export class ServiceManager {
    readonly #datagrams: UnixDatagrams | undefined;

    /** @param path the environment's NOTIFY_SOCKET */
    constructor(system: NativeAddon, path: string | undefined) {
        this.#datagrams = path === undefined || path === "" ? undefined : new UnixDatagrams(system, path);
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
