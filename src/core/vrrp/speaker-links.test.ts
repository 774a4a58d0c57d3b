/** Interfaces and addresses: from where a virtual router speaks, and when it cannot. */
import { describe, expect, it } from "vitest";
import type { IpAddress } from "../base/ip.ts";
import { ip, kinds, link, reports, routerSettings, SpeakerBench, virtualAddress } from "./test-bench.ts";

function sourceOf(bench: SpeakerBench): IpAddress | undefined {
    const [sent] = bench.wake().flatMap((effect) => (effect.type === "send-advertisement" ? [effect.packet.source] : []));
    return sent;
}

function faultsOf(bench: SpeakerBench): readonly string[] | undefined {
    return bench.speaker.snapshot("VI_1")?.faults;
}

const address = (text: string) => ({ type: "address-added", interfaceIndex: 2, address: ip(text), prefixLength: 16 }) as const;
const noAddress = (text: string) => ({ ...address(text), type: "address-removed", isOurs: false }) as const;

describe("the source of advertisements", () => {
    it("is the first address of the interface that is no virtual one", () => {
        const bench = new SpeakerBench();
        bench.tell({ type: "configure", routers: [bench.settings] });
        bench.tell({ type: "link", link: link() });
        for (const text of ["10.77.9.9", "10.77.0.5", "10.77.0.6"]) {
            bench.tell(address(text));
        }
        bench.tell({ type: "start" });
        expect(sourceOf(bench)).toEqual(ip("10.77.0.5"));
    });

    it("is the link-local address over IPv6, not the virtual one", () => {
        const bench = new SpeakerBench({ family: 6, version: 3 });
        bench.tell({ type: "configure", routers: [bench.settings] });
        bench.tell({ type: "link", link: link() });
        for (const text of ["fe80::5e:99", "fd77::1", "fe80::7"]) {
            bench.tell(address(text));
        }
        bench.tell({ type: "start" });
        expect(sourceOf(bench)).toEqual(ip("fe80::7"));
    });

    it("is an owner's virtual address when the interface has no other", () => {
        const bench = new SpeakerBench({ priority: 255 });
        bench.tell({ type: "configure", routers: [bench.settings] });
        bench.tell({ type: "link", link: link() });
        bench.tell({ type: "start" });
        expect(faultsOf(bench)).toEqual(["no-source-address"]);
        bench.tell(address("10.77.9.9"));
        expect(faultsOf(bench)).toEqual([]);
        expect(sourceOf(bench)).toEqual(ip("10.77.9.9"));
    });

    // Given an owner's virtual address without a prefix length beside the interface's own. When it is taken down in a fault. Then the other one is there still.
    it("is an owner's after its virtual address went, which stood beside the interface's own", () => {
        const bench = new SpeakerBench({ priority: 255 });
        const virtual = { ...address("10.77.9.9"), prefixLength: 32 };
        bench.tell({ type: "configure", routers: [bench.settings] });
        bench.tell({ type: "link", link: link() });
        bench.tell(address("10.77.9.9"));
        bench.tell({ type: "start" });
        bench.tell(virtual);
        bench.tell({ type: "link", link: link({ isRunning: false }) });
        bench.tell({ ...virtual, type: "address-removed", isOurs: true });
        bench.tell({ type: "link", link: link() });
        expect([bench.state, faultsOf(bench)]).toEqual(["backup", []]);
        bench.tell(noAddress("10.77.9.9"));
        expect(faultsOf(bench)).toEqual(["no-source-address"]);
    });

    // Given two routers that back each other up (RFC 9568 §4.2), on an interface with one address, which one of them owns. When it comes and goes.
    // Then the other one speaks from it, too.
    it("is another owner's virtual address when the interface has no other", () => {
        const bench = new SpeakerBench();
        const owner = routerSettings({ name: "OWNER", vrid: 52, priority: 255, addresses: [virtualAddress("10.77.0.1")] });
        bench.tell({ type: "configure", routers: [owner, bench.settings] });
        bench.tell({ type: "link", link: link() });
        bench.tell({ type: "start" });
        expect(faultsOf(bench)).toEqual(["no-source-address"]);
        bench.tell(address("10.77.0.1"));
        expect([bench.state, faultsOf(bench)]).toEqual(["backup", []]);
        bench.tell(noAddress("10.77.0.1"));
        expect(faultsOf(bench)).toEqual(["no-source-address"]);
    });

    it("is the configured one, on the interface or not", () => {
        const bench = new SpeakerBench({ sourceAddress: ip("10.1.1.1") });
        bench.start();
        expect(sourceOf(bench)).toEqual(ip("10.1.1.1"));
    });

    it("is a fault with track_src_ip while it is not on the interface", () => {
        const bench = new SpeakerBench({ sourceAddress: ip("10.77.0.5"), tracksSourceAddress: true });
        bench.start();
        expect(faultsOf(bench)).toEqual(["no-source-address"]);
        bench.tell(address("10.77.0.5"));
        expect([bench.state, bench.untilWake]).toEqual(["backup", 3_609_375]);
        bench.tell(noAddress("10.77.0.5"));
        expect(faultsOf(bench)).toEqual(["no-source-address"]);
    });

    it("changes with the interface's first address, and with it what is sent", () => {
        const bench = new SpeakerBench();
        bench.start();
        bench.wake();
        bench.tell(address("10.77.0.7"));
        expect(sourceOf(bench)).toEqual(ip("10.77.0.1"));
        expect(bench.tell(noAddress("10.77.0.1"))).toEqual([]);
        expect(sourceOf(bench)).toEqual(ip("10.77.0.7"));
        expect(kinds(bench.tell(noAddress("10.77.0.7")))).toContain("report fault-raised");
        expect([bench.state, faultsOf(bench)]).toEqual(["fault", ["no-source-address"]]);
    });
});

