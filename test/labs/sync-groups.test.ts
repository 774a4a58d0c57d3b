import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan } from "./harness/configuration.ts";
import { type DaemonKind, programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { masterDownInterval } from "./harness/protocol-limits.ts";
import { untilAddresses, untilLogged } from "./harness/router-pair.ts";

const BRISK = { version: 3, family: 4, interval: 0.2 } as const satisfies Partial<InstancePlan>;
const LONGEST_WAIT = masterDownInterval({ priority: 1, interval: 200 });

const VRIDS = [51, 52] as const;
const SERVICE = ["10.77.0.100", "10.78.0.100"] as const;

/** One virtual router a segment, VI_1 on eth0 and VI_2 on eth1. */
function instances(priority: number | readonly [number, number], lines: readonly string[] = []): readonly InstancePlan[] {
    return VRIDS.map((vrid, segment) => ({
        ...BRISK,
        name: `VI_${segment + 1}`,
        vrid,
        interface: `eth${segment}`,
        priority: typeof priority === "number" ? priority : (priority[segment] ?? 100),
        addresses: [`${SERVICE[segment]}/16`],
        lines,
    }));
}

function group(...lines: readonly string[]): string {
    return ["vrrp_sync_group VG_1 {", "    group {", "        VI_1", "        VI_2", "    }", ...lines, "}", ""].join("\n");
}

function openLab(): Lab {
    return Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }], interfaces: ["eth0", "eth1"] });
}

function start(lab: Lab, node: string, kind: DaemonKind, text: string): LabDaemon {
    return lab.start(node, { program: programOf(kind), configuration: text, flags: ["-P"] });
}

/** Waits until the wire shows these machines as the masters of the two segments, and the kernels hold the addresses there and only there. */
async function untilMasters(lab: Lab, ...nodes: readonly [string, string]): Promise<void> {
    const masters = () => VRIDS.map((vrid) => lab.capture.master(vrid));
    await until(() => masters().join() === nodes.join(), { what: `${nodes.join(" and ")} to be masters`, limit: 30_000 });
    const holds = (node: string, segment: number) => lab.network.addresses(node, segment).includes(SERVICE[segment] ?? "");
    for (const [segment, node] of nodes.entries()) {
        const other = node === "r1" ? "r2" : "r1";
        await until(() => holds(node, segment) && !holds(other, segment), {
            what: `${SERVICE[segment]} on ${node} alone`,
            limit: 15_000,
            every: 50,
        });
    }
}

const PAIRS = [
    { title: "ours and Keepalived's", r1: UNDER_TEST, r2: "keepalived" },
    { title: "Keepalived's and ours", r1: "keepalived", r2: UNDER_TEST },
    { title: "ours and ours", r1: UNDER_TEST, r2: UNDER_TEST },
] as const;

