import { type Instant, instant } from "../core/base/instant.ts";
import type { Clock } from "../host/world.ts";

/**
 * Virtual time: what is to happen when. Time jumps from one entry to the next; entries of the same instant happen in the order in
 * which they were made.
 */
export class Agenda implements Clock {
    readonly #entries: Entry[] = [];
    #now = instant(0);
    #sequence = 0;

    now(): Instant {
        return this.#now;
    }

    /** Lets `action` happen at `at`, or now if that has passed. */
    at(at: Instant, action: () => void): void {
        const entry = { at: at < this.#now ? this.#now : at, sequence: this.#sequence++, action };
        let place = this.#entries.push(entry) - 1;
        while (place > 0) {
            const above = (place - 1) >> 1;
            const parent = this.#entries[above] as Entry;
            if (!isBefore(entry, parent)) {
                break;
            }
            this.#entries[place] = parent;
            place = above;
        }
        this.#entries[place] = entry;
    }

    /** Lets everything happen that is due up to and including `end`, then stands at `end`. */
    runUntil(end: Instant): void {
        for (let first = this.#entries[0]; first !== undefined && first.at <= end; first = this.#entries[0]) {
            this.#removeFirst();
            this.#now = first.at;
            first.action();
        }
        this.#now = end;
    }

    #removeFirst(): void {
        const last = this.#entries.pop() as Entry;
        const length = this.#entries.length;
        if (length === 0) {
            return;
        }
        let place = 0;
        for (let child = 1; child < length; child = 2 * place + 1) {
            const [left, right] = [this.#entries[child] as Entry, this.#entries[child + 1]];
            const earlier = right !== undefined && isBefore(right, left) ? right : left;
            if (!isBefore(earlier, last)) {
                break;
            }
            this.#entries[place] = earlier;
            place = earlier === left ? child : child + 1;
        }
        this.#entries[place] = last;
    }
}

interface Entry {
    readonly at: Instant;
    readonly sequence: number;
    readonly action: () => void;
}

function isBefore(left: Entry, right: Entry): boolean {
    return left.at < right.at || (left.at === right.at && left.sequence < right.sequence);
}
