import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { release, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { POLL, type SpawnOptions } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { errnoName } from "../../src/io/native/sys.ts";
import { runChild } from "./child.ts";

const addon = loadAddon();
const { constants: C } = addon;
const isRoot = process.getuid?.() === 0;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-native-")));

afterAll(() => rmSync(folder, { recursive: true }));

/** As a number: 6.018 is 6.18. */
function kernelVersion(): number {
    const [major = 0, minor = 0] = release().split(".").map(Number);
    return major + minor / 1_000;
}

interface Run {
    readonly code: number;
    readonly status: number;
    readonly output: string;
}

/** Spawns a shell, and waits for its end by its pidfd. */
async function shell(script: string, options: Partial<SpawnOptions> = {}, env: readonly string[] = []): Promise<Run> {
    const ends = new Int32Array(2);
    addon.pipe(ends, 2);
    const [reader, writer] = [ends[0] ?? -1, ends[1] ?? -1];
    const pid = addon.posixSpawn("/bin/sh", ["sh", "-c", script], env, { fds: [-1, writer, writer], ...options });
    addon.close(writer);
    if (pid < 0) {
        addon.close(reader);
        throw new Error(errnoName(addon, pid));
    }
    const pidfd = addon.pidfdOpen(pid);
    const out = new Int32Array(2);
    await new Promise<void>((resolve) => {
        const poller = addon.pollerOpen(pidfd, () => {
            addon.pollerClose(poller as never);
            resolve();
        });
        addon.pollerSet(poller as never, POLL.read);
    });
    expect(addon.waitPidfd(pidfd, out)).toBe(0);
    addon.close(pidfd);
    const bytes = new Uint8Array(65_536);
    const length = addon.read(reader, bytes, 0, bytes.length);
    addon.close(reader);
    return { code: out[0] ?? 0, status: out[1] ?? 0, output: new TextDecoder().decode(bytes.subarray(0, Math.max(0, length))) };
}

describe("posixSpawn", () => {
    it("gives arguments, environment and directory, and tells how it ended", async () => {
        const run = await shell('echo "$A $PWD $0"; exit 7', { cwd: folder }, ["A=b"]);
        expect(run).toEqual({ code: C.CLD_EXITED, status: 7, output: `b ${folder} sh\n` });
    });

    it("tells the signal that killed it, real-time ones too", async () => {
        expect(await shell(`kill -${C.SIGRTMIN + 3} $$`)).toEqual({ code: C.CLD_KILLED, status: C.SIGRTMIN + 3, output: "" });
    });

    it("leaves nothing open but what was given, whatever its flags", async () => {
        const leaky = addon.open("/etc/hostname", C.O_RDONLY, 0);
        addon.fcntl(leaky, C.F_SETFD, 0);
        const out = new Int32Array(2);
        addon.pipe(out, 3);
        const [reader, writer] = out;
        const list = "n=0; while [ $n -lt 200 ]; do [ -e /proc/$$/fd/$n ] && echo $n; n=$((n+1)); done";
        await shell(list, { fds: [reader ?? -1, writer ?? -1, writer ?? -1, leaky, -1, leaky] });
        const bytes = new Uint8Array(1_000);
        const length = addon.read(reader ?? -1, bytes, 0, bytes.length);
        expect(new TextDecoder().decode(bytes.subarray(0, length)).trim().split("\n")).toEqual(["0", "1", "2", "3", "5"]);
        for (const fd of [leaky, ...out]) {
            addon.close(fd);
        }
    });

    it("puts descriptors into each other's places", async () => {
        const out = new Int32Array(2);
        addon.pipe(out, 3);
        const [reader, writer] = [out[0] ?? -1, out[1] ?? -1];
        // The child's 0..2 are filled from numbers that overlap with them when the test's own pipes are low.
        const { output } = await shell("echo to-three >&3; echo to-one", {});
        expect(output).toContain("to-one");
        const run = await shell("echo three >&3; read line <&4; echo got $line", { fds: [-1, writer, writer, writer, reader] });
        expect(run.status).toBe(0);
        const bytes = new Uint8Array(100);
        expect(new TextDecoder().decode(bytes.subarray(0, addon.read(reader, bytes, 0, 100)))).toBe("got three\n");
        addon.close(reader);
        addon.close(writer);
    });

    it("starts with default dispositions and an empty mask, whatever ours are", async () => {
        const run = await shell("grep -E '^Sig(Blk|Ign|Cgt)' /proc/self/status; cat /proc/$$/status | grep SigIgn");
        expect(run.output).toMatch(/SigBlk:\t0{16}\nSigIgn:\t0{16}\n/);
        const ignoring = await shell("grep SigIgn /proc/self/status", { ignored: [C.SIGRTMIN, C.SIGUSR1] });
        expect(BigInt(`0x${ignoring.output.slice(8).trim()}`)).toBe((1n << BigInt(C.SIGRTMIN - 1)) | (1n << BigInt(C.SIGUSR1 - 1)));
    });

    it("makes a session or a process group", async () => {
        const ids = "set -- $(cat /proc/$$/stat); echo $1 $5 $6";
        const [pid, group, session] = (await shell(ids, { setsid: true })).output.trim().split(" ");
        expect([group, session]).toEqual([pid, pid]);
        const second = (await shell(ids, { pgroup: 0 })).output.trim().split(" ");
        expect(second[1]).toBe(second[0]);
        expect(second[2]).not.toBe(second[0]);
    });

    it.each<[string, string, Partial<SpawnOptions>]>([
        ["ENOENT", "/nonexistent", {}],
        ["EACCES", "/proc/self/status", {}],
        ["ENOENT", "/bin/true", { cwd: "/nonexistent" }],
        ["EBADF", "/bin/true", { fds: [9_999] }],
        ["EPERM", "/bin/true", { pgroup: 2_147_483_647 }],
    ])("reports %s for %s %j", (code, path, options) => {
        expect(errnoName(addon, addon.posixSpawn(path, ["x"], [], { fds: [], ...options }))).toBe(code);
    });

    it.each<[string, () => unknown]>([
        ["no options", () => addon.posixSpawn("/bin/true", [], [], undefined as never)],
        ["numbers as arguments", () => addon.posixSpawn("/bin/true", [1] as never, [], { fds: [] })],
        ["zero bytes in arguments", () => addon.posixSpawn("/bin/true", ["a\0b"], [], { fds: [] })],
        ["a text for a list", () => addon.posixSpawn("/bin/true", "x" as never, [], { fds: [] })],
        ["too many descriptors", () => addon.posixSpawn("/bin/true", [], [], { fds: new Array<number>(65).fill(0) })],
        ["a negative user", () => addon.posixSpawn("/bin/true", [], [], { fds: [], uid: -1 })],
        ["an unknown signal", () => addon.posixSpawn("/bin/true", [], [], { fds: [], ignored: [65] })],
        ["half a group", () => addon.posixSpawn("/bin/true", [], [], { fds: [], groups: [1.5] })],
    ])("throws a TypeError for %s", (_, mistake) => {
        expect(mistake).toThrow(TypeError);
    });

    it("passes on what a getter throws", () => {
        const options = {
            get fds(): number[] {
                throw new Error("from the getter");
            },
        };
        expect(() => addon.posixSpawn("/bin/true", [], [], options)).toThrow("from the getter");
    });

    it("sends the death signal when the parent dies", async () => {
        const { output } = await runChild(`
            const pid = addon.posixSpawn("/bin/sleep", ["sleep", "60"], [], { fds: [], parentDeathSignal: C.SIGKILL });
            console.log(pid);
        `);
        const pid = Number(output);
        expect(pid).toBeGreaterThan(0);
        await expect
            .poll(() => {
                // Who inherits it may leave it a zombie.
                const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "latin1") : "gone";
                return stat === "gone" || /\) Z /.test(stat);
            })
            .toBe(true);
    });

    it.skipIf(!isRoot)("[needs root] drops user, group and groups, and real-time scheduling", async () => {
        const identity = "id -u; id -g; id -G; grep CapEff /proc/self/status; chrt -p $$ 2>/dev/null | head -1";
        const run = await shell(identity, { uid: 65_534, gid: 65_533 });
        expect(run.output).toMatch(/^65534\n65533\n65533\nCapEff:\t0{16}\n/);
        const grouped = await shell("id -G", { uid: 65_534, gid: 65_533, groups: [7, 65_533] });
        expect(grouped.output.trim().split(" ").sort()).toEqual(["65533", "7"]);
        expect(process.getuid?.()).toBe(0);
    });

    it.skipIf(!isRoot)("[needs root] starts children of a real-time process with normal scheduling", async () => {
        const { output } = await runChild(`
            const spawn = (options) => {
                const pid = addon.posixSpawn("/bin/sleep", ["sleep", "5"], [], { fds: [], ...options });
                const policy = addon.schedGet(pid);
                const pidfd = addon.pidfdOpen(pid);
                addon.pidfdSignal(pidfd, C.SIGKILL);
                return policy;
            };
            const results = [];
            addon.schedSet(0, C.SCHED_RR, 10);
            results.push(spawn({}), spawn({ resetSched: true }));
            addon.schedSet(0, C.SCHED_RR | C.SCHED_RESET_ON_FORK, 10);
            results.push(spawn({}), addon.schedGet(0));
            addon.schedSet(0, C.SCHED_OTHER, 0);
            console.log(results.join());
        `);
        expect(output).toBe(`${[C.SCHED_RR, C.SCHED_OTHER, C.SCHED_OTHER, C.SCHED_RR | C.SCHED_RESET_ON_FORK].join()}\n`);
    });
});

