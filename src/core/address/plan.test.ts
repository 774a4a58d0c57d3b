import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type IpAddress, ipFromBytes, parseIp } from "../base/ip.ts";
import { type AddressPlan, planAddresses } from "./plan.ts";
import { addressKey, standingPrefixLength, type VirtualAddress } from "./virtual-address.ts";

const NODAD = 0x02;
const MCAUTOJOIN = 0x400;
const ip = (text: string) => parseIp(text) as IpAddress;
const one = (text: string, more: Partial<VirtualAddress> = {}): VirtualAddress => ({
    address: ip(text),
    prefixLength: text.includes(":") ? 128 : 32,
    interfaceName: "eth0",
    scope: 0,
    flags: 0,
    isTracked: true,
    ...more,
});

describe("a plan", () => {
    it("leaves alone what is right", () => {
        const all = [one("10.0.0.1", { label: "eth0:1", broadcast: ip("10.0.0.255") }), one("fd00::1", { flags: NODAD })];
        expect(planAddresses(all, structuredClone(all))).toEqual({ removed: [], added: [] });
    });

    it("takes down what is not desired, and puts up what does not stand, first things first", () => {
        const [kept, stale, first, second] = [one("10.0.0.1"), one("10.0.0.2"), one("fe80::1"), one("fd00::1")];
        expect(planAddresses([stale, kept], [first, kept, second])).toEqual({ removed: [stale], added: [first, second] });
    });

    it("tells addresses apart by prefix length and interface", () => {
        const [wide, elsewhere, plain] = [
            one("10.0.0.1", { prefixLength: 24 }),
            one("10.0.0.1", { interfaceName: "eth1" }),
            one("10.0.0.1"),
        ];
        expect(planAddresses([wide, elsewhere], [plain])).toEqual({ removed: [wide, elsewhere], added: [plain] });
    });

    it.each<[string, Partial<VirtualAddress>]>([
        ["label", { label: "eth0:1" }],
        ["scope", { scope: 253 }],
        ["broadcast address", { broadcast: ip("10.0.0.255") }],
        ["peer", { peer: { address: ip("10.0.0.2"), prefixLength: 32 } }],
        ["IPv4 flags", { flags: 0x200 }],
    ])("takes down and puts up again whose %s differs", (_what, change) => {
        const [before, after] = [one("10.0.0.1"), one("10.0.0.1", change)];
        expect(planAddresses([before], [after])).toEqual({ removed: [before], added: [after] });
    });

    it("alters lifetimes, and flags of IPv6 addresses, without taking anything down", () => {
        const before = [one("10.0.0.1"), one("fd00::1"), one("fd00::2")];
        const after = [
            one("10.0.0.1", { preferredLifetime: 0 }),
            one("fd00::1", { preferredLifetime: 9 }),
            one("fd00::2", { flags: NODAD }),
        ];
        expect(planAddresses(before, after)).toEqual({ removed: [], added: after });
        const joining = one("fd00::2", { flags: MCAUTOJOIN });
        expect(planAddresses(before, [joining]).removed).toContain(before[2]);
    });

    it("does nothing for what the kernel does not know of", () => {
        expect(planAddresses([one("10.0.0.1")], [one("10.0.0.1", { isTracked: false })])).toEqual({ removed: [], added: [] });
    });
});

describe("any two sets", () => {
    /** What the kernel has, and how it takes orders: one that stands keeps all but its lifetimes, and for IPv6 its flags. */
    function carryOut(standing: readonly VirtualAddress[], { removed, added }: AddressPlan): VirtualAddress[] {
        const kernel = new Map(standing.map((address) => [addressKey(address), address]));
        for (const address of removed) {
            expect(kernel.delete(addressKey(address))).toBe(true);
        }
        for (const address of added) {
            const before = kernel.get(addressKey(address));
            const flags =
                address.address.family === 4 ? before?.flags : (address.flags & ~MCAUTOJOIN) | ((before?.flags ?? 0) & MCAUTOJOIN);
            const { preferredLifetime, ...rest } = before ?? address;
            const lifetime = address.preferredLifetime === undefined ? {} : { preferredLifetime: address.preferredLifetime };
            kernel.set(addressKey(address), before === undefined ? address : { ...rest, ...lifetime, flags: flags ?? 0 });
        }
        return [...kernel.values()];
    }

    const family4 = fc.nat(3).map((last) => ipFromBytes(Uint8Array.of(10, 0, 0, last)));
    const family6 = fc.nat(3).map((last) => ipFromBytes(Uint8Array.of(0xfd, ...new Array<number>(14).fill(0), last)));
    const address = fc.record(
        {
            address: fc.oneof(family4, family6),
            prefixLength: fc.constantFrom(24, 32),
            interfaceName: fc.constantFrom("eth0", "eth1"),
            scope: fc.constantFrom(0, 253),
            flags: fc.constantFrom(0, NODAD, MCAUTOJOIN),
            isTracked: fc.constant(true),
            label: fc.constantFrom("eth0:1", "eth0:2"),
            broadcast: fc.constantFrom(ip("10.0.0.255"), ip("10.0.255.255")),
            peer: fc.record({ address: family4, prefixLength: fc.constantFrom(30, 32) }),
            preferredLifetime: fc.constantFrom(0, 60),
        },
        { requiredKeys: ["address", "prefixLength", "interfaceName", "scope", "flags", "isTracked"] },
    );
    const set = fc.uniqueArray(address, { selector: addressKey, maxLength: 12 });
    const sorted = (all: readonly VirtualAddress[]) => all.toSorted((left, right) => (addressKey(left) < addressKey(right) ? -1 : 1));

    it("the plan from one to the other ends with the other, and touches nothing that is right", () => {
        fc.assert(
            fc.property(set, set, (actual, desired) => {
                const plan = planAddresses(actual, desired);
                expect(sorted(carryOut(actual, plan))).toEqual(sorted(desired));
                const right = new Set(actual.filter((one) => desired.some((other) => isDeepStrictEqual(one, other))).map(addressKey));
                expect([...plan.removed, ...plan.added].filter((address) => right.has(addressKey(address)))).toEqual([]);
            }),
            { numRuns: 500 },
        );
    });
});

it("the kernel's prefix length of an address with a peer is the peer's", () => {
    expect(standingPrefixLength(one("10.0.0.1"))).toBe(32);
    expect(standingPrefixLength(one("10.0.0.1", { peer: { address: ip("10.0.0.2"), prefixLength: 30 } }))).toBe(30);
});
