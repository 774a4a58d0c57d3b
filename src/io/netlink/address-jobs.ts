import { addressKey, type VirtualAddress } from "../../core/address/virtual-address.ts";
import { SlicePace } from "./slice-pace.ts";

/** Addresses that are to be put up or taken down for one router. */
export interface AddressOrders {
    /** `restore`: a claim that nobody waits for, of addresses that may have gone down together with others. */
    readonly order: "claim" | "release" | "restore";
    readonly router: string;
    readonly addresses: readonly VirtualAddress[];
    /** Of a release: what is to be restored when it is done. */
    readonly companions: readonly VirtualAddress[];
}

/** Some of them, whose turn it is. */
export interface AddressSlice {
    readonly orders: AddressOrders;
    readonly addresses: readonly VirtualAddress[];
    readonly isLast: boolean;
    /** To be told how long it took: it decides how many come next. */
    readonly pace: SlicePace;
}

interface Job {
    readonly orders: AddressOrders;
    /** How many of its addresses are done. */
    done: number;
    readonly pace: SlicePace;
}

/**
 * What is still to be done, in turns between routers. What is withdrawn is so for every router: one may have been renamed since, and an address
 * may have moved from one to another.
 */
export class AddressJobs {
    #jobs: Job[] = [];

    get isEmpty(): boolean {
        return this.#jobs.length === 0;
    }

    /** Adds orders behind all others; without addresses there is nothing to do. */
    add(orders: AddressOrders): void {
        if (orders.addresses.length > 0) {
            this.#jobs.push(jobOf(orders));
        }
    }

    /** Takes these addresses out of what is left of such orders. Returns those that it found there, as they were ordered. */
    withdraw(order: AddressOrders["order"], addresses: readonly VirtualAddress[]): VirtualAddress[] {
        const keys = new Set(this.#jobs.some(({ orders }) => orders.order === order) ? addresses.map(addressKey) : []);
        const isWithdrawn = (address: VirtualAddress) => keys.has(addressKey(address));
        const withdrawn: VirtualAddress[] = [];
        this.#jobs = this.#jobs.flatMap((job) => {
            const left = job.orders.order === order ? job.orders.addresses.slice(job.done) : [];
            const found = left.filter(isWithdrawn);
            withdrawn.push(...found);
            return found.length === 0 ? [job] : rest(job.orders, left, isWithdrawn);
        });
        return withdrawn;
    }

    /** The next addresses of the orders whose turn it is; undefined when all is done. */
    take(): AddressSlice | undefined {
        const job = this.#jobs.shift();
        if (job === undefined) {
            return undefined;
        }
        const { orders, done, pace } = job;
        const addresses = orders.addresses.slice(done, done + pace.size);
        job.done += addresses.length;
        const isLast = job.done >= orders.addresses.length;
        if (!isLast) {
            this.#jobs.push(job);
        }
        return { orders, addresses, isLast, pace };
    }
}

/** Orders without what is withdrawn. What a release may have carried off already has to be restored in any case. */
function rest(orders: AddressOrders, left: readonly VirtualAddress[], isWithdrawn: (address: VirtualAddress) => boolean): Job[] {
    const addresses = left.filter((address) => !isWithdrawn(address));
    if (addresses.length > 0) {
        return [jobOf({ ...orders, addresses })];
    }
    const { router, companions } = orders;
    return companions.length === 0 ? [] : [jobOf({ order: "restore", router, addresses: companions, companions: [] })];
}

function jobOf(orders: AddressOrders): Job {
    return { orders, done: 0, pace: new SlicePace() };
}
