import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { openPair, startRouter, untilMaster } from "./harness/router-pair.ts";

const SCHED_RR = 2;
const OWNER = { version: 3, family: 4, interval: 0.1, priority: 255 } as const;

/** What the kernel says of a process. */
function shown(pid: number) {
    const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8");
    const stat = read("stat");
    // Behind the name, which may hold anything: state is field 3, niceness 19, realtime priority 40, policy 41.
    const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
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

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("the vrrp process", () => {
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
});
