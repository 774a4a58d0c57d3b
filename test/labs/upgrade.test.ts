import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { childrenOf } from "../../src/app/cli/lab/process-tree.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { bfdInstance } from "./harness/bfd-neighbors.ts";
import { configuration, type InstancePlan } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { copyOfProgram, makeScratch, removeScratch } from "./harness/program-copy.ts";
import { untilLogged, untilMaster } from "./harness/router-pair.ts";

const INTERVAL = 0.1;

/** Realtime priority: what counts is the hand-over, not how busy the machine is. How it goes at ten milliseconds is measured by bench/upgrade.ts. */
const QUICK = {
    version: 3,
    family: 4,
    interval: INTERVAL,
    globals: ["vrrp_rt_priority 50", "bfd_rt_priority 50", "script_user root"],
} as const satisfies Partial<InstancePlan>;
const UPGRADES = 3;

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("an upgrade", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }] });
    });

    afterEach(() => {
        lab.close();
    });

    // Given advertisements every 100 ms, a session of 50 ms × 5, a slow notify script and a backup. When the master is upgraded three times in a row.
    // Then nobody takes over, nothing is announced, the neighbour sees no Down, each script has run once, and the process id is the same.
    test("is noticed by nobody, three times in a row", async () => {
        const notes = join(lab.directory, "notes");
        const flag = join(lab.directory, "flag");
        const script = join(lab.directory, "notify.sh");
        writeFileSync(notes, "");
        writeFileSync(flag, "0\n");
        writeFileSync(script, '#!/bin/sh\nsleep 0.5\necho "$4" >> "$1"\n', { mode: 0o755 });
        const master = startMaster(lab, { flag, notify: `${script} ${notes}` });
        await untilMaster(lab, "r1");
        const backup = startBackup(lab);
        await untilLogged(master, "Entering Up state");
        await untilLogged(backup, "Entering Up state");
        await until(() => announcements(lab, 0) >= 10, { what: "both bursts", limit: 20_000 });
        const before = childrenOf(master.pid);
        const from = lab.capture.now;
        for (let round = 0; round < UPGRADES; round++) {
            writeFileSync(flag, `${round % 2 === 0 ? 0 : -200}\n`);
            expect(await upgrade(master)).toEqual({ status: 0, text: expect.stringMatching(/^Upgraded to Holdfast /) });
        }
        const frames = lab.capture.advertisements({ node: "r1", after: from }).filter(({ seen }) => seen.vrid === 51);
        const gaps = frames.slice(1).map(({ at }, index) => at - (frames[index]?.at ?? at));
        console.log(
            `${UPGRADES} upgrades, ${frames.length} advertisements, longest gap ${Math.max(...gaps).toFixed(1)} ms of an interval of ${INTERVAL * 1_000} ms`,
        );
        expect(lab.capture.advertisements({ node: "r2", after: from }).map(({ at }) => Math.round(at - from))).toEqual([]);
        expect(new Set(frames.map(({ seen }) => seen.priority))).toEqual(new Set([200]));
        expect(announcements(lab, from)).toBe(0);
        expect(backup.log()).not.toContain("Entering Down state");
        expect(master.hasEnded).toBe(false);
        expect(childrenOf(master.pid).filter((pid) => before.includes(pid))).toEqual([]);
        expect(childrenOf(master.pid)).toHaveLength(before.length);
        await master.terminate(40_000);
        const entered = [...master.log().matchAll(/\(NOTED\) Entering (\w+) STATE/g)].map((match) => match[1]);
        expect(readFileSync(notes, "utf8").trim().split("\n")).toEqual([...entered, "STOP"]);
        expect(readdirSync(master.directory).filter((name) => name.includes("handover"))).toEqual([]);
        expect(lab.network.addresses("r1")).not.toContain("10.77.0.100");
    });

    // Given a daemon of another user than root, with the rights that its service manager gives. When it is upgraded. Then it has them still: its processes are
    // replaced, and a process that dies later comes back.
    test.skipIf(!hasTool("setpriv"))("keeps the rights of a user who is not root", async () => {
        const rights = ["net_admin", "net_raw", "kill", "setuid", "setgid", "setpcap"].map((name) => `+${name}`).join(",");
        const user = `--reuid=65534 --regid=65534 --clear-groups --inh-caps=${rights} --ambient-caps=${rights}`;
        chmodSync(lab.directory, 0o755);
        const daemon = lab.start("r1", {
            program: ["sh", "-ec", `chown -R 65534 "$TMPDIR"; exec setpriv ${user} -- "$0" "$@"`, ...programOf("holdfast")],
            configuration: configuration({ version: 3, family: 4, interval: INTERVAL, priority: 200 }),
            flags: ["-P"],
        });
        await untilMaster(lab, "r1");
        const before = daemon.vrrpPid ?? 0;
        expect(await upgrade(daemon)).toEqual({ status: 0, text: expect.stringMatching(/^Upgraded to Holdfast /) });
        const after = daemon.vrrpPid ?? 0;
        expect(after).not.toBe(before);
        process.kill(after, "SIGKILL");
        await until(() => ![undefined, after].includes(daemon.vrrpPid), { what: "another vrrp process", limit: 10_000 });
        await until(() => daemon.log().split("Startup complete").length > 3, { what: "it to work", limit: 10_000 });
        expect(daemon.log()).not.toMatch(/EPERM|missing:/);
    });

    // Given a master. When it is to become a file that is not there, one that is damaged, one whose vrrp process does not start, or one of another
    // protocol. Then it is refused with the reason, and the same processes go on, advertising all the time.
    test("to a version that is no good is refused, and the old one goes on", async () => {
        const daemon = lab.start("r1", {
            program: programOf("holdfast"),
            configuration: configuration({ ...QUICK, priority: 200 }),
            flags: ["-P"],
        });
        await untilMaster(lab, "r1");
        const before = childrenOf(daemon.pid);
        const scratch = makeScratch();
        const from = lab.capture.now;
        try {
            expect((await upgrade(daemon, "/nowhere/holdfast.mjs")).text).toMatch(/Refused.*Cannot find module/);
            const damaged = copyOfProgram(scratch, "damaged", () => undefined);
            appendFileSync(damaged, "}");
            expect((await upgrade(daemon, damaged)).text).toMatch(/Refused.*SyntaxError/);
            const broken = copyOfProgram(scratch, "broken", (name, text) =>
                name.startsWith("vrrp-") ? `throw new Error("broken");\n${text}` : undefined,
            );
            expect(await upgrade(daemon, broken)).toEqual({
                status: 5,
                text: expect.stringMatching(/the VRRP process of the new version /),
            });
            const other = copyOfProgram(scratch, "other", (_name, text) => text.replace("PROTOCOL_VERSION = 1;", "PROTOCOL_VERSION = 2;"));
            expect((await upgrade(daemon, other)).text).toMatch(/version 1 of its own protocol, the new version 2/);
        } finally {
            removeScratch(scratch);
        }
        expect(childrenOf(daemon.pid)).toEqual(before);
        expect(daemon.log()).not.toContain("Entering FAULT");
        const frames = lab.capture.advertisements({ node: "r1", after: from });
        expect(new Set(frames.map(({ seen }) => seen.priority))).toEqual(new Set([200]));
        expect(daemon.log().split("Upgrade refused, this version goes on")).toHaveLength(5);
        const { status } = reload(daemon);
        expect(status).toBe(0);
    });
});

