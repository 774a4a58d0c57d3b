import { addressKey, type VirtualAddress } from "../../core/address/virtual-address.ts";
import type { Duration } from "../../core/base/instant.ts";
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
    orders: AddressOrders;
    /** How many of its addresses are done. */
    done: number;
    readonly pace: SlicePace;
    /** What was taken out of it. */
    readonly withdrawn: Set<VirtualAddress>;
}

type Order = AddressOrders["order"];

/**
 * What is still to be done, in turns between routers. What is withdrawn is so for every router: one may have been renamed since, and an address
 * may have moved from one to another.
 */
export class AddressJobs {
    readonly #jobs: Job[] = [];
    readonly #open: Record<Order, number> = { claim: 0, release: 0, restore: 0 };
    /** By address, for kinds of orders of which something was withdrawn while there were any. */
    readonly #indices = new Map<Order, JobIndex>();

    get isEmpty(): boolean {
        return this.#jobs.length === 0;
    }

    /** Adds orders behind all others; without addresses there is nothing to do. */
    add(orders: AddressOrders): void {
        if (orders.addresses.length > 0) {
            const job: Job = { orders, done: 0, pace: new SlicePace(), withdrawn: new Set() };
            this.#jobs.push(job);
            this.#open[orders.order] += 1;
            this.#indices.get(orders.order)?.add(job);
        }
    }

    /** Routers, by their former names, are called something else from now on. */
    rename(names: ReadonlyMap<string, string>): void {
        for (const job of this.#jobs) {
            const { router } = job.orders;
            job.orders = { ...job.orders, router: names.get(router) ?? router };
        }
    }

    /** Takes these addresses out of what is left of such orders. Returns those that it found there, as they were ordered. */
    withdraw(order: Order, addresses: readonly VirtualAddress[]): VirtualAddress[] {
        return this.#open[order] === 0 ? [] : this.#indexOf(order).withdraw(addresses);
    }

    /** The next addresses of the orders whose turn it is, as many as may be done in that time; undefined when all is done. */
    take(span: Duration): AddressSlice | undefined {
        for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
            const addresses = takeFrom(job, job.pace.sizeWithin(span));
            const isLast = job.done >= job.orders.addresses.length;
            if (isLast) {
                this.#close(job.orders.order);
            } else {
                this.#jobs.push(job);
            }
            const { orders, pace } = job;
            if (addresses.length > 0) {
                return { orders, addresses, isLast, pace };
            }
            if (isLast && orders.companions.length > 0) {
                // What a release may have carried off already has to be restored in any case.
                this.add({ order: "restore", router: orders.router, addresses: orders.companions, companions: [] });
            }
        }
        return undefined;
    }

    #indexOf(order: Order): JobIndex {
        const known = this.#indices.get(order);
        if (known !== undefined) {
            return known;
        }
        const index = new JobIndex();
        for (const job of this.#jobs.filter(({ orders }) => orders.order === order)) {
            index.add(job);
        }
        this.#indices.set(order, index);
        return index;
    }

    #close(order: Order): void {
        this.#open[order] -= 1;
        if (this.#open[order] === 0) {
            this.#indices.delete(order);
        }
    }
}

/** Where an address waits: with thousands of orders nobody can look through them all for each address. */
class JobIndex {
    readonly #waiting = new Map<string, { readonly job: Job; readonly place: number }[]>();

    add(job: Job): void {
        for (let place = job.done; place < job.orders.addresses.length; place++) {
            const key = addressKey(job.orders.addresses[place] as VirtualAddress);
            const others = this.#waiting.get(key);
            if (others === undefined) {
                this.#waiting.set(key, [{ job, place }]);
            } else {
                others.push({ job, place });
            }
        }
    }

    withdraw(addresses: readonly VirtualAddress[]): VirtualAddress[] {
        const withdrawn: VirtualAddress[] = [];
        for (const address of addresses) {
            const key = addressKey(address);
            for (const { job, place } of this.#waiting.get(key) ?? []) {
                const ordered = job.orders.addresses[place];
                if (ordered !== undefined && place >= job.done) {
                    job.withdrawn.add(ordered);
                    withdrawn.push(ordered);
                }
            }
            this.#waiting.delete(key);
        }
        return withdrawn;
    }
}

/** The next slice of a job, without what was withdrawn. */
function takeFrom(job: Job, size: number): readonly VirtualAddress[] {
    const { orders, withdrawn } = job;
    if (withdrawn.size === 0) {
        const addresses = orders.addresses.slice(job.done, job.done + size);
        job.done += addresses.length;
        return addresses;
    }
    const addresses: VirtualAddress[] = [];
    const isOver = () => job.done >= orders.addresses.length;
    while (!isOver() && (addresses.length < size || withdrawn.has(orders.addresses[job.done] as VirtualAddress))) {
        const address = orders.addresses[job.done] as VirtualAddress;
        job.done += 1;
        if (!withdrawn.has(address)) {
            addresses.push(address);
        }
    }
    return addresses;
}
