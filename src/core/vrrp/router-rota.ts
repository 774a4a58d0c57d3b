import { DeadlineHeap } from "../base/heap.ts";
import type { Instant } from "../base/instant.ts";
import type { RouterEvent, Turn } from "./router-events.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/**
 * So many virtual routers act at a time, though more may be due: what the first of them have to say leaves before the last one has
 * thought. As many as one system call sends.
 */
const WAKE_SHARE = 64;

/** When each virtual router wants to be woken. */
export class RouterRota {
    readonly #deadlines = new DeadlineHeap<VirtualRouter>();

    /** The earliest deadline of all. */
    get wakeAt(): Instant | undefined {
        return this.#deadlines.earliest;
    }

    /** Whether the earliest deadline is a takeover: an Active Router's silence is about to last too long. */
    get isTakeoverNext(): boolean {
        return this.#deadlines.earliestOwner?.isWaiting === true;
    }

    /** One share of those whose time has come; who is put off by what the others do is left out. */
    *takeDue(now: Instant): Iterable<VirtualRouter> {
        for (let share = 0; share < WAKE_SHARE; share++) {
            const router = this.#deadlines.takeDue(now);
            if (router === undefined) {
                return;
            }
            yield router;
        }
    }

    /** Tells one virtual router something, and notes when it wants to be woken from now on. */
    deliver(router: VirtualRouter, event: RouterEvent, turn: Turn): void {
        router.handle(event, turn);
        this.#deadlines.set(router, router.wakeAt);
    }
}
