import { addressKey, type VirtualAddress } from "../../core/address/virtual-address.ts";

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
    readonly isFirst: boolean;
    readonly isLast: boolean;
}

interface Job {
    readonly orders: AddressOrders;
    /** How many of its addresses are done. */
    done: number;
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
            this.#jobs.push({ orders, done: 0 });
        }
    }

    /** Takes these addresses out of what is left of such orders. */
    withdraw(order: AddressOrders["order"], addresses: readonly VirtualAddress[]): void {
        const withdrawn = new Set(this.#jobs.some(({ orders }) => orders.order === order) ? addresses.map(addressKey) : []);
        this.#jobs = this.#jobs.flatMap((job) => (job.orders.order === order ? leftOf(job, withdrawn) : [job]));
    }

    /** The next `most` addresses of the orders whose turn it is; undefined when all is done. */
    take(most: number): AddressSlice | undefined {
        const job = this.#jobs.shift();
        if (job === undefined) {
            return undefined;
        }
        const { orders, done } = job;
        const addresses = orders.addresses.slice(done, done + most);
        job.done += addresses.length;
        const isLast = job.done >= orders.addresses.length;
        if (!isLast) {
            this.#jobs.push(job);
        }
        return { orders, addresses, isFirst: done === 0, isLast };
    }
}

/** What is left of a job without these addresses. What a release may have carried off already has to be restored in any case. */
function leftOf({ orders, done }: Job, withdrawn: ReadonlySet<string>): Job[] {
    const addresses = orders.addresses.slice(done).filter((address) => !withdrawn.has(addressKey(address)));
    if (addresses.length > 0) {
        return [{ orders: { ...orders, addresses }, done: 0 }];
    }
    const { router, companions } = orders;
    return companions.length === 0 ? [] : [{ orders: { order: "restore", router, addresses: companions, companions: [] }, done: 0 }];
}
