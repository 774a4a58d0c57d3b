import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { bfdInstance } from "./harness/bfd-neighbors.ts";
import { DOWN, OURS, startEnd, THEIRS, UP } from "./harness/bfd-pair.ts";
import { configuration, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { openPair, untilAddresses, untilLogged, untilMaster } from "./harness/router-pair.ts";

let lab: Lab;

beforeEach(() => {
    lab = openPair();
});

afterEach(() => {
    lab.close();
});

const start = (node: "r1" | "r2", text: string): LabDaemon => startEnd(lab, node, text);

function startPair(ours: readonly string[] = [], theirs: readonly string[] = ours): readonly [LabDaemon, LabDaemon] {
    return [start("r1", bfdInstance("b1", OURS, ...ours)), start("r2", bfdInstance("b1", THEIRS, ...theirs))];
}

function reload(daemon: LabDaemon, text: string): void {
    writeFileSync(join(daemon.directory, "keepalived.conf"), text);
    daemon.signal("SIGHUP");
}

/** What the machine said last. */
function last(node: string) {
    return lab.capture.bfd(node).at(-1)?.seen;
}

async function untilSays(node: string, expected: object): Promise<void> {
    await until(() => JSON.stringify({ ...last(node), ...expected }) === JSON.stringify(last(node)), {
        what: `${node} to say ${JSON.stringify(expected)}; it says ${JSON.stringify(last(node))}`,
        limit: 15_000,
    });
}

/** Gaps between the packets of a machine that were not answers, from this moment of the capture on. */
function gaps(node: string, from: number): readonly number[] {
    const times = lab.capture.bfd(node).flatMap(({ at, seen }) => (at > from && !seen.isFinal ? [at] : []));
    return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

describe.runIf(canRunLabs())("each keyword of bfd_instance on the wire", () => {
    test("neighbor_ip, source_ip, ttl, min_rx, min_tx, multiplier: the packets of a session that is up", async () => {
        const [ours] = startPair(["min_rx 40", "min_tx 30", "multiplier 4", "ttl 254", "max_hops 1"]);
        await untilLogged(ours, UP);
        await untilSays("r1", { isPoll: false, state: "Up" });
        const said = { source: "10.77.0.1", destination: "10.77.0.2", port: 3784, ttl: 254, multiplier: 4, minTx: 30_000, minRx: 40_000 };
        expect(last("r1")).toMatchObject(said);
        expect(last("r1")?.sourcePort).toBeGreaterThanOrEqual(49_152);
        const from = lab.capture.now;
        await pause(1_000);
        const middle = gaps("r1", from).toSorted((left, right) => left - right);
        // The slower of our 30 and their 40, less 0 to 25 %.
        expect(middle[Math.floor(middle.length / 2)]).toBeGreaterThan(29);
        expect(middle[Math.floor(middle.length / 2)]).toBeLessThan(45);
    });

    test("idle_tx: the pace of a session that is not up", async () => {
        start("r1", bfdInstance("b1", OURS, "idle_tx 1200"));
        await until(() => gaps("r1", 0).length >= 3, { what: "four packets", limit: 10_000 });
        expect(last("r1")).toMatchObject({ state: "Down", minTx: 1_200_000 });
        expect(Math.min(...gaps("r1", 0))).toBeGreaterThan(890);
    });

    test("passive: silence until the other end has spoken", async () => {
        const [ours] = [start("r1", bfdInstance("b1", OURS, "passive"))];
        await untilLogged(ours, "Startup complete");
        await pause(1_500);
        expect(lab.capture.bfd("r1")).toEqual([]);
        start("r2", bfdInstance("b1", THEIRS));
        await untilLogged(ours, UP);
    });

    test("max_hops: how much a TTL may be lower", async () => {
        const [ours] = startPair(["max_hops 0"], ["ttl 253", "max_hops 255"]);
        await untilLogged(ours, "Discarding packet from 10.77.0.2 (TTL/hoplimit is too low)");
        expect(last("r1")?.state).toBe("Down");
        reload(ours, bfdInstance("b1", OURS, "max_hops 2"));
        await untilLogged(ours, UP);
    });

    test("multihop: the other port", async () => {
        const [ours] = startPair(["multihop"]);
        await untilLogged(ours, UP);
        expect(last("r1")?.port).toBe(4784);
    });

    test("interface: a neighbour with a link-local address; hoplimit", async () => {
        const plan = (neighbor: string, source: string): string =>
            bfdInstance("b1", { ...OURS, neighbor, source }, "hoplimit 255", "interface eth0");
        const ours = start("r1", plan("fe80::2", "fe80::1"));
        start("r2", plan("fe80::1", "fe80::2"));
        await untilLogged(ours, UP);
        expect(last("r1")).toMatchObject({ source: "fe80::1", destination: "fe80::2", ttl: 255 });
    });

    test("without source_ip the kernel chooses the address, and the port is the RFC's all the same", async () => {
        const ours = start("r1", "bfd_instance b1 {\n neighbor_ip 10.77.0.2\n}\n");
        await until(() => last("r1"), { what: "a packet", limit: 10_000 });
        expect(last("r1")).toMatchObject({ source: "10.77.0.1" });
        expect(last("r1")?.sourcePort).toBeGreaterThanOrEqual(49_152);
        start("r2", bfdInstance("b1", { ...THEIRS, interval: 10 }));
        await untilLogged(ours, UP);
    });

    test.each(["simple", "meticulous-sha1"])("authentication %s: only who knows the key", async (type) => {
        const [ours, theirs] = startPair([`authentication ${type} 1 secret`], [`authentication ${type} 1 other`]);
        await untilLogged(ours, "Discarding packet from 10.77.0.2 (authentication failed)");
        reload(theirs, bfdInstance("b1", THEIRS, `authentication ${type} 1 secret`));
        await untilLogged(ours, UP);
        expect(last("r1")?.isAuthenticated).toBe(true);
        await pause(1_000);
        expect(ours.log()).not.toContain(DOWN);
    });

    test("admin_down: the other end is told that it is meant", async () => {
        const [ours, theirs] = startPair();
        await untilLogged(ours, UP);
        reload(ours, bfdInstance("b1", OURS, "admin_down"));
        await untilSays("r1", { state: "AdminDown", diagnostic: 7 });
        await untilLogged(theirs, `${DOWN} (Local diagnostic - Neighbor Signaled Session Down, Remote diagnostic - Administratively Down)`);
        reload(ours, bfdInstance("b1", OURS));
        await until(() => theirs.log().split(UP).length > 2, { what: "up again", limit: 10_000 });
    });
});

describe.runIf(canRunLabs())("the life of a session", () => {
    test("a reload that changes nothing changes nothing; one that changes the rates keeps the session up", async () => {
        const [ours, theirs] = startPair();
        await untilLogged(ours, UP);
        // Both have asked for their rates, and have been answered.
        for (const node of ["r1", "r2"]) {
            await untilSays(node, { minTx: 50_000, state: "Up", isPoll: false, isFinal: false });
        }
        const before = last("r1");
        reload(ours, `${bfdInstance("b1", OURS)}\n`);
        await untilLogged(ours, "Reload complete");
        expect(last("r1")).toEqual(before);
        reload(ours, bfdInstance("b1", { ...OURS, interval: 100 }));
        await untilSays("r1", { minTx: 100_000, minRx: 100_000, state: "Up", isPoll: false });
        expect(last("r1")?.own).toBe(before?.own);
        expect([ours.log(), theirs.log()].join()).not.toContain(DOWN);
    });

    test.each([
        ["is killed", "SIGKILL", []],
        ["is killed and counts its packets", "SIGKILL", ["authentication meticulous-sha1 1 secret"]],
        ["is ended", "SIGTERM", []],
    ] as const)("a bfd process that %s is replaced, and goes on where it was: no session goes down", async (_title, signal, lines) => {
        // So long that its successor is there on a busy machine, too.
        const slow = { interval: 200, multiplier: 20 };
        const ours = start("r1", bfdInstance("b1", { ...OURS, ...slow }, ...lines));
        const theirs = start("r2", bfdInstance("b1", { ...THEIRS, ...slow }, ...lines));
        await untilLogged(ours, UP);
        await untilSays("r1", { isPoll: false, state: "Up" });
        await pause(2_000);
        const before = last("r1");
        const count = lab.capture.bfd("r1").length;
        process.kill(Number(ours.file("bfd.pid")), signal);
        await until(() => ours.log().split("Startup complete").length > 2, { what: "a successor", limit: 10_000 });
        await until(() => lab.capture.bfd("r1").length > count + 5, { what: "more packets", limit: 10_000 });
        // Longer than their Detection Time: they have heard the successor.
        await pause(4_500);
        expect(last("r1")).toMatchObject({ state: "Up", own: before?.own, other: before?.other, sourcePort: before?.sourcePort });
        expect([ours.log(), theirs.log()].join()).not.toContain(DOWN);
    });

    test("SIGUSR1 writes what is known of it", async () => {
        const [ours] = startPair();
        await untilLogged(ours, UP);
        await untilSays("r1", { isPoll: false, state: "Up" });
        ours.signal("SIGUSR1");
        await untilLogged(ours, "Printing BFD data for process(");
        const dump = ours.file("keepalived_bfd.data");
        expect(dump).toContain(" BFD Instance = b1\n   Neighbor IP = 10.77.0.2\n   Source IP = 10.77.0.1\n");
        expect(dump).toContain("   local state = Up\n   remote state = Up\n");
        expect(ours.file("keepalived.data")).toMatch(/^ Process = bfd\n {3}Deadlines served = \d+, /m);
    });
});

describe.runIf(canRunLabs())("a virtual router follows a session", () => {
    const vrrp = (...lines: readonly string[]): string => configuration({ version: 3, family: 4, priority: 200, interval: 0.1, lines });
    const backup = configuration({ version: 3, family: 4, priority: 100, interval: 0.1 });

    test.each([
        ["vrrp", ["vrrp"]],
        ["neither vrrp nor checker", []],
    ])("%s: the path dies, and the address moves", async (_title, lines) => {
        lab.close();
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "client" }] });
        // r1 is master as long as it sees the client, which is no router.
        const neighbor = { ...OURS, neighbor: "10.77.0.3" };
        const far = lab.start("client", {
            program: programOf(UNDER_TEST),
            configuration: bfdInstance("b1", { ...OURS, neighbor: OURS.source, source: "10.77.0.3" }),
            flags: [],
        });
        const ours = start("r1", vrrp("track_bfd {", "b1", "}") + bfdInstance("b1", neighbor, ...lines));
        start("r2", backup);
        await untilLogged(ours, UP);
        await untilMaster(lab, "r1");
        await far.killDead();
        await untilMaster(lab, "r2");
        await untilAddresses(lab, "r2", { addresses: [SERVICE_ADDRESS[4]], held: true });
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: false });
    });

    test("weight moves the priority", async () => {
        const far = lab.start("client", {
            program: programOf(UNDER_TEST),
            configuration: bfdInstance("b1", { ...OURS, neighbor: OURS.source, source: "10.77.0.3" }),
            flags: [],
        });
        const neighbor = { ...OURS, neighbor: "10.77.0.3" };
        const ours = start("r1", vrrp("track_bfd {", "b1", "}") + bfdInstance("b1", neighbor, "weight -30"));
        await untilLogged(ours, UP);
        await until(() => lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority === 200, { what: "priority 200", limit: 10_000 });
        await far.killDead();
        await until(() => lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority === 170, { what: "priority 170", limit: 10_000 });
    });

    test("a path that is dead from the start counts as one that has died", async () => {
        const neighbor = { ...OURS, neighbor: "10.77.0.3" };
        start("r1", vrrp("track_bfd {", "b1", "}") + bfdInstance("b1", neighbor, "weight -30"));
        await until(() => lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority === 170, { what: "priority 170", limit: 10_000 });
    });

    test("checker alone: virtual routers hear nothing", async () => {
        const neighbor = { ...OURS, neighbor: "10.77.0.3" };
        const far = lab.start("client", {
            program: programOf(UNDER_TEST),
            configuration: bfdInstance("b1", { ...OURS, neighbor: OURS.source, source: "10.77.0.3" }),
            flags: [],
        });
        const ours = start("r1", vrrp("track_bfd {", "b1", "}") + bfdInstance("b1", neighbor, "weight -30", "checker"));
        await untilLogged(ours, UP);
        await untilMaster(lab, "r1");
        const before = lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority;
        await far.killDead();
        await untilLogged(ours, DOWN);
        await pause(500);
        expect(lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority).toBe(before);
    });
});