describe.runIf(canRunLabs() && hasTool("keepalived"))("sync groups", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = openLab();
    });

    afterEach(() => {
        lab.close();
    });

    // Given two virtual routers in one group on two segments. When the master loses one cable. Then the other machine takes over both, and gives
    // both back when the cable is in again.
    test.each(PAIRS)("$title: one interface goes down, both move; it comes back, both return", async ({ r1, r2 }) => {
        start(lab, "r1", r1, configuration(...instances(150)) + group());
        start(lab, "r2", r2, configuration(...instances(100)) + group());
        await untilMasters(lab, "r1", "r1");

        const cutAt = lab.capture.now;
        lab.network.setCarrier("r1", 1, "down");
        await untilMasters(lab, "r2", "r2");
        // The cable of the first segment is in: there it can say that it leaves.
        expect(lab.capture.advertisements({ node: "r1", vrid: 51, after: cutAt, priority: 0 }).length).toBeGreaterThan(0);

        lab.network.setCarrier("r1", 1, "up");
        await untilMasters(lab, "r1", "r1");
    });

    // Given a group whose peer is master on one segment only. When it can take over just one of both. Then it takes over neither.
    test("a member alone does not take over", async () => {
        start(lab, "r2", "keepalived", configuration(...instances(200).slice(0, 1)));
        await until(() => lab.capture.master(51) === "r2", { what: "r2 to be master of one", limit: 20_000 });
        const ours = start(lab, "r1", UNDER_TEST, configuration(...instances(150)) + group());
        await untilLogged(ours, "(VI_2) Entering BACKUP STATE");
        await pause(4 * LONGEST_WAIT);
        expect(lab.capture.advertisements({ node: "r1" })).toEqual([]);
        lab.network.cut("r2");
        await untilAddresses(lab, "r1", { addresses: [SERVICE[0]], held: true });
        await until(() => lab.network.addresses("r1", 1).includes(SERVICE[1]), { what: "both addresses on r1", limit: 10_000 });
        await untilLogged(ours, "VRRP_Group(VG_1) Syncing instances to MASTER state");
    });

    // Given a group. When a member's interface vanishes and one of the same name appears. Then the whole group fails over, and returns.
    test("a member's interface vanishes and comes back", async () => {
        const [first, second] = instances(150);
        const text = configuration({ ...(first as InstancePlan), globals: ["dynamic_interfaces"] }, second as InstancePlan);
        start(lab, "r1", UNDER_TEST, text + group());
        start(lab, "r2", "keepalived", configuration(...instances(100)) + group());
        await untilMasters(lab, "r1", "r1");
        lab.network.unplug("r1", 1);
        await until(() => lab.network.addresses("r2", 0).includes(SERVICE[0]), { what: "the other member's address on r2", limit: 20_000 });
        lab.network.plug("r1", 1);
        await untilMasters(lab, "r1", "r1");
    });

    // Given two virtual routers that know nothing of each other. When a reload makes them a group. Then nothing moves, until one fails: then both.
    test("a reload that makes a group moves nobody, and from then on they move together", async () => {
        const ours = start(lab, "r1", UNDER_TEST, configuration(...instances(150)));
        start(lab, "r2", "keepalived", configuration(...instances(100)) + group());
        await untilMasters(lab, "r1", "r1");
        const at = lab.capture.now;
        writeFileSync(join(ours.directory, "keepalived.conf"), configuration(...instances(150)) + group());
        ours.signal("SIGHUP");
        await untilLogged(ours, "Reload complete");
        await pause(LONGEST_WAIT);
        expect(lab.capture.advertisements({ node: "r1", after: at, priority: 0 })).toEqual([]);
        expect(lab.capture.advertisements({ node: "r2", after: at })).toEqual([]);
        lab.network.setCarrier("r1", 1, "down");
        await untilMasters(lab, "r2", "r2");
    });

    // Given an interface that only the group tracks. When it loses its carrier. Then the whole group fails over.
    test("what the group tracks counts for all members", async () => {
        lab.close();
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }], interfaces: ["eth0", "eth1", "eth2"] });
        const tracking = group("    track_interface {", "        eth2", "    }");
        const ours = start(lab, "r1", UNDER_TEST, configuration(...instances(150)) + tracking);
        start(lab, "r2", "keepalived", configuration(...instances(100)) + group());
        await untilMasters(lab, "r1", "r1");
        lab.network.setCarrier("r1", 2, "down");
        await untilMasters(lab, "r2", "r2");
        await untilLogged(ours, "entering FAULT state (tracked object failed: interface eth2)");
        lab.network.setCarrier("r1", 2, "up");
        await untilMasters(lab, "r1", "r1");
    });

    // Given a master that tracks another interface with a weight. When that goes down. Then it advertises less, and the peer takes over; and back.
    test.each(PAIRS.slice(0, 2))("$title: the weight of a tracked interface demotes", async ({ r1, r2 }) => {
        const [first] = instances(150, ["track_interface {", "    eth1 weight -80", "}"]);
        const [second] = instances(100);
        start(lab, "r1", r1, configuration(first as InstancePlan));
        start(lab, "r2", r2, configuration(second as InstancePlan));
        const untilMaster = (node: string) => until(() => lab.capture.master(51) === node, { what: `${node} to be master`, limit: 20_000 });
        await untilMaster("r1");
        const cutAt = lab.capture.now;
        lab.network.setCarrier("r1", 1, "down");
        await untilMaster("r2");
        expect(lab.capture.advertisements({ node: "r1", vrid: 51, after: cutAt, priority: 0 })).toEqual([]);
        expect(lab.capture.advertisements({ node: "r1", vrid: 51, after: cutAt, priority: 70 }).length).toBeGreaterThan(0);
        lab.network.setCarrier("r1", 1, "up");
        await untilMaster("r1");
        expect(lab.capture.lastAdvertisement({ node: "r1", vrid: 51 })?.seen.priority).toBe(150);
    });

    // Given two virtual routers crossed over two machines, each master of one. When either machine dies. Then the other serves both, until it is back.
    test("master and master: each machine dies in turn, the other serves both", async () => {
        const texts = { r1: configuration(...instances([150, 100])), r2: configuration(...instances([100, 150])) };
        const daemons = { r1: start(lab, "r1", UNDER_TEST, texts.r1), r2: start(lab, "r2", UNDER_TEST, texts.r2) };
        await untilMasters(lab, "r1", "r2");
        for (const [dying, other] of [
            ["r1", "r2"],
            ["r2", "r1"],
        ] as const) {
            lab.network.cut(dying);
            await daemons[dying].killDead();
            const holdsBoth = () => SERVICE.every((address, segment) => lab.network.addresses(other, segment).includes(address));
            await until(holdsBoth, { what: `both addresses on ${other}`, limit: 20_000, every: 50 });
            lab.network.join(dying);
            daemons[dying] = start(lab, dying, UNDER_TEST, texts[dying]);
            await untilMasters(lab, "r1", "r2");
        }
    });

    // Given a group that is active. When its vrrp process is killed. Then the successor goes on with both, and nobody notices.
    test.runIf(UNDER_TEST === "holdfast")("a killed vrrp process' successor goes on with the whole group", async () => {
        const classic = (priority: number) => configuration(...instances(priority).map((plan) => ({ ...plan, interval: 1 }))) + group();
        const ours = start(lab, "r1", UNDER_TEST, classic(150));
        start(lab, "r2", "keepalived", classic(100));
        await untilMasters(lab, "r1", "r1");
        const gone = await ours.killVrrp();
        const at = lab.capture.now;
        await until(() => ours.vrrpPid !== undefined && ours.vrrpPid !== gone, { what: "a new vrrp process", limit: 5_000 });
        await until(() => VRIDS.every((vrid) => lab.capture.lastAdvertisement({ node: "r1", vrid, after: at })), {
            what: "its advertisements",
            limit: 5_000,
        });
        await pause(masterDownInterval({ priority: 1, interval: 1_000 }));
        expect(lab.capture.advertisements({ node: "r2", after: at })).toEqual([]);
        lab.network.setCarrier("r1", 0, "down");
        await untilMasters(lab, "r2", "r2");
    });
});