function startMaster(lab: Lab, { flag, notify }: { readonly flag: string; readonly notify: string }): LabDaemon {
    const noted: InstancePlan = {
        ...{ name: "NOTED", version: 3, family: 4, interval: 1, vrid: 77, priority: 150, addresses: ["10.77.0.77/16"] },
        lines: [`notify "${notify}"`, "track_file {\n flag weight 0\n }"],
    };
    const text = [
        configuration({ ...QUICK, priority: 200 }, noted),
        `track_file flag {\n file ${flag}\n}\n`,
        bfdInstance("b1", { neighbor: "10.77.0.2", source: "10.77.0.1", interval: 50, multiplier: 5 }),
    ].join("\n");
    return lab.start("r1", { program: programOf("holdfast"), configuration: text });
}

function startBackup(lab: Lab): LabDaemon {
    const text = [
        configuration({ ...QUICK, priority: 100 }),
        bfdInstance("b1", { neighbor: "10.77.0.1", source: "10.77.0.2", interval: 50, multiplier: 5 }),
    ].join("\n");
    return lab.start("r2", { program: programOf("holdfast"), configuration: text });
}

function announcements(lab: Lab, after: number): number {
    const isOurs = (bytes: Uint8Array) => Buffer.from(bytes).includes(Buffer.from([10, 77, 0, 100]));
    return lab.capture.frames.filter(({ at, node, seen, bytes }) => {
        return node === "r1" && at > after && seen.kind === "announcement" && isOurs(bytes);
    }).length;
}

/** Not to be waited for in one piece: the capture's buffer has to be emptied meanwhile. */
async function upgrade(daemon: LabDaemon, script?: string): Promise<{ readonly status: number | null; readonly text: string }> {
    const [program = "", ...first] = programOf("holdfast");
    const words = [...first, "upgrade", "-p", join(daemon.directory, "parent.pid"), ...(script === undefined ? [] : ["--program", script])];
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (piece: string) => {
            text += piece;
        });
    }
    const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
    await pause(300);
    return { status, text };
}

function reload(daemon: LabDaemon): { readonly status: number | null } {
    const [program = "", ...first] = programOf("holdfast");
    return spawnSync(program, [...first, "reload", "-p", join(daemon.directory, "parent.pid")], { encoding: "utf8" });
}
