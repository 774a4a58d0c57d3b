import { after, type Duration, earliest, type Instant } from "../../core/base/instant.ts";
import type { Family } from "../../core/base/ip.ts";

/** How fast announcements may follow each other on an interface: `vrrp_garp_interval`, `vrrp_gna_interval` or a `garp_group`. */
export interface AnnouncementPacing {
    /** Interfaces with the same one share their gaps. */
    readonly group: string;
    /** Between two gratuitous ARPs; zero is no limit. */
    readonly arpInterval: Duration;
    /** Between two Neighbour Advertisements; zero is no limit. */
    readonly advertisementInterval: Duration;
}

/** Keeps the gaps between announcements. */
export class AnnouncementPace {
    readonly #pacingOf: (interfaceName: string) => AnnouncementPacing | undefined;
    readonly #free = new Map<string, Instant>();
    #nextFree: Instant | undefined;

    constructor(pacingOf: (interfaceName: string) => AnnouncementPacing | undefined) {
        this.#pacingOf = pacingOf;
    }

    /** When the first of those that were refused since the last `reset` may go. */
    get nextFree(): Instant | undefined {
        return this.#nextFree;
    }

    /** Forgets who was refused. */
    reset(): void {
        this.#nextFree = undefined;
    }

    /** Whether one may leave now; if so, the next one has to wait for the interval. */
    admit(interfaceName: string, family: Family, now: Instant): boolean {
        const pacing = this.#pacingOf(interfaceName);
        const interval = family === 4 ? pacing?.arpInterval : pacing?.advertisementInterval;
        if (pacing === undefined || interval === undefined || interval <= 0) {
            return true;
        }
        const key = `${family} ${pacing.group}`;
        const free = this.#free.get(key);
        if (free !== undefined && free > now) {
            this.#nextFree = earliest(this.#nextFree, free);
            return false;
        }
        this.#free.set(key, after(now, interval));
        return true;
    }
}
