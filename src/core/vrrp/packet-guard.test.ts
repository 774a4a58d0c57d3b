/** `accept` and `no_accept`: RFC 9568 §6.1 and §6.4.3, RFC 3768 §6.4.3. */
import { describe, expect, it } from "vitest";
import type { SpeakerEffect } from "./effects.ts";
import { ip, kinds, link, SpeakerBench, virtualAddress } from "./test-bench.ts";

const FIREWALL = /firewall|(claim|release)-addresses|send/;
const orders = (effects: readonly SpeakerEffect[]): string[] => kinds(effects).filter((kind) => FIREWALL.test(kind));

function activeWithout(overrides: ConstructorParameters<typeof SpeakerBench>[0] = {}): SpeakerBench {
    const bench = new SpeakerBench({ accept: false, ...overrides });
    bench.start();
    bench.wake();
    bench.claimAll();
    return bench;
}

describe("no_accept", () => {
    it("blocks after the advertisement and before the addresses: listed ones and others", () => {
        const excludedAddresses = [virtualAddress("10.77.9.11")];
        const bench = new SpeakerBench({ accept: false, excludedAddresses });
        bench.start();
        const effects = bench.wake();
        expect(orders(effects)).toEqual(["send-advertisement", "claim-firewall", "claim-addresses"]);
        expect(effects).toContainEqual({
            type: "claim-firewall",
            router: "VI_1",
            addresses: [...bench.settings.addresses, ...excludedAddresses],
        });
    });

    it("lets packets in again when the addresses are gone", () => {
        const bench = activeWithout();
        expect(orders(bench.hear("10.77.0.2", { priority: 200 }))).toEqual(["release-addresses", "release-firewall"]);
        expect(orders(bench.tell({ type: "stop", keepsAddresses: false }))).toEqual([]);
    });

    it("goes on blocking where the addresses stay at the end", () => {
        expect(orders(activeWithout().tell({ type: "stop", keepsAddresses: true }))).toEqual(["send-advertisement"]);
    });

    it("blocks again after a restart of the process", () => {
        const former = activeWithout();
        const bench = new SpeakerBench({ accept: false }, former.now);
        bench.tell({ type: "configure", routers: [bench.settings] });
        bench.tell({ type: "restore", snapshots: former.speaker.snapshots() });
        bench.tell({ type: "link", link: link() });
        bench.tell({ type: "address-added", interfaceIndex: 2, address: ip("10.77.0.1"), prefixLength: 16 });
        expect(orders(bench.tell({ type: "start" })).slice(0, 2)).toEqual(["claim-firewall", "claim-addresses"]);
    });

    it("means nothing to an owner, who accepts in any case", () => {
        const bench = new SpeakerBench({ accept: false, priority: 255 });
        expect(orders(bench.start())).toEqual(["send-advertisement", "claim-addresses"]);
    });

    it("says nothing to the firewall with accept", () => {
        const bench = new SpeakerBench();
        bench.start();
        expect(orders(bench.wake())).toEqual(["send-advertisement", "claim-addresses"]);
    });
});

describe("a reload while active", () => {
    it("blocks and lets in as the new settings say", () => {
        const bench = activeWithout({ accept: true });
        expect(orders(bench.tell({ type: "configure", routers: [{ ...bench.settings, accept: false }] }))).toEqual(["claim-firewall"]);
        expect(orders(bench.tell({ type: "configure", routers: [bench.settings] }))).toEqual(["release-firewall"]);
    });

    it("blocks new addresses before they are put up", () => {
        const bench = activeWithout();
        const addresses = [...bench.settings.addresses, virtualAddress("10.77.9.10")];
        const effects = bench.tell({ type: "configure", routers: [{ ...bench.settings, addresses }] });
        expect(orders(effects)).toEqual(["claim-firewall", "claim-addresses"]);
        expect(effects).toContainEqual({ type: "claim-firewall", router: "VI_1", addresses });
    });

    it("leaves the firewall alone when nothing changed for it", () => {
        const bench = activeWithout();
        expect(orders(bench.tell({ type: "configure", routers: [{ ...bench.settings, priority: 120 }] }))).toEqual([]);
    });
});
