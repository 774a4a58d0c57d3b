import { after, type Instant, milliseconds } from "../../core/base/instant.ts";
import type { IpAddress } from "../../core/base/ip.ts";
import type { BulkLane, BulkWork, Clock } from "../../host/world.ts";

/** So many are told at once: those of nearly all virtual routers. */
const FEW = 16;
/** How long others wait for the end of what they are a part of, and for its first announcements. */
const LULL = milliseconds(250);
/** So many in one step. */
const SHARE = 16;

/** An address that stands in the kernel now because we put it up. */
export interface StandingPlace {
    readonly interfaceIndex: number;
    readonly address: IpAddress;
    readonly prefixLength: number;
}

/** What news of standing addresses are told with. */
export interface StandingNewsSettings {
    readonly clock: Clock;
    readonly bulk: BulkLane;
    /** There is at least one. */
    readonly tell: (places: readonly StandingPlace[]) => void;
}

/**
 * Tells this machine's own parts of addresses that it has put up. With thousands of them that takes as long as a third of putting them up, and the last one
 * should be announced first: they are told when nothing has been put up for a while, and in any case before anything else is told of addresses.
 */
export class StandingNews implements BulkWork {
    readonly #settings: StandingNewsSettings;
    #waiting: StandingPlace[] = [];
    #lastAt: Instant | undefined;

    constructor(settings: StandingNewsSettings) {
        this.#settings = settings;
    }

    /** These stand now. */
    add(places: readonly StandingPlace[]): void {
        this.#waiting.push(...places);
        if (this.#waiting.length <= FEW) {
            this.tellAll();
        } else {
            this.#lastAt = this.#settings.clock.now();
            this.#settings.bulk.add(this);
        }
    }

    /** Now, since something else is about to be told. */
    tellAll(): void {
        const places = this.#waiting;
        if (places.length > 0) {
            this.#waiting = [];
            this.#settings.tell(places);
        }
    }

    step(): boolean | Instant {
        const due = this.#lastAt === undefined ? undefined : after(this.#lastAt, LULL);
        if (due !== undefined && due > this.#settings.clock.now()) {
            return due;
        }
        const share = this.#waiting.splice(0, SHARE);
        if (share.length > 0) {
            this.#settings.tell(share);
        }
        return this.#waiting.length > 0;
    }
}
