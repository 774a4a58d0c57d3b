import { readFileSync } from "node:fs";
import { release } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import { statOf } from "../../src/app/cli/lab/process-tree.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { configuration, EVERY_PROCESS } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { openPair, startRouter, untilMaster } from "./harness/router-pair.ts";

const SCHED_RR = 2;
const OWNER = { version: 3, family: 4, interval: 0.1, priority: 255 } as const;

/** From Linux 6.12 on. */
function knowsShortTurns(): boolean {
    const [major = 0, minor = 0] = release().split(".").map(Number);
    return major > 6 || (major === 6 && minor >= 12);
}

/** What the kernel says of a process. */
function shown(pid: number) {
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8");
    // From state, which is field 3, on: niceness 19, realtime priority 40, policy 41.
    const fields = (statOf(pid) ?? []).map(Number);
    return {
        name: read("comm").trim(),
        niceness: fields[19 - 3],
        realtime: fields[40 - 3],
        policy: fields[41 - 3],
        processors: /^Cpus_allowed_list:\s*(\S+)/m.exec(read("status"))?.[1],
        lockedKilobytes: Number(/^VmLck:\s*(\d+)/m.exec(read("status"))?.[1]),
        slice: Number(/^se\.slice\s*:\s*(\d+)/m.exec(read("sched"))?.[1]),
        realtimeLimit: /^Max realtime timeout\s+(\S+)\s+(\S+)/m.exec(read("limits"))?.slice(1),
    };
}

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("a process", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = openPair();
    });

    afterEach(() => {
        lab.close();
    });

    async function started(...globals: readonly string[]): Promise<ReturnType<typeof shown>> {
        const daemon = startRouter(lab, "r1", UNDER_TEST, { ...OWNER, globals });
        await untilMaster(lab, "r1");
        const seen = shown(await until(() => daemon.vrrpPid, { what: "its pid file", limit: 5_000 }));
        await daemon.terminate();
        return seen;
    }

    /** A daemon with every process, and how the one of a role is run. */
    async function startedAll(role: "bfd" | "checker", ...globals: readonly string[]) {
        const daemon = lab.start("r1", {
            program: programOf(UNDER_TEST),
            configuration: `${configuration({ ...OWNER, globals })}${EVERY_PROCESS}`,
        });
        const pidFile = role === "bfd" ? "bfd.pid" : "checkers.pid";
        await until(() => daemon.log().split("Startup complete").length > 3, { what: "all processes", limit: 20_000 });
        return { daemon, seen: shown(Number(daemon.file(pidFile))) };
    }

    // Given a configuration that says how it is to be run. When it runs. Then the kernel says the same.
    test("runs as the configuration says: in real time, on one processor, in memory, under its name", async () => {
        const words = [
            "vrrp_rt_priority 7",
            "vrrp_cpu_affinity 0",
            "vrrp_no_swap",
            "vrrp_rlimit_rttime 2000000",
            "vrrp_process_name front",
        ];
        const seen = await started(...words);
        expect(seen).toMatchObject({
            name: "front",
            realtime: 7,
            policy: SCHED_RR,
            processors: "0",
            realtimeLimit: ["1000000", "2000000"],
        });
        expect(seen.lockedKilobytes).toBeGreaterThan(0);
    });

    // Given a configuration that gives it a niceness. When it runs. Then it has that one, and the usual name of the many.
    test("runs with its niceness, and as keepalived_vrrp with process_names", async () => {
        expect(await started("vrrp_priority -3", "process_names")).toMatchObject({ name: "keepalived_vrrp", niceness: -3, policy: 0 });
    });

    // Given a configuration that says how its other processes are to be run. When they run. Then the kernel says the same of each.
    test.each(["bfd", "checker"] as const)("the %s process has keywords of its own", async (role) => {
        const globals = ["rt_priority 6", "cpu_affinity 0", "no_swap", "rlimit_rttime 2000000"].map((words) => `${role}_${words}`);
        const { daemon, seen } = await startedAll(role, ...globals, `${role}_process_name one`);
        expect(seen).toMatchObject({ name: "one", realtime: 6, policy: SCHED_RR, processors: "0", realtimeLimit: ["1000000", "2000000"] });
        expect(seen.lockedKilobytes).toBeGreaterThan(0);
        expect(shown(daemon.vrrpPid ?? 0)).toMatchObject({ policy: 0, niceness: 0, lockedKilobytes: 0 });
    });

    // Given a configuration that gives one of the others a niceness. When it runs. Then it has that one, and the vrrp process its own.
    test.each(["bfd", "checker"] as const)("the %s process has its niceness", async (role) => {
        const { daemon, seen } = await startedAll(role, `${role}_priority -4`, "vrrp_priority -5");
        expect(seen).toMatchObject({ niceness: -4, policy: 0 });
        expect(shown(daemon.vrrpPid ?? 0)).toMatchObject({ niceness: -5, policy: 0 });
    });

    // Given a kernel that lets in sooner whoever asks for short turns. When a daemon runs. Then its processes with deadlines have asked for them.
    test.runIf(knowsShortTurns())(`asks for short turns (kernel ${release()}; since 6.12)`, async () => {
        expect((await started()).slice).toBe(100_000);
    });
});
