import { addressKey, type VirtualAddress } from "../address/virtual-address.ts";
import { between, type Instant, milliseconds } from "../base/instant.ts";

/** Addresses to announce, so many times over. */
export interface Burst {
    readonly addresses: readonly VirtualAddress[];
    readonly rounds: number;
}

/** How long addresses that stand may wait for others to be announced with. */
const GATHERING = milliseconds(250);

/** A part of an ordered claim that stands now, and how often each address is to be announced. */
export interface ClaimedSlice {
    readonly slice: readonly VirtualAddress[];
    readonly isLast: boolean;
    readonly rounds: number;
    readonly now: Instant;
}

/** A claim that is under way. */
interface Order {
    readonly claimed: VirtualAddress[];
    /** Of these, those that were not announced yet. */
    readonly gathered: VirtualAddress[];
    slices: number;
    announcedAt: Instant | undefined;
}

/** Which addresses of an Active Router stand in the kernel, and what is to be announced while they come up slice by slice. */
export class StandingAddresses {
    readonly #standing = new Map<string, VirtualAddress>();
    #list: readonly VirtualAddress[] | undefined = [];
    readonly #orders: Order[] = [];

    /** Whether an ordered claim is not complete yet. */
    get isClaiming(): boolean {
        return this.#orders.length > 0;
    }

    /** All that stand, in the order in which they came up. */
    get all(): readonly VirtualAddress[] {
        this.#list ??= [...this.#standing.values()];
        return this.#list;
    }

    /** A claim was ordered. */
    ordered(): void {
        this.#orders.push({ claimed: [], gathered: [], slices: 0, announcedAt: undefined });
    }

    /**
     * A slice stands. The first one is announced at once, so that the first address can be used whatever follows; the others are gathered for a
     * while, for every announcement between two slices makes the kernel's work on the next one dearer. The other rounds follow when the whole
     * order stands, so that the first announcement of the last address does not wait for the fifth of the first.
     */
    claimed({ slice, isLast, rounds, now }: ClaimedSlice): Burst[] {
        const order = this.#orders[0];
        if (order === undefined) {
            return [];
        }
        for (const address of slice) {
            this.#standing.set(addressKey(address), address);
        }
        this.#list = undefined;
        order.claimed.push(...slice);
        order.gathered.push(...slice);
        order.slices += 1;
        if (isLast) {
            this.#orders.shift();
        }
        const isWhole = isLast && order.slices === 1;
        const bursts: Burst[] = [];
        if (isLast || order.announcedAt === undefined || between(order.announcedAt, now) >= GATHERING) {
            bursts.push({ addresses: order.gathered.splice(0), rounds: isWhole ? rounds : Math.min(rounds, 1) });
            order.announcedAt = now;
        }
        if (isLast && !isWhole) {
            bursts.push({ addresses: order.claimed, rounds: rounds - 1 });
        }
        return bursts.filter((burst) => burst.rounds > 0 && burst.addresses.length > 0);
    }

    /** An address is gone. */
    lost(address: VirtualAddress): void {
        this.#standing.delete(addressKey(address));
        this.#list = undefined;
    }

    /** All were given up, and what was ordered with them. */
    clear(): void {
        this.#standing.clear();
        this.#list = [];
        this.#orders.length = 0;
    }
}
