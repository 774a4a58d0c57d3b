import { addressKey, type VirtualAddress } from "../../core/address/virtual-address.ts";

/** One router's addresses that are to be put up or taken down, and how far that has come. */
export interface AddressJob {
    readonly router: string;
    readonly order: "claim" | "release";
    readonly addresses: readonly VirtualAddress[];
    /** How many of them are done. */
    done: number;
}

/**
 * What is still to be done, in turns between routers. What is withdrawn is so for every router: one may have been renamed since, and an address
 * may have moved from one to another.
 */
export class AddressJobs {
    #jobs: AddressJob[] = [];

    get isEmpty(): boolean {
        return this.#jobs.length === 0;
    }

    /** Adds an order behind all others. */
    add(order: AddressJob["order"], router: string, addresses: readonly VirtualAddress[]): void {
        if (addresses.length > 0) {
            this.#jobs.push({ router, order, addresses, done: 0 });
        }
    }

    /** Takes these addresses out of what is left of such orders. */
    withdraw(order: AddressJob["order"], addresses: readonly VirtualAddress[]): void {
        const withdrawn = new Set(this.#jobs.some((job) => job.order === order) ? addresses.map(addressKey) : []);
        this.#jobs = this.#jobs.flatMap((job) => {
            if (job.order !== order) {
                return [job];
            }
            const left = job.addresses.slice(job.done).filter((address) => !withdrawn.has(addressKey(address)));
            return left.length === 0 ? [] : [{ ...job, addresses: left, done: 0 }];
        });
    }

    /** The next `most` addresses of the job whose turn it is; undefined when all is done. */
    take(most: number): { readonly job: AddressJob; readonly addresses: readonly VirtualAddress[]; readonly isLast: boolean } | undefined {
        const job = this.#jobs.shift();
        if (job === undefined) {
            return undefined;
        }
        const addresses = job.addresses.slice(job.done, job.done + most);
        job.done += addresses.length;
        const isLast = job.done >= job.addresses.length;
        if (!isLast) {
            this.#jobs.push(job);
        }
        return { job, addresses, isLast };
    }
}
