import { closeSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { childrenOf } from "../../src/app/cli/lab/process-tree.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { startRouter, untilLogged, untilMaster } from "./harness/router-pair.ts";

const BRISK = { version: 3, family: 4, interval: 0.05, priority: 200 } as const satisfies Partial<InstancePlan>;

/** Notes when it begins and when it ends, and takes its time between. */
const SLOW_SCRIPT = ["#!/bin/sh", 'echo "begin $*" >> "$1"', "sleep 0.1", 'echo "end $*" >> "$1"', 'echo "told of $4"', "exit 5", ""].join(
    "\n",
);

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("notifications", () => {
    let lab: Lab;
    let script: string;
    let notes: string;
    let fifo: string;

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "client" }] });
        script = join(lab.directory, "notify.sh");
        notes = join(lab.directory, "notes");
        fifo = join(lab.directory, "fifo");
        writeFileSync(script, SLOW_SCRIPT, { mode: 0o755 });
        writeFileSync(notes, "");
    });

    afterEach(() => {
        lab.close();
    });

    const lines = (path: string) =>
        readFileSync(path, "utf8")
            .split("\n")
            .filter((line) => line !== "");
    /** States that the log says were entered, in order. */
    const entered = (daemon: LabDaemon) => [...daemon.log().matchAll(/\(VI_1\) Entering (\w+) STATE/g)].map((match) => match[1]);
    const runnerOf = (daemon: LabDaemon) => childrenOf(daemon.pid).find((pid) => pid !== daemon.vrrpPid);
    const flap = async (times: number): Promise<void> => {
        for (let round = 0; round < times; round++) {
            lab.network.cut("r1");
            await pause(20);
            lab.network.join("r1");
            await pause(30);
        }
    };

    // Given a slow notify script. When the link flaps faster than the script runs. Then each change is told once, in order, never two at once, and
    // the log has output and exit status.
    test("arrive in order, one at a time, however fast the link flaps", async () => {
        const plan = { ...BRISK, lines: [`notify "${script} ${notes}"`], globals: ["script_user root"] };
        const daemon = startRouter(lab, "r1", UNDER_TEST, plan);
        await untilMaster(lab, "r1");
        await flap(15);
        await untilMaster(lab, "r1");
        await daemon.terminate(30_000);
        const told = lines(notes);
        const states = told.flatMap((line) => (line.startsWith("begin") ? [line.split(" ")[4]] : []));
        expect(states.length).toBeGreaterThan(5);
        expect(states).toEqual([...entered(daemon), "STOP"]);
        for (const [index, line] of told.entries()) {
            expect(line.split(" ")[0]).toBe(index % 2 === 0 ? "begin" : "end");
        }
        expect(daemon.log()).toContain("notify of VI_1: | told of MASTER");
        expect(daemon.log()).toContain(`notify of VI_1: ${script} ${notes} INSTANCE VI_1 MASTER 200 exited with status 5`);
    });

    // Given a runner with scripts at work and waiting. When it is killed. Then another one takes over and tells everything that was not told.
    test("survive the death of the runner", async () => {
        const daemon = startRouter(lab, "r1", UNDER_TEST, {
            ...BRISK,
            lines: [`notify "${script} ${notes}"`],
            globals: ["script_user root"],
        });
        await untilMaster(lab, "r1");
        await flap(6);
        const runner = await until(() => runnerOf(daemon), { what: "a runner", limit: 5_000 });
        process.kill(runner, "SIGKILL");
        await flap(3);
        await untilMaster(lab, "r1");
        await daemon.terminate(30_000);
        const ended = lines(notes).flatMap((line) => (line.startsWith("end") ? [line.split(" ")[4]] : []));
        // The script that was at work when the runner died may be told of twice; nothing is missing and nothing is out of order.
        expect(daemon.log()).toContain("Runner child process ended by signal 9");
        const once = ended.filter((state, index) => state !== ended[index - 1]);
        expect(once).toEqual([...entered(daemon), "STOP"]);
    });

    // Given a FIFO that nobody reads. When more is said than it holds. Then lines wait, that is said, and a reader gets all of them in order.
    test("wait for a reader when the FIFO is full", async () => {
        const globals = [`vrrp_notify_fifo ${fifo}`, "vrrp_notify_priority_changes true"];
        const daemon = startRouter(lab, "r1", UNDER_TEST, { ...BRISK, name: "V".repeat(4_000), globals });
        await untilMaster(lab, "r1");
        await flap(12);
        await untilLogged(daemon, `FIFO ${fifo} is full: lines wait until somebody reads it`);
        await untilMaster(lab, "r1");
        const states = () => [...daemon.log().matchAll(/Entering (\w+) STATE/g)].map((match) => match[1]);
        const fd = openSync(fifo, "r");
        const buffer = Buffer.alloc(1 << 16);
        let text = "";
        await until(
            () => {
                text += buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, null));
                return text.split("\n").length > states().length;
            },
            { what: "all lines", limit: 10_000 },
        );
        closeSync(fd);
        expect(
            text
                .trimEnd()
                .split("\n")
                .map((line) => line.split(" ")[2]),
        ).toEqual(states());
        await untilLogged(daemon, `FIFO ${fifo} is read again`);
        expect(daemon.log()).toContain("none is lost");
    });

    // Given a FIFO with a reader of its own, and a reload that removes an instance and repeats states. Then the reader gets exactly the lines due.
    test("reach the FIFO's own script, through a reload and to the end", async () => {
        const reader = join(lab.directory, "reader.sh");
        writeFileSync(reader, `#!/bin/sh\nexec cat "$1" >> ${notes}\n`, { mode: 0o755 });
        const globals = [`notify_fifo ${fifo}`, `notify_fifo_script ${reader}`, "script_user root", "fifo_write_vrrp_states_on_reload"];
        const first: InstancePlan = { ...BRISK, globals };
        const second: InstancePlan = { ...BRISK, name: "VI_2", vrid: 52, addresses: ["10.77.0.101/16"], lines: ["notify_deleted"] };
        const daemon = lab.start("r1", { program: programOf(UNDER_TEST), configuration: configuration(first, second), flags: ["-P"] });
        await until(() => lines(notes).length >= 4, { what: "four lines", limit: 20_000 });
        writeFileSync(join(daemon.directory, "keepalived.conf"), configuration(first));
        daemon.signal("SIGHUP");
        await until(() => lines(notes).length >= 6, { what: "six lines", limit: 10_000 });
        await daemon.terminate();
        const about = (name: string) => lines(notes).filter((line) => line.includes(`"${name}"`));
        expect(about("VI_1")).toEqual(["BACKUP", "MASTER", "MASTER", "STOP"].map((state) => `INSTANCE "VI_1" ${state} 200`));
        expect(about("VI_2")).toEqual(["BACKUP", "MASTER", "DELETED"].map((state) => `INSTANCE "VI_2" ${state} 200`));
    });

    // Given a startup and a shutdown script, and one that hangs. Then the first runs before the first advertisement, the other after the last
    // process has gone, and the one that hangs is ended in time.
    test("frame the daemon's life", async () => {
        const script = (name: string, text: string) => {
            const path = join(lab.directory, name);
            writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
            return path;
        };
        const globals = [
            "script_user root",
            `startup_script ${script("first.sh", `sleep 0.3; date +%s%3N >> ${notes}; echo ready`)}`,
            "startup_script_timeout 5",
            `shutdown_script "${script("last.sh", `echo over >> ${notes}; sleep 1000`)} now"`,
            "shutdown_script_timeout 1",
        ];
        const daemon = startRouter(lab, "r1", UNDER_TEST, { ...BRISK, globals });
        await untilMaster(lab, "r1");
        expect(lines(notes)).toHaveLength(1);
        const log = daemon.log();
        expect(log.indexOf("startup_script: | ready")).toBeLessThan(log.indexOf("Starting VRRP child process"));
        await daemon.terminate(20_000);
        expect(lines(notes)[1]).toBe("over");
        expect(daemon.log()).toContain("takes longer than 1 seconds: sending SIGTERM");
        expect(daemon.log()).toContain("ended by signal 15");
    });
});