describe("the interface", () => {
    it("may come after the start, and its addresses before itself", () => {
        const bench = new SpeakerBench();
        bench.tell({ type: "configure", routers: [bench.settings] });
        expect(reports(bench.tell({ type: "start" }))).toEqual([
            { type: "fault-raised", router: "VI_1", reason: "interface-missing" },
            expect.objectContaining({ type: "state-changed", from: "initialize", to: "fault" }),
        ]);
        bench.tell(address("10.77.0.1"));
        bench.tell({ type: "link", link: link() });
        expect([bench.state, bench.untilWake]).toEqual(["backup", 3_609_375]);
    });

    it.each([
        ["is down", { isUp: false }, ["interface-down"]],
        ["has no carrier", { isRunning: false }, ["interface-down"]],
        ["knows no multicast", { isMulticast: false }, ["no-multicast"]],
    ])("is a fault when it %s", (...[, change, faults]) => {
        const bench = new SpeakerBench();
        bench.start();
        bench.tell({ type: "link", link: link(change) });
        expect([bench.state, faultsOf(bench)]).toEqual(["fault", faults]);
        bench.tell({ type: "link", link: link() });
        expect([bench.state, bench.untilWake]).toEqual(["backup", 3_609_375]);
    });

    it("makes an owner wait for the whole timer after a fault, as in Keepalived", () => {
        const bench = new SpeakerBench({ priority: 255 });
        bench.start();
        bench.tell({ type: "link", link: link({ isUp: false }) });
        bench.tell({ type: "link", link: link() });
        expect([bench.state, bench.untilWake]).toEqual(["backup", 3_003_906]);
    });

    it("does not matter when down with dont_track_primary, nor for multicast with peers", () => {
        const peers = [{ address: ip("10.77.0.2"), minTtl: 0, maxTtl: 255 }];
        const bench = new SpeakerBench({ tracksInterface: false, destination: { type: "unicast", ttl: 255, peers } });
        bench.start();
        bench.tell({ type: "link", link: link({ isUp: false, isMulticast: false }) });
        expect(bench.state).toBe("backup");
    });

    it("is missed when it vanishes or is called something else", () => {
        const bench = new SpeakerBench();
        bench.start();
        bench.tell({ type: "link", link: link({ name: "eth9" }) });
        expect(faultsOf(bench)).toEqual(["interface-missing"]);
        bench.tell({ type: "link", link: link() });
        expect(bench.state).toBe("backup");
        bench.tell({ type: "link-gone", interfaceIndex: 2 });
        expect(faultsOf(bench)).toEqual(["interface-missing"]);
        expect(bench.tell({ type: "link-gone", interfaceIndex: 2 })).toEqual([]);
    });

    it("may come back under another index, before the old one is gone too", () => {
        const bench = new SpeakerBench();
        bench.start();
        bench.tell({ ...address("10.77.0.1"), interfaceIndex: 7 });
        bench.tell({ type: "link", link: link({ index: 7 }) });
        bench.tell({ type: "link-gone", interfaceIndex: 2 });
        expect(bench.state).toBe("backup");
        expect(bench.wake()[0]).toMatchObject({ packet: { interfaceIndex: 7 } });
    });

    it("gives and takes a name that another one had", () => {
        const bench = new SpeakerBench();
        bench.start();
        bench.tell({ ...address("10.77.0.1"), interfaceIndex: 7 });
        bench.tell({ type: "link", link: link({ index: 7 }) });
        bench.tell({ type: "link", link: link({ index: 2, name: "old0" }) });
        expect(bench.state).toBe("backup");
    });
});

describe("unicast_fault_no_peer", () => {
    it.each([
        [true, "fault"],
        [false, "backup"],
    ])("%s", (faultWithoutPeers, state) => {
        const bench = new SpeakerBench({ faultWithoutPeers, destination: { type: "unicast", ttl: 255, peers: [] } });
        bench.start();
        expect(bench.state).toBe(state);
    });
});

