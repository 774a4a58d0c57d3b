import { expect, it } from "vitest";
import type { VirtualAddress } from "../../core/address/virtual-address.ts";
import { formatIp, type IpAddress, parseIp } from "../../core/base/ip.ts";
import { AddressJobs, type AddressOrders } from "./address-jobs.ts";
import { NO_HURRY } from "./slice-pace.ts";

const one = (text: string): VirtualAddress => ({
    address: parseIp(text) as IpAddress,
    prefixLength: 32,
    interfaceName: "eth0",
    scope: 0,
    flags: 0,
    isTracked: true,
});
const some = (...texts: string[]) => texts.map(one);

const orders = (
    order: AddressOrders["order"],
    router: string,
    addresses: readonly VirtualAddress[],
    companions: readonly VirtualAddress[] = [],
): AddressOrders => ({ order, router, addresses, companions });

function drain(jobs: AddressJobs): string[] {
    const order: string[] = [];
    for (let slice = jobs.take(NO_HURRY); slice !== undefined; slice = jobs.take(NO_HURRY)) {
        order.push(
            `${slice.orders.order} ${slice.orders.router} ${slice.addresses.map(({ address }) => formatIp(address)).join()}${slice.isLast ? " last" : ""}`,
        );
    }
    return order;
}

it("routers take turns, slice by slice", () => {
    const jobs = new AddressJobs();
    jobs.add(orders("claim", "A", some("10.0.0.1", "10.0.0.2", "10.0.0.3")));
    jobs.add(orders("claim", "B", some("10.0.1.1")));
    expect(drain(jobs)).toEqual(["claim A 10.0.0.1,10.0.0.2", "claim B 10.0.1.1 last", "claim A 10.0.0.3 last"]);
    expect(jobs.isEmpty).toBe(true);
});

it("a release takes the place of what is left of a claim once that is withdrawn, and leaves the rest of it", () => {
    const jobs = new AddressJobs();
    jobs.add(orders("claim", "A", some("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4")));
    jobs.take(NO_HURRY);
    expect(jobs.withdraw("claim", some("10.0.0.2", "10.0.0.3"))).toEqual(some("10.0.0.3"));
    jobs.add(orders("release", "A", some("10.0.0.2", "10.0.0.3")));
    expect(drain(jobs)).toEqual(["claim A 10.0.0.4 last", "release A 10.0.0.2,10.0.0.3 last"]);
});

it("an address that moves to another router is not taken down behind its back", () => {
    const jobs = new AddressJobs();
    jobs.add(orders("release", "A", some("10.0.0.1", "10.0.0.2")));
    expect(jobs.withdraw("release", some("10.0.0.2", "10.0.0.3"))).toEqual(some("10.0.0.2"));
    jobs.add(orders("claim", "B", some("10.0.0.2")));
    expect(drain(jobs)).toEqual(["release A 10.0.0.1 last", "claim B 10.0.0.2 last"]);
});

it("what a release may have carried off is restored, even if nothing is left of the release", () => {
    const jobs = new AddressJobs();
    jobs.add(orders("release", "A", some("10.0.0.1", "10.0.0.2", "10.0.0.3"), some("10.0.0.9")));
    jobs.take(NO_HURRY);
    jobs.withdraw("release", some("10.0.0.3"));
    expect(drain(jobs)).toEqual(["restore A 10.0.0.9 last"]);
});

it("nothing is no work", () => {
    const jobs = new AddressJobs();
    jobs.add(orders("claim", "A", []));
    expect(jobs.isEmpty).toBe(true);
    expect(jobs.take(NO_HURRY)).toBeUndefined();
});

it("what was ordered for a router goes on under its new name", () => {
    const jobs = new AddressJobs();
    jobs.add(orders("claim", "A", some("10.0.0.1", "10.0.0.2", "10.0.0.3")));
    jobs.take(NO_HURRY);
    jobs.rename(new Map([["A", "B"]]));
    expect(drain(jobs)).toEqual(["claim B 10.0.0.3 last"]);
});
