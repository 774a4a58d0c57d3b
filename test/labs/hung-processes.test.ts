import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echoesOf, longestOutage } from "../../src/app/cli/lab/echo-record.ts";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { Probe } from "../../src/app/cli/lab/probe.ts";
import { isRunning } from "../../src/app/cli/lab/process-tree.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { type BfdPlan, bfdInstance } from "./harness/bfd-neighbors.ts";
import { configuration, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { copyThatCanLoop, makeLoop, makeScratch, removeScratch } from "./harness/program-copy.ts";
import { openPair, untilAddresses, untilLogged, untilMaster } from "./harness/router-pair.ts";

/** The session outlives a process that stands still until it is replaced, and its successor's start. */
const SESSION: BfdPlan = { neighbor: "10.77.0.2", source: "10.77.0.1", interval: 1_000, multiplier: 30 };
const SERVER_IS_DOWN = "Removing service [10.99.0.2]:tcp:80 from VS [10.99.0.1]:tcp:80";
/** Nobody is at the server's address, so it is down from the start. */
const SERVICE = [
    "virtual_server 10.99.0.1 80 {",
    "    protocol TCP",
    "    delay_loop 0.5",
    "    real_server 10.99.0.2 80 {",
    "        TCP_CHECK {",
    "            connect_timeout 0.5",
    "            retry 0",
    "        }",
    "    }",
    "}",
    "",
].join("\n");
const ENOUGH = 60_000;

interface Pair {
    readonly lab: Lab;
    readonly master: LabDaemon;
    readonly backup: LabDaemon;
}

/** A master with processes of all kinds, and a backup that is the neighbour of its session. */
async function startPair(lab: Lab, program: readonly string[]): Promise<Pair> {
    const routers = (priority: number) => configuration({ version: 3, family: 4, interval: 1, priority });
    const start = (node: string, text: string) => lab.start(node, { program, configuration: text, flags: [] });
    const master = start("r1", routers(200) + SERVICE + bfdInstance("b1", SESSION));
    await untilMaster(lab, "r1");
    const backup = start("r2", routers(100) + bfdInstance("b1", { ...SESSION, neighbor: SESSION.source, source: SESSION.neighbor }));
    await untilLogged(backup, "Entering BACKUP STATE");
    await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: true });
    await untilLogged(master, SERVER_IS_DOWN, ENOUGH);
    for (const daemon of [master, backup]) {
        await untilLogged(daemon, "Entering Up state", ENOUGH);
    }
    return { lab, master, backup };
}

/** What may become of a process that is to hang. */
const WAYS: readonly (readonly [what: string, strike: Strike])[] = [
    ["is stopped", (_master, pid) => process.kill(pid, "SIGSTOP")],
    ["loops for ever", ({ directory }, pid) => makeLoop(directory, pid)],
];
type Strike = (master: LabDaemon, pid: number) => void;

/** Has one process do nothing any more, until its parent has replaced it. */
async function hang(master: LabDaemon, strike: Strike, role: "vrrp" | "checkers" | "bfd", name: string): Promise<void> {
    const pid = Number(master.file(`${role}.pid`));
    strike(master, pid);
    await untilLogged(master, `${name} child process(${pid}) does not answer - replacing it`, ENOUGH);
    await until(() => !isRunning(pid), { what: "its end", limit: ENOUGH });
    const successor = () => Number(master.file(`${role}.pid`));
    await until(() => successor() > 0 && successor() !== pid && isRunning(successor()), { what: "a successor", limit: ENOUGH });
    await until(() => master.log().split("Startup complete").length > 4, { what: "the successor's start", limit: ENOUGH });
}

// All at the same time: each waits for most of its time.
describe.runIf(canRunLabs() && UNDER_TEST === "holdfast").concurrent("a process", () => {
    let scratch: string;
    let program: readonly string[];

    beforeAll(() => {
        scratch = makeScratch();
        program = [process.execPath, copyThatCanLoop(scratch)];
    });

    afterAll(() => {
        removeScratch(scratch);
    });

    async function inLab(play: (pair: Pair) => Promise<void>): Promise<void> {
        const lab = openPair();
        try {
            await play(await startPair(lab, program));
        } finally {
            lab.close();
        }
    }

    describe.each(WAYS)("that %s", (what, strike) => {
        // Given a master whose vrrp process hangs. When the parent has replaced it, before others have taken over or after. Then the successor is master where it
        // left off, its kernel has held the address all the while, and clients have had an answer from one of the two.
        test("vrrp: its successor is master again, and the client was served all the while", async () => {
            await inLab(async ({ lab, master }) => {
                const probe = Probe.start(lab.addon, lab.network, { node: "client", address: SERVICE_ADDRESS[4], every: 10 });
                await until(() => echoesOf(lab.capture.frames, SERVICE_ADDRESS[4]).length > 10, { what: "ten questions", limit: 5_000 });
                const from = lab.capture.now;
                await hang(master, strike, "vrrp", "VRRP");
                const replaced = lab.capture.now;
                const [takenOver] = lab.capture.advertisements({ node: "r2", after: from });
                await until(() => (lab.capture.lastAdvertisement({ node: "r1" })?.at ?? 0) > replaced, {
                    what: "its return",
                    limit: ENOUGH,
                });
                await untilAddresses(lab, "r2", { addresses: [SERVICE_ADDRESS[4]], held: false });
                await untilMaster(lab, "r1");
                probe.stop();
                const outage = longestOutage(
                    echoesOf(lab.capture.frames, SERVICE_ADDRESS[4]).filter(
                        ({ answeredBy }, index, all) => answeredBy !== undefined || index < all.length - 10,
                    ),
                );
                console.log(
                    `vrrp process ${what}: others took over after ${takenOver === undefined ? "no" : Math.round(takenOver.at - from)} ms, longest outage ${outage.toFixed(0)} ms`,
                );
                expect(lab.network.addresses("r1")).toContain(SERVICE_ADDRESS[4]);
                expect(master.log().split("Entering MASTER STATE")).toHaveLength(2);
                expect(outage).toBeLessThan(1_000);
            });
        });

        // Given a checkers process that hangs, and a server that is down. When it is replaced. Then the server is down as before, and nobody else has noticed.
        test("checkers: what it knew of servers stays, and nothing else moves", async () => {
            await inLab(async ({ lab, master, backup }) => {
                await hang(master, strike, "checkers", "Healthcheck");
                expect(master.log().split(SERVER_IS_DOWN)).toHaveLength(2);
                expect(master.log()).not.toContain("Adding service");
                expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
                expect(backup.log()).not.toContain("Entering MASTER STATE");
            });
        });

        // Given a bfd process that hangs for less than its neighbour bears. When it is replaced. Then neither end has lost the session.
        test("bfd: its sessions go on", async () => {
            await inLab(async ({ lab, master, backup }) => {
                await hang(master, strike, "bfd", "BFD");
                const from = lab.capture.now;
                await until(() => lab.capture.bfd("r1").some(({ at }) => at > from), { what: "its packets", limit: ENOUGH });
                expect([master.log(), backup.log()].join()).not.toContain("Entering Down state");
                expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
            });
        });
    });
});
