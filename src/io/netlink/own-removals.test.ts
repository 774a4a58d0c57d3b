import { expect, it } from "vitest";
import { type IpAddress, parseIp } from "../../core/base/ip.ts";
import { OwnRemovals } from "./own-removals.ts";

const place = { interfaceIndex: 5, address: parseIp("10.0.0.1") as IpAddress, prefixLength: 32 };

it("a removal that was noted is ours, once", () => {
    const removals = new OwnRemovals();
    removals.note(place);
    expect(removals.claim(place, 0)).toBe(true);
    expect(removals.claim(place, 0)).toBe(false);
});

it("a note is about one address on one interface with one prefix length", () => {
    const removals = new OwnRemovals();
    removals.note(place);
    expect(removals.claim({ ...place, interfaceIndex: 6 }, 0)).toBe(false);
    expect(removals.claim({ ...place, prefixLength: 24 }, 0)).toBe(false);
    expect(removals.claim({ ...place, address: parseIp("10.0.0.2") as IpAddress }, 0)).toBe(false);
});

it("a note that came to nothing does not cover for somebody else later", () => {
    const removals = new OwnRemovals();
    removals.note(place);
    removals.settle();
    expect(removals.claim(place, 0)).toBe(false);
});

it("what went through our socket is ours, and what went through the kernel's own or another's is not", () => {
    const removals = new OwnRemovals();
    removals.knowPort(77);
    expect([removals.claim(place, 77), removals.claim(place, 0), removals.claim(place, 78)]).toEqual([true, false, false]);
});
