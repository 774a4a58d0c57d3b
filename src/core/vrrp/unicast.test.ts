import { describe, expect, it } from "vitest";
import type { SpeakerEffect } from "./effects.ts";
import { NO_INTERFACE } from "./no-interface.ts";
import type { Destination } from "./settings.ts";
import { advertisementFrom, ip, kinds, SpeakerBench } from "./test-bench.ts";

const PEERS = ["10.77.0.2", "10.77.0.3"].map((address) => ({ address: ip(address), minTtl: 60, maxTtl: 64 }));
const UNICAST: Destination = { type: "unicast", ttl: 33, peers: PEERS };

function sent(effects: readonly SpeakerEffect[]) {
    return effects.flatMap((effect) => (effect.type === "send-advertisement" ? [effect.packet] : []));
}

describe("unicast", () => {
    it("sends a copy to each peer, from the source address and with the TTL that are configured", () => {
        const bench = new SpeakerBench({ priority: 255, destination: UNICAST, sourceAddress: ip("10.77.0.77") });
        const packets = sent(bench.start());
        expect(packets).toMatchObject(PEERS.map(({ address }) => ({ destination: address, source: ip("10.77.0.77"), ttl: 33 })));
    });

    it("with checksums of their own in version 3, whose pseudo header has the destination", () => {
        const bench = new SpeakerBench({ version: 3, priority: 255, destination: UNICAST });
        const [first, second] = sent(bench.start()).map(({ payload }) => payload.subarray(6, 8));
        expect(first).not.toEqual(second);
    });

    it("sends as old peers do as soon as one was heard", () => {
        const bench = new SpeakerBench({ version: 3, priority: 200, destination: UNICAST });
        bench.start();
        const old = advertisementFrom({ ...bench.settings, destination: { type: "multicast", group: ip("224.0.0.18") } }, "10.77.0.2");
        bench.tell({ type: "packet", packet: { ...old, destination: ip("10.77.0.1") } });
        const [first, second] = sent(bench.wake()).map(({ payload }) => payload.subarray(6, 8));
        expect(first).toEqual(second);
    });

    it("without any peer is a FAULT if it is so configured, and sends nothing in any case", () => {
        const empty: Destination = { ...UNICAST, peers: [] };
        const faulty = new SpeakerBench({ priority: 255, destination: empty, faultWithoutPeers: true });
        faulty.start();
        expect(faulty.speaker.snapshot("VI_1")).toMatchObject({ state: "fault", faults: ["no-peers"] });
        const silent = new SpeakerBench({ priority: 255, destination: empty });
        expect(sent(silent.start())).toEqual([]);
    });

    it.each([
        ["10.77.0.2", 62, {}],
        ["10.77.0.9", 62, { "unknown-peer": 1 }],
        ["10.77.0.2", 59, { "peer-ttl": 1 }],
        ["10.77.0.2", 65, { "peer-ttl": 1 }],
    ])("with check_unicast_src judges %s with TTL %i: %j", (source, ttl, rejections) => {
        const bench = new SpeakerBench({ destination: UNICAST, checksUnicastSource: true });
        bench.start();
        bench.tell({ type: "packet", packet: { ...advertisementFrom(bench.settings, source, { priority: 200 }), ttl } });
        expect(bench.speaker.snapshot("VI_1")?.counters.rejections).toEqual(rejections);
    });

    it("goes to FAULT without its source address, and announces it once when it is back", () => {
        const source = ip("10.77.0.77");
        const bench = new SpeakerBench({ destination: UNICAST, sourceAddress: source, tracksSourceAddress: true });
        bench.start();
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "fault", faults: ["no-source-address"] });
        const effects = bench.tell({ type: "address-added", interfaceIndex: 2, address: source, prefixLength: 16 });
        expect(kinds(effects)).toContain("report state-changed");
        expect(effects).toContainEqual({
            ...{ type: "announce", router: "VI_1", rounds: 1 },
            addresses: [{ address: source, prefixLength: 32, interfaceName: "eth0", scope: 0, flags: 0, isTracked: false }],
        });
        expect(bench.state).toBe("backup");
    });

    it("announces no source for a group, which every host of the link hears anyway", () => {
        const bench = new SpeakerBench({ sourceAddress: ip("10.77.0.77"), tracksSourceAddress: true });
        bench.start();
        const effects = bench.tell({ type: "address-added", interfaceIndex: 2, address: ip("10.77.0.77"), prefixLength: 16 });
        expect(bench.state).toBe("backup");
        expect(kinds(effects)).not.toContain("announce");
    });
});

describe("unicast without an interface", () => {
    const nowhere = { destination: UNICAST, sourceAddress: ip("10.77.0.1"), interfaceName: NO_INTERFACE };

    it("sends and hears by a socket that is bound to none, and is at fault with none", () => {
        const bench = new SpeakerBench({ priority: 255, ...nowhere });
        bench.tell({ type: "configure", routers: [bench.settings] });
        expect(sent(bench.tell({ type: "start" }))).toMatchObject([{ interfaceIndex: 0 }, { interfaceIndex: 0 }]);
        bench.tell({ type: "packet", packet: { ...advertisementFrom(bench.settings, "10.77.0.2", { priority: 9 }), interfaceIndex: 0 } });
        expect(bench.speaker.snapshot("VI_1")).toMatchObject({ state: "active", faults: [], counters: { advertisementsReceived: 1 } });
    });

    it("follows its source address with track_src_ip, wherever it stands", () => {
        const bench = new SpeakerBench({ ...nowhere, tracksSourceAddress: true });
        bench.tell({ type: "configure", routers: [bench.settings] });
        bench.tell({ type: "start" });
        expect(bench.speaker.snapshot("VI_1")?.faults).toEqual(["no-source-address"]);
        const address = { interfaceIndex: 2, address: ip("10.77.0.1"), prefixLength: 16 };
        bench.tell({ type: "address-added", ...address });
        expect(bench.state).toBe("backup");
        bench.tell({ type: "address-removed", ...address, isOurs: false });
        expect(bench.state).toBe("fault");
    });
});
