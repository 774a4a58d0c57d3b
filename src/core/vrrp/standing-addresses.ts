import { addressKey, type VirtualAddress } from "../address/virtual-address.ts";

/** Addresses to announce, so many times over. */
export interface Burst {
    readonly addresses: readonly VirtualAddress[];
    readonly rounds: number;
}

/** Which addresses of an Active Router stand in the kernel, and what is to be announced while they come up slice by slice. */
export class StandingAddresses {
    readonly #standing = new Map<string, VirtualAddress>();
    #list: readonly VirtualAddress[] | undefined = [];
    readonly #orders: { readonly claimed: VirtualAddress[]; slices: number }[] = [];

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
        this.#orders.push({ claimed: [], slices: 0 });
    }

    /**
     * A slice stands. Each address is announced once as soon as it is usable; the other rounds follow when the whole order stands, so that
     * the first announcement of the last address does not wait for the fifth of the first.
     */
    claimed(slice: readonly VirtualAddress[], isLast: boolean, rounds: number): Burst[] {
        const order = this.#orders[0];
        if (order === undefined) {
            return [];
        }
        for (const address of slice) {
            this.#standing.set(addressKey(address), address);
        }
        this.#list = undefined;
        order.claimed.push(...slice);
        order.slices += 1;
        if (isLast) {
            this.#orders.shift();
        }
        const isWhole = isLast && order.slices === 1;
        const bursts = [{ addresses: slice, rounds: isWhole ? rounds : Math.min(rounds, 1) }];
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
