import { spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { runTool } from "../../src/app/cli/lab/run-tool.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { openPair, startRouter, untilLogged, untilMaster } from "./harness/router-pair.ts";
import { SteppedClock } from "./harness/stepped-clock.ts";

const PLAN = { version: 3, family: 4, interval: 0.2 } as const satisfies Partial<InstancePlan>;
const HELD_UP = /was held up for (\d+) ms: ([^;\n]+)/g;

// Master_Down_Interval is 0.7 s; whoever does not run for longer must not believe in the silence that it did not hear.
describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("a router that was held up", () => {
    let lab: Lab;
    let backup: LabDaemon;
    let clock: SteppedClock | undefined;

    beforeEach(async () => {
        lab = openPair();
        clock = hasTool("cc") ? SteppedClock.make(lab.directory, "r2") : undefined;
        startRouter(lab, "r1", UNDER_TEST, { ...PLAN, priority: 150 });
        await untilMaster(lab, "r1", 40_000);
        const program = [...(clock?.prefix ?? []), ...programOf(UNDER_TEST)];
        backup = lab.start("r2", { program, configuration: configuration({ ...PLAN, priority: 100 }), flags: ["-P"] });
        await untilLogged(backup, "Entering BACKUP STATE", 40_000);
        await until(() => backup.vrrpPid, { what: "the vrrp process", limit: 20_000 });
    }, 120_000);

    afterEach(() => {
        lab.close();
    });

    function holdUps(): readonly { readonly span: number; readonly cause: string }[] {
        return [...backup.log().matchAll(HELD_UP)].map(([, span, cause = ""]) => ({ span: Number(span), cause }));
    }

    async function untilHeldUp(cause: string, span: number): Promise<void> {
        const isSeen = () => holdUps().some((one) => one.cause.includes(cause) && one.span > span);
        await until(isSeen, { what: `a hold-up (${cause}) in the log`, limit: 30_000 });
    }

    // Given a backup that is stopped for three down intervals. When it goes on, with the master's advertisements in its queue, or without any since the
    // network was cut meanwhile. Then it listens before it claims: it stays backup, and says why it was late.
    test.each([
        ["and heard the master all the while", false],
        ["and heard nothing meanwhile", true],
    ])("stopped by a signal, %s", async (_title, isDeaf) => {
        if (isDeaf) {
            lab.network.isolate("r1", "r2");
        }
        process.kill(backup.vrrpPid ?? 0, "SIGSTOP");
        await pause(2_200);
        if (isDeaf) {
            lab.network.unite("r1", "r2");
        }
        process.kill(backup.vrrpPid ?? 0, "SIGCONT");
        await untilHeldUp("it was stopped", 1_000);
        await pause(1_000);
        expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
        expect(lab.capture.master()).toBe("r1");
    });

    // Given a machine whose clock stood still while the world's went on. When it is resumed. Then that is seen, and it listens first.
    test.runIf(hasTool("cc"))("suspended", async () => {
        clock?.suspend(3_600);
        await untilHeldUp("the machine was suspended", 3_599_000);
        await pause(1_000);
        expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
    });

    // Given a process that has one processor. When another one takes that for itself for longer than the down interval, less than the
    // kernel allows it (0.95 s). Then busy neighbours are named as the cause.
    test("by busy neighbours", async () => {
        runTool(["taskset", "--cpu-list", "--pid", "0", `${backup.vrrpPid}`]);
        const isSeen = () => holdUps().some(({ cause }) => cause.includes("other programs had the processor"));
        for (let tries = 0; tries < 20 && !isSeen(); tries++) {
            const hog = ["taskset", "--cpu-list", "0", "chrt", "--fifo", "1", "sh", "-c", "while :; do :; done"];
            spawnSync("timeout", ["0.85", ...hog]);
            await pause(1_000);
        }
        expect(isSeen(), backup.log()).toBe(true);
    });
});