describe("short turns", () => {
    it.skipIf(kernelVersion() < 6.012)(`are what a thread may ask for, without any right (kernel ${release()}; since 6.12)`, async () => {
        const { output } = await runChild(`
            const slice = () => /se.slice +: +(\\d+)/.exec(require("node:fs").readFileSync("/proc/thread-self/sched", "utf8"))?.[1];
            console.log([addon.schedSlice(0, 100_000), slice(), addon.schedGet(0), addon.errnoNames[-addon.schedSlice(-1, 100_000)]].join());
        `);
        expect(output).toBe(`0,100000,${C.SCHED_OTHER},EINVAL\n`);
    });

    it.skipIf(!isRoot)("[needs root] mean nothing in real time", async () => {
        const { output } = await runChild(`
            addon.schedSet(0, C.SCHED_RR, 1);
            console.log(addon.errnoNames[-addon.schedSlice(0, 100_000)]);
        `);
        expect(output).toBe("EOPNOTSUPP\n");
    });
});

describe("waiting", () => {
    it("does not block while the child runs, works without a pidfd too, and only once", async () => {
        const pid = addon.posixSpawn("/bin/sleep", ["sleep", "60"], [], { fds: [] });
        const out = new Int32Array(2);
        expect(errnoName(addon, addon.waitPid(pid, out))).toBe("EAGAIN");
        const pidfd = addon.pidfdOpen(pid);
        expect(errnoName(addon, addon.waitPidfd(pidfd, out))).toBe("EAGAIN");
        expect(addon.pidfdSignal(pidfd, C.SIGTERM)).toBe(0);
        await expect.poll(() => addon.waitPid(pid, out)).toBe(0);
        expect([...out]).toEqual([C.CLD_KILLED, C.SIGTERM]);
        expect(errnoName(addon, addon.waitPid(pid, out))).toBe("ECHILD");
        expect(errnoName(addon, addon.pidfdSignal(pidfd, 0))).toBe("ESRCH");
        addon.close(pidfd);
    });
});

