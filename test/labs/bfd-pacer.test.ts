import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { bfdInstance } from "./harness/bfd-neighbors.ts";
import { DOWN, OURS, startEnd, THEIRS, UP } from "./harness/bfd-pair.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { HeldThread } from "./harness/held-thread.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { openPair, untilLogged } from "./harness/router-pair.ts";

/** The dead man's limit, in milliseconds: what is left of it when JavaScript stops is between three quarters and all of it. */
const LIMIT = 1_000;
const DETECTION = OURS.interval * OURS.multiplier;

let lab: Lab;

beforeEach(() => {
    lab = openPair();
});

afterEach(() => {
    lab.close();
});

const start = (node: "r1" | "r2", text: string): LabDaemon => startEnd(lab, node, text);

/** Two ends that are up, and have been answered. */
async function startPair(globals = ""): Promise<readonly [LabDaemon, LabDaemon]> {
    const daemons = [start("r1", globals + bfdInstance("b1", OURS)), start("r2", bfdInstance("b1", THEIRS))] as const;
    for (const [index, daemon] of daemons.entries()) {
        await untilLogged(daemon, UP);
        const node = index === 0 ? "r1" : "r2";
        await until(() => lab.capture.bfd(node).at(-1)?.seen.isPoll === false, { what: "the poll sequence to end", limit: 10_000 });
    }
    await until(() => lab.capture.bfd("r1").at(-1)?.seen.minTx === 50_000, { what: "the agreed rate", limit: 10_000 });
    await pause(300);
    return daemons;
}

const bfdPid = (daemon: LabDaemon) => Number(daemon.file("bfd.pid"));

/** Packets of r1 that say that it is up, from a moment of the capture on: how long after it they left, in milliseconds. */
const saidUp = (from: number) => lab.capture.bfd("r1").flatMap(({ at, seen }) => (at > from && seen.state === "Up" ? [at - from] : []));

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast" && hasTool("cc"))("JavaScript stands still", () => {
    test("for half a second: packets leave as ever, and nobody notices", async () => {
        const [ours, theirs] = await startPair();
        const from = lab.capture.now;
        const held = await HeldThread.hold(bfdPid(ours), ours.directory);
        await pause(500);
        await held.release();
        await pause(1_500);
        const times = saidUp(from);
        expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThan(DETECTION);
        expect([ours.log(), theirs.log()].join()).not.toContain(DOWN);
    });

    test("for good: the neighbour goes down when the limit and its Detection Time are over, and comes up again with us", async () => {
        const [ours, theirs] = await startPair();
        const held = await HeldThread.hold(bfdPid(ours), ours.directory);
        const from = lab.capture.now;
        try {
            await untilLogged(theirs, DOWN);
            const silentFrom = saidUp(from).at(-1) ?? 0;
            expect(silentFrom).toBeGreaterThan(LIMIT / 2);
            expect(silentFrom).toBeLessThan(LIMIT + 50);
            const downAt = lab.capture.bfd("r2").find(({ at, seen }) => at > from && seen.state === "Down")?.at ?? Number.NaN;
            // The neighbour's own lateness on a busy machine is none of ours.
            expect(downAt - from).toBeLessThan(LIMIT + DETECTION + 500);
        } finally {
            await held.release();
        }
        await until(() => theirs.log().split(UP).length > 2, { what: "up again", limit: 10_000 });
    });
});

test.runIf(canRunLabs() && UNDER_TEST === "holdfast")("a realtime priority is the pacer's, too", async () => {
    const [ours] = await startPair("global_defs {\n    bfd_rt_priority 50\n}\n");
    const folder = `/proc/${bfdPid(ours)}/task`;
    const pacer = readdirSync(folder).find((tid) => readFileSync(`${folder}/${tid}/comm`, "utf8") === "pacer\n");
    // Fields behind the name: the 38th is the realtime priority.
    const fields = readFileSync(`${folder}/${pacer}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    expect(fields[37]).toBe("50");
});
