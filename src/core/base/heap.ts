import type { Instant } from "./instant.ts";

/**
 * Deadlines of many owners, the earliest first; of equal ones the one that was set first. Each owner has one deadline at most; setting it again
 * moves it.
 *
 * Setting, moving and removing cost O(log n); looking at the earliest costs nothing.
 */
export class DeadlineHeap<Owner> {
    readonly #entries: Entry<Owner>[] = [];
    readonly #byOwner = new Map<Owner, Entry<Owner>>();
    #settings = 0;

    /** How many owners have a deadline. */
    get size(): number {
        return this.#entries.length;
    }

    /** The earliest deadline; undefined when there is none. */
    get earliest(): Instant | undefined {
        return this.#entries[0]?.at;
    }

    /** Whose the earliest deadline is; undefined when there is none. */
    get earliestOwner(): Owner | undefined {
        return this.#entries[0]?.owner;
    }

    /** Sets, moves or (with undefined) removes an owner's deadline. */
    set(owner: Owner, at: Instant | undefined): void {
        const known = this.#byOwner.get(owner);
        if (at === undefined) {
            if (known !== undefined) {
                this.#remove(known);
            }
        } else if (known === undefined) {
            const entry = { owner, at, turn: this.#nextTurn(), place: this.#entries.length };
            this.#byOwner.set(owner, entry);
            this.#entries.push(entry);
            this.#rise(entry.place);
        } else {
            this.#move(known, at);
        }
    }

    /** Removes and returns the owner whose deadline is the earliest, if that has been reached; undefined otherwise. */
    takeDue(now: Instant): Owner | undefined {
        const first = this.#entries[0];
        if (first === undefined || first.at > now) {
            return undefined;
        }
        this.#remove(first);
        return first.owner;
    }

    #move(entry: Entry<Owner>, at: Instant): void {
        const isEarlier = at < entry.at;
        if (at === entry.at) {
            return;
        }
        entry.at = at;
        entry.turn = this.#nextTurn();
        if (isEarlier) {
            this.#rise(entry.place);
        } else {
            this.#sink(entry.place);
        }
    }

    #remove(removed: Entry<Owner>): void {
        const last = this.#entries.pop() as Entry<Owner>;
        this.#byOwner.delete(removed.owner);
        if (last !== removed) {
            this.#put(last, removed.place);
            this.#rise(last.place);
            this.#sink(last.place);
        }
    }

    #rise(start: number): void {
        const entry = this.#entries[start] as Entry<Owner>;
        let place = start;
        while (place > 0) {
            const above = (place - 1) >> 1;
            const parent = this.#entries[above] as Entry<Owner>;
            if (!isBefore(entry, parent)) {
                break;
            }
            this.#put(parent, place);
            place = above;
        }
        this.#put(entry, place);
    }

    #sink(start: number): void {
        const entry = this.#entries[start] as Entry<Owner>;
        let place = start;
        for (;;) {
            const below = this.#earlierChild(place);
            const child = this.#entries[below];
            if (child === undefined || !isBefore(child, entry)) {
                break;
            }
            this.#put(child, place);
            place = below;
        }
        this.#put(entry, place);
    }

    #earlierChild(place: number): number {
        const left = 2 * place + 1;
        const [one, other] = [this.#entries[left], this.#entries[left + 1]];
        return one !== undefined && other !== undefined && isBefore(other, one) ? left + 1 : left;
    }

    #nextTurn(): number {
        this.#settings += 1;
        return this.#settings;
    }

    #put(entry: Entry<Owner>, place: number): void {
        this.#entries[place] = entry;
        entry.place = place;
    }
}

interface Entry<Owner> {
    readonly owner: Owner;
    at: Instant;
    /** Counts on with every setting. */
    turn: number;
    /** Where it is in the heap. */
    place: number;
}

function isBefore(left: Entry<unknown>, right: Entry<unknown>): boolean {
    return left.at < right.at || (left.at === right.at && left.turn < right.turn);
}
