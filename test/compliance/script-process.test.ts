import { chmodSync, closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ScriptOutcome, ScriptUser } from "../../src/core/notify/script-command.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { ScriptProcess } from "../../src/io/process/script-process.ts";
import { until } from "./own-namespace.ts";

interface Ended {
    readonly outcome: ScriptOutcome;
    readonly output: readonly string[];
}

const EMFILE = 24;
const IS_ROOT = process.getuid?.() === 0;

/** Given programs of this machine, when they run as scripts, then they get what scripts are due, and no more. */
describe("a script's process", () => {
    let system: NativeAddon;
    let folder: string;

    beforeAll(() => {
        system = loadAddon();
        folder = mkdtempSync(join(tmpdir(), "script-process-"));
        chmodSync(folder, 0o755);
    });

    afterAll(() => {
        rmSync(folder, { recursive: true });
    });

    function start(words: readonly string[], user?: ScriptUser): { readonly process: ScriptProcess; readonly ended: Promise<Ended> } {
        let tell: (ended: Ended) => void = () => undefined;
        const ended = new Promise<Ended>((resolve) => {
            tell = resolve;
        });
        const command = { path: words[0] ?? "", words, ...(user !== undefined && { user }) };
        const started = ScriptProcess.start(system, command, { onEnded: (outcome, output) => tell({ outcome, output }) });
        if (!started.ok) {
            throw new Error(started.error);
        }
        return { process: started.value, ended };
    }

    const shell = (text: string, user?: ScriptUser) => start(["/bin/sh", "-c", text], user);

    it("tells its exit status and what it wrote to both outputs, without control characters", async () => {
        expect(await shell("echo one; printf 'two\\033[31m\\n' >&2; exit 3").ended).toEqual({
            outcome: { type: "exit", status: 3 },
            output: ["one", "two [31m"],
        });
    });

    // Given a process that may have more open files than programs expect, as Node.js makes it. When scripts run. Then they may have as many as usual, also
    // when more than that are open here.
    it("may have as many open files as programs usually may, and more if it asks", async () => {
        const { constants } = system;
        const limits = new Float64Array(2);
        system.getrlimit(constants.RLIMIT_NOFILE, limits);
        const [soft = 0, hard = 0] = limits;
        expect(soft).toBeGreaterThan(1_200);
        expect(await shell("ulimit -Sn; ulimit -Sn 1100; ulimit -Sn").ended).toMatchObject({ output: ["1024", "1100"] });
        const many = Array.from({ length: 1_100 }, () => openSync("/dev/null", "r"));
        try {
            expect(await shell("echo begun").ended).toMatchObject({ output: ["begun"] });
        } finally {
            many.forEach(closeSync);
        }
        system.getrlimit(constants.RLIMIT_NOFILE, limits);
        expect([...limits]).toEqual([soft, hard]);
    });

    // Given a process that has hardly a descriptor left. When scripts cannot be started for that. Then each attempt gives back what it got.
    it("that cannot be started for want of descriptors costs none", () => {
        const opened = () => readdirSync("/proc/self/fd").length;
        const poor = { ...system, pipe: () => -EMFILE };
        const before = opened();
        const started = ScriptProcess.start(poor, { path: "/bin/true", words: ["true"] }, { onEnded: () => undefined });
        expect([started, opened()]).toEqual([{ ok: false, error: "EMFILE" }, before]);
    });

    it("has no descriptor but three, and leads a process group of its own", async () => {
        const { output } = await shell("ls /proc/self/fd | tr '\\n' ' '; readlink /proc/self/fd/0; cut -d' ' -f5 /proc/$$/stat; echo $$")
            .ended;
        // The fourth is the folder that ls reads.
        expect(output[0]).toBe("0 1 2 3 /dev/null");
        expect(output[1]).toBe(output[2]);
    });

    it("does not see what could turn its programs against it, nor the daemon's secrets", async () => {
        Object.assign(process.env, { NOTIFY_SOCKET: "/run/s", LD_PRELOAD: "", CREDENTIALS_DIRECTORY: "/c", SEEN: "yes" });
        const { output } = await shell("env | grep -E '^(NOTIFY_SOCKET|LD_PRELOAD|CREDENTIALS_DIRECTORY|SEEN)='; pwd").ended;
        for (const name of ["NOTIFY_SOCKET", "LD_PRELOAD", "CREDENTIALS_DIRECTORY", "SEEN"]) {
            delete process.env[name];
        }
        expect(output).toEqual(["SEEN=yes", "/"]);
    });

    it.runIf(IS_ROOT)("runs as its user, with its groups and none of ours", async () => {
        const { output } = await shell("id -u; id -G", { uid: 65534, gid: 65534, groups: [4, 5] }).ended;
        expect(output).toEqual(["65534", "65534 4 5"]);
    });

    it("is the shell's business when it is text without #!", async () => {
        const path = join(folder, "plain");
        writeFileSync(path, 'echo "$1"\nexit 4\n');
        chmodSync(path, 0o755);
        expect(await start([path, "a b"]).ended).toEqual({ outcome: { type: "exit", status: 4 }, output: ["a b"] });
    });

    it("says why it did not start", () => {
        const listener = { onEnded: () => undefined };
        const missing = ScriptProcess.start(system, { path: "/no/such", words: ["/no/such"] }, listener);
        expect(missing).toEqual({ ok: false, error: "ENOENT" });
        expect(ScriptProcess.start(system, { path: folder, words: [folder] }, listener)).toEqual({ ok: false, error: "EACCES" });
    });

    it("is ended with all its children", async () => {
        const marker = join(folder, "children");
        const run = shell(`sleep 1000 & echo $! > ${marker}; wait`);
        const child = () => {
            try {
                return Number(readFileSync(marker, "utf8"));
            } catch {
                return 0;
            }
        };
        await until(() => child() > 0);
        run.process.signal("terminate");
        expect((await run.ended).outcome).toEqual({ type: "signal", signal: 15 });
        await until(() => !isAlive(child()));
    });

    it("may write what it likes, of which the beginning is kept; one that never stops is ended", async () => {
        const much = await shell("yes | head -c 20000000; exit 3").ended;
        expect(much.outcome).toEqual({ type: "exit", status: 3 });
        expect(much.output).toEqual(Array(50).fill("y"));
        const endless = shell("exec yes 'a line that is longer'");
        setTimeout(() => endless.process.signal("terminate"), 200);
        const { outcome, output } = await endless.ended;
        expect(outcome).toEqual({ type: "signal", signal: 15 });
        expect(output.join("\n").length).toBeLessThan(8_192);
    });

    it("may leave a program behind, which goes on writing without anybody to hear it", async () => {
        const marker = join(folder, "survivor");
        const { outcome } = await shell(`(sleep 0.2; echo late; echo later; echo done > ${marker}) & exit 0`).ended;
        expect(outcome).toEqual({ type: "exit", status: 0 });
        await until(() => isWritten(marker));
    });
});

function isAlive(pid: number): boolean {
    try {
        const state = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0];
        return state !== "Z";
    } catch {
        return false;
    }
}

function isWritten(path: string): boolean {
    try {
        return readFileSync(path, "utf8") === "done\n";
    } catch {
        return false;
    }
}
