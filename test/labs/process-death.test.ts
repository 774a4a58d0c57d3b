import { spawn } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echoesOf, longestOutage } from "../../src/app/cli/lab/echo-record.ts";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import { Probe } from "../../src/app/cli/lab/probe.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { type InstancePlan, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { masterDownInterval } from "./harness/protocol-limits.ts";
import { openPair, startRouter, untilAddresses, untilLogged, untilMaster } from "./harness/router-pair.ts";

const CLASSIC = { version: 2, family: 4, interval: 1 } as const satisfies Partial<InstancePlan>;

describe.runIf(canRunLabs())("a process dies", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = openPair();
    });

    afterEach(() => {
        lab.close();
    });

    // Given master and backup at the classic second. When the master's vrrp process is killed, thrice. Then its successor goes on: no flap, no gap.
    // Keepalived cannot do this: there the killed process' successor starts as a backup.
    test.runIf(UNDER_TEST === "holdfast")("a killed vrrp process is replaced before anybody notices", async () => {
        const master = startRouter(lab, "r1", UNDER_TEST, { ...CLASSIC, priority: 150, state: "MASTER" });
        await untilMaster(lab, "r1");
        await untilLogged(startRouter(lab, "r2", UNDER_TEST, { ...CLASSIC, priority: 100 }), "Entering BACKUP STATE");
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: true });
        const probe = Probe.start(lab.addon, lab.network, { node: "client", address: SERVICE_ADDRESS[4], every: 5 });
        const monitor = watchAddresses(lab, "r1");
        await until(() => echoesOf(lab.capture.frames, SERVICE_ADDRESS[4]).length > 10, { what: "ten questions", limit: 5_000 });
        for (let round = 0; round < 3; round++) {
            const gone = await master.killVrrp();
            const at = lab.capture.now;
            await until(() => master.vrrpPid !== undefined && master.vrrpPid !== gone, { what: "a new vrrp process", limit: 3_000 });
            await until(() => lab.capture.lastAdvertisement({ node: "r1", after: at }), { what: "its first advertisement", limit: 3_000 });
        }
        await pause(masterDownInterval({ priority: 100, interval: 1_000 }));
        probe.stop();
        expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
        expect(longestOutage(echoesOf(lab.capture.frames, SERVICE_ADDRESS[4]))).toBeLessThan(50);
        expect(monitor.stop()).not.toContain("Deleted");
    });

    // Given a master. When it is asked to stop. Then it says goodbye, takes its address down and ends with 0.
    test("SIGTERM ends it in good order", async () => {
        const master = startRouter(lab, "r1", UNDER_TEST, { ...CLASSIC, interval: 1, priority: 255, state: "MASTER" });
        await untilMaster(lab, "r1");
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: true });
        await master.terminate();
        expect(master.exitCode).toBe(0);
        expect(lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority).toBe(0);
        expect(lab.network.addresses("r1")).not.toContain(SERVICE_ADDRESS[4]);
    });

    // Given a daemon. When its parent is killed. Then the children do not stay behind.
    test("children do not outlive their parent", async () => {
        const daemon = startRouter(lab, "r1", UNDER_TEST, { ...CLASSIC, priority: 255, state: "MASTER" });
        await untilMaster(lab, "r1");
        daemon.signal("SIGKILL");
        await until(() => daemon.vrrpPid === undefined, { what: "the end of the vrrp process", limit: 5_000 });
    });
});

/** Follows a machine's addresses; `stop` returns what was seen. */
function watchAddresses(lab: Lab, node: string): { stop(): string } {
    const child = spawn("ip", ["-n", lab.network.namespace(node), "monitor", "address"], { stdio: ["ignore", "pipe", "inherit"] });
    let seen = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        seen += text;
    });
    return {
        stop: () => {
            child.kill("SIGKILL");
            return seen;
        },
    };
}