describe("packets", () => {
    const peer = (text: string) => ({ address: ip(text), minTtl: 0, maxTtl: 255 });

    it("for a VRID that nobody has are counted and told once for each", () => {
        const bench = new SpeakerBench();
        bench.start();
        expect(reports(bench.hear("10.77.0.2", { vrid: 7 }))).toEqual([
            {
                type: "advertisement-rejected",
                router: undefined,
                vrid: 7,
                source: ip("10.77.0.2"),
                reason: "unknown-vrid",
                detail: "Unknown VRID(7) received on interface(eth0). ignoring...",
            },
        ]);
        expect(bench.hear("10.77.0.2", { vrid: 7 })).toEqual([]);
        expect(bench.speaker.strayPackets).toBe(2);
    });

    it("too short for a VRID, or from an unknown interface, are told as that", () => {
        const bench = new SpeakerBench();
        const packet = {
            interfaceIndex: 9,
            family: 4,
            protocol: 112,
            source: ip("10.1.1.1"),
            destination: ip("224.0.0.18"),
            ttl: 255,
        } as const;
        expect(reports(bench.tell({ type: "packet", packet: { ...packet, payload: Uint8Array.of(0x21) } }))).toEqual([
            expect.objectContaining({ reason: "packet-length", detail: "vrrp packet too short, length 1, on interface(index 9)" }),
        ]);
    });

    it("are not remembered without end", () => {
        const bench = new SpeakerBench();
        const packet = {
            family: 4,
            protocol: 112,
            source: ip("10.1.1.1"),
            destination: ip("224.0.0.18"),
            ttl: 255,
            payload: Uint8Array.of(0x21, 1),
        } as const;
        let told = 0;
        for (let interfaceIndex = 1; interfaceIndex <= 5000; interfaceIndex++) {
            told += bench.tell({ type: "packet", packet: { ...packet, interfaceIndex } }).length;
        }
        expect([told, bench.speaker.strayPackets]).toEqual([4096, 5000]);
    });

    it("find the unicast router of their peer where several share a VRID, beside a multicast one", () => {
        const bench = new SpeakerBench();
        const unicast = (name: string, peers: string[], source: string) =>
            routerSettings({
                name,
                sourceAddress: ip(source),
                destination: { type: "unicast", ttl: 255, peers: peers.map(peer) },
                addresses: [],
            });
        const routers = [
            routerSettings(),
            unicast("U1", ["10.77.0.2"], "10.77.0.1"),
            unicast("U2", ["10.77.0.3", "10.77.0.4"], "10.77.0.9"),
        ];
        bench.tell({ type: "configure", routers });
        bench.tellOfLink();
        bench.tell({ type: "start" });
        const received = () => bench.speaker.snapshots().map(({ counters }) => counters.advertisementsReceived);
        bench.hear("10.77.0.2", { priority: 200 });
        expect(received()).toEqual([1, 0, 0]);
        for (const source of ["10.77.0.2", "10.77.0.3", "10.77.0.4"]) {
            bench.settings = { ...routers[1] } as (typeof routers)[0];
            bench.hear(source, { priority: 200 });
        }
        expect(received()).toEqual([1, 1, 2]);
        bench.hear("10.77.0.99", { priority: 200 });
        expect(received()).toEqual([1, 2, 2]);
        bench.tell({ type: "configure", routers: routers.slice(0, 2) });
        bench.hear("10.77.0.4", { priority: 200 });
        expect(received()).toEqual([1, 3]);
        bench.tell({ type: "configure", routers: [routers[1], routers[2]].flatMap((settings) => settings ?? []) });
        bench.settings = routerSettings();
        expect(reports(bench.hear("10.77.0.2", { priority: 200 }))).toContainEqual(expect.objectContaining({ reason: "destination" }));
    });

    it("come to nobody while the router is in FAULT", () => {
        const bench = new SpeakerBench();
        bench.start();
        bench.tell({ type: "link", link: link({ isUp: false }) });
        expect(bench.hear("10.77.0.2", { priority: 200, version: 3 })).toEqual([]);
    });
});

describe("an address that two routers own", () => {
    it("is lost for both", () => {
        const bench = new SpeakerBench();
        const routers = [routerSettings(), routerSettings({ name: "VI_2", vrid: 52 })];
        bench.tell({ type: "configure", routers });
        bench.tellOfLink();
        bench.tell({ type: "start" });
        bench.wake();
        bench.tell({ type: "address-removed", interfaceIndex: 2, address: ip("10.77.9.9"), prefixLength: 32, isOurs: false });
        expect(bench.speaker.snapshots().map(({ state, counters }) => [state, counters.foreignRemovals])).toEqual([
            ["backup", 1],
            ["backup", 1],
        ]);
        bench.tell({ type: "configure", routers: routers.slice(0, 1) });
        expect(bench.speaker.snapshots()).toHaveLength(1);
    });
});
