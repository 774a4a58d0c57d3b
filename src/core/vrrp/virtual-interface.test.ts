/** A link of its own for a virtual router: where its advertisements travel and what can be wrong with it. */
import { describe, expect, it } from "vitest";
import { parseMac, virtualRouterMac } from "../base/mac.ts";
import type { Link } from "./events.ts";
import { advertisementFrom, ip, kinds, link, reports, SpeakerBench, virtualAddress } from "./test-bench.ts";

const BASE = link({ mac: parseMac("02:00:00:00:00:01") as Uint8Array });
const VIRTUAL = link({ index: 7, name: "vrrp.51", mac: virtualRouterMac(4, 51), kind: "macvlan", baseIndex: 2 });

function bench(family: 4 | 6, carriesAdvertisements = true, more: ConstructorParameters<typeof SpeakerBench>[0] = {}): SpeakerBench {
    const address = virtualAddress(family === 4 ? "10.77.9.9" : "fe80::5e:99", { interfaceName: "vrrp.51" });
    const version = family === 4 ? 2 : 3;
    const one = new SpeakerBench({
        family,
        version,
        addresses: [address],
        virtualLink: { name: "vrrp.51", carriesAdvertisements },
        ...more,
    });
    one.tell({ type: "configure", routers: [one.settings] });
    tell(one, BASE);
    one.tell({ type: "address-added", interfaceIndex: 2, address: ip("10.77.0.1"), prefixLength: 16 });
    one.tell({ type: "address-added", interfaceIndex: 2, address: ip("fe80::1"), prefixLength: 64 });
    tell(one, VIRTUAL);
    return one;
}

const tell = (one: SpeakerBench, told: Link) => one.tell({ type: "link", link: told });
const faultsOf = (one: SpeakerBench) => one.speaker.snapshot("VI_1")?.faults;

function sentBy(one: SpeakerBench): readonly unknown[] {
    const sent = one.wake().flatMap((effect) => (effect.type === "send-advertisement" ? [effect.packet] : []));
    return sent.map(({ interfaceIndex, source }) => [interfaceIndex, source]);
}

describe("advertisements", () => {
    it("travel on it, from the base's IPv4 address", () => {
        const one = bench(4);
        one.tell({ type: "start" });
        expect(sentBy(one)).toEqual([[7, ip("10.77.0.1")]]);
    });

    it("travel on it, from its own IPv6 address, which no virtual one is", () => {
        const one = bench(6);
        one.tell({ type: "start" });
        expect(faultsOf(one)).toEqual(["no-source-address"]);
        one.tell({ type: "address-added", interfaceIndex: 7, address: ip("fe80::5e:99"), prefixLength: 64 });
        expect(faultsOf(one)).toEqual(["no-source-address"]);
        one.tell({ type: "address-added", interfaceIndex: 7, address: ip("fe80::1"), prefixLength: 64 });
        expect(sentBy(one)).toEqual([[7, ip("fe80::1")]]);
    });

    it("travel on the base where it is to carry them", () => {
        for (const [family, source] of [
            [4, "10.77.0.1"],
            [6, "fe80::1"],
        ] as const) {
            const one = bench(family, false);
            one.tell({ type: "start" });
            expect(sentBy(one)).toEqual([[2, ip(source)]]);
        }
    });

    it("are heard there and not on the other one", () => {
        const heard = (carriesAdvertisements: boolean, interfaceIndex: number) => {
            const one = bench(4, carriesAdvertisements);
            one.tell({ type: "start" });
            one.pass(100);
            const before = one.untilWake;
            one.tell({ type: "packet", packet: { ...advertisementFrom(one.settings, "10.77.0.2", { priority: 200 }), interfaceIndex } });
            return one.untilWake !== before;
        };
        expect([heard(true, 7), heard(true, 2), heard(false, 2), heard(false, 7)]).toEqual([true, false, true, false]);
    });
});

describe("a fault", () => {
    it.each<[string, Partial<Link>, Partial<Link>, readonly string[]]>([
        ["the base is down", { isUp: false }, {}, ["interface-down"]],
        ["the base has no carrier, and so the other has none", { isRunning: false }, { isRunning: false }, ["interface-down"]],
        ["it is down", {}, { isUp: false }, ["virtual-interface-down"]],
        ["the base knows no ARP", { isNoArp: true }, {}, ["no-ethernet"]],
    ])("is there while %s", (_when, ofBase, ofVirtual, faults) => {
        const one = bench(4);
        one.tell({ type: "start" });
        tell(one, { ...BASE, ...ofBase });
        tell(one, { ...VIRTUAL, ...ofVirtual });
        expect([one.state, faultsOf(one)]).toEqual(["fault", faults]);
        tell(one, BASE);
        tell(one, VIRTUAL);
        expect([one.state, faultsOf(one)]).toEqual(["backup", []]);
    });

    it("is there while one of the two is missing, also where advertisements do not need it", () => {
        for (const carriesAdvertisements of [true, false]) {
            const one = bench(4, carriesAdvertisements);
            one.tell({ type: "start" });
            one.tell({ type: "link-gone", interfaceIndex: 7 });
            expect(faultsOf(one)).toEqual(["virtual-interface-missing"]);
            one.tell({ type: "link-gone", interfaceIndex: 2 });
            expect(faultsOf(one)).toEqual(["interface-missing"]);
        }
    });

    it("is none with dont_track_primary as long as both are there", () => {
        const one = bench(4, true, { tracksInterface: false });
        one.tell({ type: "start" });
        tell(one, { ...BASE, isRunning: false });
        tell(one, { ...VIRTUAL, isRunning: false });
        expect(one.state).toBe("backup");
    });
});

it("a link made anew under another number is where it goes on", () => {
    const one = bench(4);
    one.tell({ type: "start" });
    one.wake();
    expect(kinds(one.tell({ type: "link-gone", interfaceIndex: 7 }))).toContain("release-addresses");
    tell(one, { ...VIRTUAL, index: 8 });
    expect(one.state).toBe("backup");
    expect(sentBy(one)).toEqual([[8, ip("10.77.0.1")]]);
});

it("a reload to a link of its own moves the addresses, and the router stays active", () => {
    const one = bench(4);
    const before = { ...one.settings, addresses: [virtualAddress("10.77.9.9")] };
    const { virtualLink: _virtualLink, ...plain } = before;
    one.tell({ type: "configure", routers: [plain] });
    one.tell({ type: "start" });
    one.wake();
    const effects = one.tell({ type: "configure", routers: [one.settings] });
    expect(effects.flatMap((effect) => ("addresses" in effect ? [[effect.type, effect.addresses[0]?.interfaceName]] : []))).toEqual([
        ["release-addresses", "eth0"],
        ["claim-addresses", "vrrp.51"],
    ]);
    expect([one.state, reports(effects).some(({ type }) => type === "state-changed")]).toEqual(["active", false]);
    expect(sentBy(one)).toEqual([[7, ip("10.77.0.1")]]);
});