describe("limits and names", () => {
    it("reads limits, with infinity as infinity, and lowers them", async () => {
        const { output } = await runChild(`
            const out = new Float64Array(2);
            addon.setrlimit(C.RLIMIT_CORE, 0, 4096);
            addon.getrlimit(C.RLIMIT_CORE, out);
            const core = [...out];
            addon.getrlimit(C.RLIMIT_RTTIME, out);
            addon.setrlimit(C.RLIMIT_RTTIME, 1e6, Infinity);
            addon.getrlimit(C.RLIMIT_RTTIME, out);
            console.log(core.join(), [...out].join());
        `);
        expect(output).toBe("0,4096 1000000,Infinity\n");
    });

    it("names the thread, and refuses operations that take pointers", async () => {
        const { output } = await runChild(`
            addon.prctl(C.PR_SET_NAME, "holdfast-vrrp");
            const PR_GET_PDEATHSIG = 2;
            console.log(require("fs").readFileSync("/proc/thread-self/comm", "utf8").trim(), addon.errnoNames[-addon.prctl(PR_GET_PDEATHSIG, 4096)]);
        `);
        expect(output).toBe("holdfast-vrrp EOPNOTSUPP\n");
    });

    it("reads and narrows the affinity of a thread", async () => {
        const { output } = await runChild(`
            const mask = Buffer.alloc(128);
            const length = addon.getAffinity(addon.gettid(), mask);
            const lowest = mask.findIndex((byte) => byte !== 0);
            const narrow = Buffer.alloc(length);
            narrow[lowest] = mask[lowest] & -mask[lowest];
            console.log(addon.setAffinity(0, narrow), addon.getAffinity(0, mask) === length, mask.subarray(0, length).equals(narrow));
        `);
        expect(output).toBe("0 true true\n");
    });
});
