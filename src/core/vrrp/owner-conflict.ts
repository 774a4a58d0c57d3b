import { after, type Duration, type Instant } from "../base/instant.ts";

/** How many advertisements an owner sends before it believes that a rival owner will not give way. */
const ADVERTISEMENTS_BEFORE_WAIT = 2;

/**
 * Two routers that both say they own the addresses. The one with the lower address gives way by the election; the other, if the rival goes on
 * all the same, sends two more advertisements, waits, and then steps down to 254 (Keepalived; RFC 9568 §7.1 only has it logged).
 */
export class OwnerConflict {
    #left: number | undefined;
    #deadline: Instant | undefined;
    #patience: Duration | undefined;

    /**
     * A rival owner was heard that should have given way.
     *
     * @param patience how long a rival may take to notice: 1.2 times the longer of both intervals
     * @returns whether to step down
     */
    rivalHeard(patience: Duration, now: Instant): boolean {
        const isOver = this.#deadline !== undefined && now > after(this.#deadline, patience);
        if (this.#left === undefined || isOver) {
            this.#left = ADVERTISEMENTS_BEFORE_WAIT;
            this.#deadline = undefined;
        }
        this.#patience = patience;
        return this.#deadline !== undefined && now >= this.#deadline;
    }

    /** One of our advertisements left. */
    advertisementSent(now: Instant): void {
        if (this.#left === undefined || this.#left === 0 || this.#patience === undefined) {
            return;
        }
        this.#left -= 1;
        if (this.#left === 0) {
            this.#deadline = after(now, this.#patience);
        }
    }

    /** The conflict is settled. */
    clear(): void {
        this.#left = undefined;
        this.#deadline = undefined;
    }
}
