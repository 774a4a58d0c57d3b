import { describe, expect, it } from "vitest";
import { NodeDigests } from "../../../io/crypto/node-digests.ts";
import { type Duration, instant, seconds } from "../../base/instant.ts";
import type { SpeakerEffect } from "../effects.ts";
import type { ReceivedPacket } from "../events.ts";
import type { HmacAuthentication, VirtualRouterSettings } from "../settings.ts";
import type { VirtualRouterSnapshot } from "../snapshot.ts";
import { VrrpSpeaker } from "../speaker.ts";
import { advertisementFrom, ip, link, reports, routerSettings } from "../test-bench.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
const HMAC: HmacAuthentication = {
    type: "hmac",
    keys: [{ id: 1, material: { type: "bytes", bytes: KEY } }],
    activeKey: 1,
    checksTime: true,
    window: seconds(5),
    mode: "enforce",
};
const SIGNED = routerSettings({ version: 3, authentication: HMAC });
const OFFSET = seconds(1_763_600_000) as Duration;

/** A router on its own machine, its neighbours' advertisements brought by hand. */
class Node {
    readonly speaker = new VrrpSpeaker(new NodeDigests());
    readonly address: string;
    now = 0;

    constructor(settings: VirtualRouterSettings, address: string, predecessor?: VirtualRouterSnapshot) {
        this.address = address;
        this.tell({ type: "time-of-day", offset: OFFSET });
        this.tell({ type: "configure", routers: [settings] });
        this.tell({ type: "link", link: link() });
        this.tell({ type: "address-added", interfaceIndex: 2, address: ip(address), prefixLength: 16 });
        this.tell({ type: "restore", snapshots: predecessor === undefined ? [] : [predecessor] });
        this.tell({ type: "start" });
    }

    tell(event: Parameters<VrrpSpeaker["handle"]>[0]): readonly SpeakerEffect[] {
        return this.speaker.handle(event, instant(this.now));
    }

    get snapshot(): VirtualRouterSnapshot {
        return this.speaker.snapshot("VI_1") ?? expect.fail("no router");
    }

    /** Lets time pass until the next deadline; what is sent then. */
    wake(): ReceivedPacket[] {
        this.now = this.speaker.wakeAt ?? this.now;
        return this.sent(this.tell({ type: "wake" }));
    }

    sent(effects: readonly SpeakerEffect[]): ReceivedPacket[] {
        return effects.flatMap((effect) => (effect.type === "send-advertisement" ? [{ ...effect.packet, interfaceIndex: 2 }] : []));
    }

    hear(packet: ReceivedPacket | undefined): readonly SpeakerEffect[] {
        return this.tell({ type: "packet", packet: packet ?? expect.fail("nothing was sent") });
    }
}

/** An active router of priority 200 and a backup of priority 100. */
function pair(settings: VirtualRouterSettings = SIGNED): { active: Node; backup: Node } {
    const active = new Node({ ...settings, priority: 200 }, "10.77.0.1");
    return { active, backup: new Node(settings, "10.77.0.2") };
}

