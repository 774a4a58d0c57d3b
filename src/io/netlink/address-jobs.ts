import type { VirtualAddress } from "../../core/address/virtual-address.ts";

/** One router's addresses that are to be put up or taken down, and how far that has come. */
export interface AddressJob {
    readonly router: string;
    readonly order: "claim" | "release";
    readonly addresses: readonly VirtualAddress[];
    /** How many of them are done. */
    done: number;
}

/**
 * What is still to be done, in turns between routers. A release stops what is left of claims, and a claim what is left of releases, as far as
 * they concern the same addresses, whoever ordered them: a router may have been renamed, an address may have moved to another one.
 */
export class AddressJobs {
    #jobs: AddressJob[] = [];

    get isEmpty(): boolean {
        return this.#jobs.length === 0;
    }

    /** Adds an order behind all others. */
    add(order: AddressJob["order"], router: string, addresses: readonly VirtualAddress[]): void {
        const superseded = new Set(addresses.map(placeOf));
        this.#jobs = this.#jobs.flatMap((job) => {
            if (job.order === order) {
                return [job];
            }
            const left = job.addresses.slice(job.done).filter((address) => !superseded.has(placeOf(address)));
            return left.length === 0 ? [] : [{ ...job, addresses: left, done: 0 }];
        });
        this.#jobs.push({ router, order, addresses, done: 0 });
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

function placeOf({ address, prefixLength, interfaceName }: VirtualAddress): string {
    return `${interfaceName} ${prefixLength} ${address.bytes.join()}`;
}
