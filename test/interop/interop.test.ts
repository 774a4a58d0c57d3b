import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { defaultAddresses, type InstancePlan } from "../labs/harness/configuration.ts";
import { UNDER_TEST } from "../labs/harness/daemon-kind.ts";
import { FrrRouter } from "../labs/harness/frr.ts";
import { canRunLabs, hasTool } from "../labs/harness/prerequisites.ts";
import { masterDownInterval, skewTime } from "../labs/harness/protocol-limits.ts";
import { openPair, startRouter, untilAddresses, untilLogged, untilMaster } from "../labs/harness/router-pair.ts";
import { tsharkComplaints } from "../labs/harness/tshark.ts";

/** Never earlier than the protocol allows; how much later is a matter of the machine's load, so this margin is wide. */
const LATE = 1_500;
const EARLY = 10;

const PEERS = ["keepalived", "frr"] as const;
const CASES = [
    { title: "version 2, IPv4", version: 2, family: 4, interval: 1 },
    { title: "version 3, IPv4", version: 3, family: 4, interval: 0.2 },
    { title: "version 3, IPv6", version: 3, family: 6, interval: 0.2 },
] as const;

type Peer = (typeof PEERS)[number];

async function startPeer(lab: Lab, peer: Peer, instance: InstancePlan): Promise<{ killDead(): Promise<void> }> {
    return peer === "frr" ? FrrRouter.start(lab, "r2", instance) : startRouter(lab, "r2", "keepalived", instance);
}

function checkAdvertisements(lab: Lab): void {
    const ours = lab.capture.advertisements({ node: "r1" });
    expect(ours.length).toBeGreaterThan(0);
    expect(tsharkComplaints(lab.directory, ours)).toEqual([]);
}

describe.runIf(canRunLabs()).each(PEERS)("beside %s", (peer) => {
    describe.runIf(hasTool(peer === "frr" ? "/usr/lib/frr/vrrpd" : "keepalived")).each(CASES)("$title", ({ version, family, interval }) => {
        let lab: Lab;
        const timing = { version, family, interval };
        const milliseconds = interval * 1_000;
        const bareAddresses = defaultAddresses(family).map((address) => address.split("/")[0] ?? "");

        beforeEach(() => {
            lab = openPair();
        });

        afterEach(() => {
            lab.close();
        });

        test("as backup takes over when the master dies", async () => {
            const dying = await startPeer(lab, peer, { ...timing, priority: 200, state: "MASTER" });
            await untilMaster(lab, "r2");
            const ours = startRouter(lab, "r1", UNDER_TEST, { ...timing, priority: 100 });
            await untilLogged(ours, "Entering BACKUP STATE");
            const heard = lab.capture.advertisements({ node: "r2" }).length;
            await until(() => lab.capture.advertisements({ node: "r2" }).length > heard, { what: "one more advertisement", limit: 5_000 });

            lab.network.cut("r2");
            await dying.killDead();
            await untilMaster(lab, "r1");

            const last = lab.capture.lastAdvertisement({ node: "r2" });
            const first = lab.capture.advertisements({ node: "r1" })[0];
            const waited = (first?.at ?? 0) - (last?.at ?? 0);
            const limit = masterDownInterval({ priority: 100, interval: milliseconds });
            expect(waited).toBeGreaterThan(limit - EARLY);
            expect(waited).toBeLessThan(limit + LATE);
            await untilAddresses(lab, "r1", { addresses: bareAddresses, held: true });
            await untilAnnounced(lab, bareAddresses);
            checkAdvertisements(lab);
        });

        test("as master steps down when stopped, and preempts on its return", async () => {
            const ours = startRouter(lab, "r1", UNDER_TEST, { ...timing, priority: 200, state: "MASTER" });
            await untilMaster(lab, "r1");
            await startPeer(lab, peer, { ...timing, priority: 100 });
            // Only what the peer has heard can make it wait for the skew time: give it one whole Active_Down_Interval.
            const watched = lab.capture.now + masterDownInterval({ priority: 100, interval: milliseconds }) + LATE;
            await until(() => lab.capture.now > watched, { what: "the peer to have settled", limit: 20_000 });
            expect(lab.capture.master()).toBe("r1");

            await ours.terminate();
            await untilMaster(lab, "r2");
            const farewell = lab.capture.lastAdvertisement({ node: "r1", priority: 0 });
            expect(farewell).toBeDefined();
            const taken = lab.capture.advertisements({ node: "r2", after: farewell?.at ?? 0 })[0];
            expect((taken?.at ?? 0) - (farewell?.at ?? 0)).toBeLessThan(skewTime({ priority: 100, interval: milliseconds }) + LATE);
            await untilAddresses(lab, "r1", { addresses: bareAddresses, held: false });

            startRouter(lab, "r1", UNDER_TEST, { ...timing, priority: 200, state: "MASTER" });
            await untilMaster(lab, "r1");
            await untilAddresses(lab, "r1", { addresses: bareAddresses, held: true });
            checkAdvertisements(lab);
        });
    });
});

async function untilAnnounced(lab: Lab, addresses: readonly string[]): Promise<void> {
    await until(() => addresses.every((address) => announcements(lab, address) >= 5), {
        what: "five announcements of each address",
        limit: 5_000,
    });
}

function announcements(lab: Lab, address: string): number {
    return lab.capture.frames.filter(({ node, seen }) => node === "r1" && seen.kind === "announcement" && seen.address === address).length;
}