describe("auth_hmac", () => {
    it("signs what an Active Router says, and a backup hears it", () => {
        const { active, backup } = pair();
        const [packet] = active.wake();
        expect(packet?.payload).toHaveLength(12 + 28);
        backup.now = active.now;
        backup.hear(packet);
        expect(backup.snapshot).toMatchObject({
            state: "backup",
            activePriority: 200,
            counters: { advertisementsReceived: 1, rejections: {} },
        });
    });

    it("signs the farewell too", () => {
        const { active, backup } = pair();
        backup.hear(active.wake()[0]);
        const [farewell] = active.sent(active.tell({ type: "stop", keepsAddresses: false }));
        backup.now = active.now;
        expect(reports(backup.hear(farewell)).map(({ type }) => type)).toContain("priority-zero-seen");
    });

    it.each([
        ["extension-missing", (packet: ReceivedPacket) => ({ ...packet, payload: packet.payload.slice(0, 12) })],
        ["extension-malformed", (packet: ReceivedPacket) => ({ ...packet, payload: changed(packet.payload, 12, 2) })],
        ["extension-unknown-key", (packet: ReceivedPacket) => ({ ...packet, payload: changed(packet.payload, 13, 2) })],
        ["extension-invalid-hmac", (packet: ReceivedPacket) => ({ ...packet, payload: changed(packet.payload, 2, 255) })],
        ["extension-stale", (packet: ReceivedPacket) => ({ ...packet, payload: changed(packet.payload, 16, 1) })],
        ["packet-length", (packet: ReceivedPacket) => ({ ...packet, payload: packet.payload.slice(0, 39) })],
    ] as const)("counts and tells what it refuses: %s", (reason, spoil) => {
        const { active, backup } = pair();
        const [packet] = active.wake();
        const effects = backup.hear(spoil(packet ?? expect.fail()));
        expect(backup.snapshot.counters).toMatchObject({ advertisementsReceived: 0, rejections: { [reason]: 1 } });
        expect(reports(effects)).toMatchObject([{ type: "advertisement-rejected", reason }]);
    });

    it("refuses what was heard before", () => {
        const { active, backup } = pair();
        const [packet] = active.wake();
        backup.hear(packet);
        backup.hear(packet);
        expect(backup.snapshot.counters).toMatchObject({ advertisementsReceived: 1, rejections: { "extension-replayed": 1 } });
    });

    it("is too long for a router without it, so permissive or receive-only has to come first", () => {
        const { active } = pair();
        const plain = new Node(routerSettings({ version: 3 }), "10.77.0.2");
        plain.hear(active.wake()[0]);
        expect(plain.snapshot.counters.rejections).toEqual({ "packet-length": 1 });
    });

    it.each(["permissive", "receive-only"] as const)("with mode %s takes what is not signed, says so once and counts it", (mode) => {
        const settings = routerSettings({ version: 3, authentication: { ...HMAC, mode } });
        const backup = new Node(settings, "10.77.0.2");
        const plain = advertisementFrom(settings, "10.77.0.1", { priority: 200 });
        expect(reports(backup.hear(plain))).toMatchObject([{ type: "unsigned-accepted" }]);
        expect(reports(backup.hear(plain))).toEqual([]);
        expect(backup.snapshot.counters).toMatchObject({ advertisementsReceived: 2, unsignedAccepted: 2 });
    });

    it("with mode receive-only signs nothing, but refuses what is signed wrongly", () => {
        const { active, backup } = pair(routerSettings({ version: 3, authentication: { ...HMAC, mode: "receive-only" } }));
        expect(active.wake()[0]?.payload).toHaveLength(12);
        const [forged] = pair().active.wake();
        backup.hear({ ...(forged ?? expect.fail()), payload: changed(forged?.payload ?? new Uint8Array(0), 2, 255) });
        expect(backup.snapshot.counters.rejections).toEqual({ "extension-invalid-hmac": 1 });
    });

    it("warns once when clocks differ by more than half of what is allowed", () => {
        const { active, backup } = pair();
        active.tell({ type: "time-of-day", offset: (OFFSET - seconds(3)) as Duration });
        const [first] = active.wake();
        backup.now = active.now;
        expect(reports(backup.hear(first))).toContainEqual({
            ...{ type: "clocks-differ", router: "VI_1", from: ip("10.77.0.1") },
            ...{ seconds: 3, allowed: 5 },
        });
        const [second] = active.wake();
        backup.now = active.now;
        expect(reports(backup.hear(second))).toEqual([]);
    });

    it("lets keys be changed without a gap: first both are known, then the other one signs", () => {
        const { active, backup } = pair();
        backup.hear(active.wake()[0]);
        const second = { id: 2, material: { type: "bytes" as const, bytes: KEY.toReversed() } };
        const both = { ...SIGNED, authentication: { ...HMAC, keys: [...HMAC.keys, second] } };
        backup.tell({ type: "configure", routers: [both] });
        active.tell({ type: "configure", routers: [{ ...both, priority: 200, authentication: { ...both.authentication, activeKey: 2 } }] });
        const [packet] = active.wake();
        backup.now = active.now;
        expect(packet?.payload[13]).toBe(2);
        backup.hear(packet);
        expect(backup.snapshot.counters).toMatchObject({ advertisementsReceived: 2, rejections: {} });
    });

    it("keeps its memory over a reload", () => {
        const { active, backup } = pair();
        const [packet] = active.wake();
        backup.hear(packet);
        backup.tell({ type: "configure", routers: [{ ...SIGNED, preempt: false }] });
        backup.hear(packet);
        expect(backup.snapshot.counters.rejections).toEqual({ "extension-replayed": 1 });
    });

    it("keeps its memory over the death of the process", () => {
        const { active, backup } = pair();
        const [packet] = active.wake();
        backup.hear(packet);
        const successor = new Node(SIGNED, "10.77.0.2", backup.snapshot);
        successor.now = active.now;
        successor.hear(packet);
        expect(successor.snapshot.counters.rejections).toEqual({ "extension-replayed": 1 });
    });

    it("without a key to sign with is a FAULT: nothing unsigned ever leaves", () => {
        const keys = [{ id: 1, material: { type: "file" as const, path: "/nowhere" } }];
        const node = new Node({ ...SIGNED, priority: 255, authentication: { ...HMAC, keys } }, "10.77.0.1");
        expect(node.snapshot).toMatchObject({ state: "fault", faults: ["no-signing-key"] });
        node.tell({ type: "configure", routers: [{ ...SIGNED, priority: 255 }] });
        expect(node.snapshot.state).toBe("backup");
    });
});

describe("what a successor has to know", () => {
    it("is told at first and then every ten seconds, not with each advertisement", () => {
        const { active } = pair();
        const told: number[] = [];
        active.wake();
        for (let count = 0; count < 25; count++) {
            active.now = active.speaker.wakeAt ?? active.now;
            if (reports(active.tell({ type: "wake" })).some(({ type }) => type === "sequences-moved")) {
                told.push(count);
            }
        }
        expect(told).toEqual([9, 19]);
    });

    it("is nothing where nothing is authenticated", () => {
        const { active, backup } = pair(routerSettings());
        backup.hear(active.wake()[0]);
        expect(backup.snapshot.sequences).toBeUndefined();
        expect(active.snapshot.sequences).toBeUndefined();
    });
});

function changed(bytes: Uint8Array, place: number, value: number): Uint8Array {
    const copy = bytes.slice();
    copy[place] = value;
    return copy;
}
