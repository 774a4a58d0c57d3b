import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { configuration, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilAddresses, untilMaster } from "./harness/router-pair.ts";

const UNIT = readFileSync(join(import.meta.dirname, "../../packaging/systemd/holdfast.service"), "utf8");
const isRunnable = canRunLabs() && hasTool("setpriv") && hasTool("unshare") && UNDER_TEST === "holdfast";
const skipped = isRunnable ? "" : " (skipped: needs root, setpriv and unshare)";

/** What the unit says, by hand: no service manager runs here. */
const READ_ONLY = ["/usr", "/etc", "/boot"];

function directive(name: string): readonly string[] {
    return new RegExp(`^${name}=(.*)$`, "m").exec(UNIT)?.[1]?.split(" ") ?? [];
}

/** The daemon within the unit's limits: its bounding set, and a file system that is read-only where ProtectSystem=full makes it so. */
function confined(program: readonly string[]): readonly string[] {
    const kept = directive("CapabilityBoundingSet").map((name) => `+${name.slice(4).toLowerCase()}`);
    const mounts = READ_ONLY.map((path) => `if [ -d ${path} ]; then mount --bind ${path} ${path}; mount -o remount,bind,ro ${path}; fi`);
    const run = `exec setpriv --bounding-set ${["-all", ...kept].join(",")} -- "$0" "$@"`;
    return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", [...mounts, run].join("\n"), ...program];
}

describe.runIf(isRunnable)(`the limits of the shipped unit${skipped}`, () => {
    let lab: Lab;

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "client" }] });
        chmodSync(lab.directory, 0o755);
    });

    afterEach(() => {
        lab.close();
    });

    // Given two daemons within the limits of the unit. When the master stops. Then the address moves, and scripts of root and of others have run.
    test("leave the daemon all that it needs, and take the rest", async () => {
        expect(directive("ProtectSystem")).toEqual(["full"]);
        const script = join(lab.directory, "notify.sh");
        writeFileSync(script, '#!/bin/sh\n{ id -u; touch /etc/holdfast-was-here 2>&1; grep CapBnd /proc/$$/status; } >> "$1"\n', {
            mode: 0o755,
        });
        const start = (node: string, priority: number, user: string): LabDaemon => {
            const note = join(lab.directory, `${node}-note`);
            writeFileSync(note, "");
            chmodSync(note, 0o666);
            const lines = [`notify_master "${script} ${note}" ${user}`, "use_vmac"];
            const text = configuration({ version: 3, family: 4, interval: 0.1, priority, lines });
            return lab.start(node, { program: confined(programOf(UNDER_TEST)), configuration: text, flags: ["-P"] });
        };
        const first = start("r1", 200, "root");
        await untilMaster(lab, "r1");
        const second = start("r2", 100, "nobody");
        const told = (node: string) => readFileSync(join(lab.directory, `${node}-note`), "utf8");
        await until(() => told("r1").includes("CapBnd"), { what: "root's script", limit: 10_000 });
        expect(told("r1")).toMatch(/^0\n.*Read-only file system/);
        expect(told("r1")).toContain(`CapBnd:\t${readFileSync(`/proc/${first.pid}/status`, "utf8").match(/CapBnd:\t(\w+)/)?.[1]}`);
        expect(first.log()).not.toMatch(/EPERM|EACCES|EROFS/);
        await first.terminate();
        await untilMaster(lab, "r2");
        await until(() => told("r2").includes("CapBnd"), { what: "nobody's script", limit: 10_000 });
        expect(told("r2")).toMatch(/^65534\n/);
        expect(second.log()).not.toMatch(/EPERM|EACCES|EROFS/);
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: false });
    });
});
