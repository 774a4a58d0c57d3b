import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { childrenOf } from "../../../src/app/cli/lab/process-tree.ts";
import { DaemonBench, isAlive, type RunningDaemon } from "./daemon-bench.ts";

const LIMIT = { timeout: 10_000, interval: 10 };
const [HUP, INT, KILL, USR1, USR2, TERM, JSON_SIGNAL, CLEAR, UNUSED] = [1, 2, 9, 10, 12, 15, 36, 63, 50] as const;

const bench = new DaemonBench();

beforeAll(() => bench.build());
beforeEach(() => bench.configure('{"routers":["VI_1"]}'));
afterEach(() => bench.clean());
afterAll(() => bench.remove());

async function says(daemon: RunningDaemon, text: string | RegExp): Promise<void> {
    await expect.poll(() => daemon.output, LIMIT).toMatch(text);
}

async function started(...words: readonly string[]): Promise<RunningDaemon> {
    const daemon = bench.start("-n", "-l", ...words);
    await says(daemon, /Startup complete/);
    return daemon;
}

describe("start and stop in the foreground", () => {
    it("runs parent and child, names them keepalived, writes pid files, and leaves nothing behind", async () => {
        const daemon = await started();
        const child = bench.pid("vrrp.pid");
        expect(bench.pid("pid")).toBe(daemon.pid);
        expect([daemon.pid, child].map((pid) => readFileSync(`/proc/${pid}/comm`, "utf8"))).toEqual(["keepalived\n", "keepalived\n"]);
        expect(statSync(bench.path("pid")).mode & 0o777).toBe(0o644);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
        expect(isAlive(child)).toBe(false);
        expect([bench.path("pid"), bench.path("vrrp.pid")].filter((path) => existsSync(path))).toEqual([]);
        for (const phrase of [/Starting Keepalived v2\.4\.3 \(/, /Opening file '/, /Starting VRRP child process, pid=/, /Stopping\n/]) {
            expect(daemon.output).toMatch(phrase);
        }
        expect(daemon.output).toMatch(/\(VI_1\) sent 0 priority\n.*Stopped\n.*Stopped Keepalived v2\.4\.3/);
    });

    it("stops at ^C as well, unless told to ignore it", async () => {
        const daemon = await started("--ignore-sigint");
        daemon.signal(INT);
        daemon.signal(USR2);
        await says(daemon, /Printing VRRP stats/);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
        const other = await started();
        other.signal(INT);
        expect(await other.status).toBe(0);
    });

    it("gives its child nothing but its descriptors and what Node opens itself", async () => {
        const daemon = await started();
        const child = bench.pid("vrrp.pid");
        const targets = readdirSync(`/proc/${child}/fd`).map((fd) => readlinkSync(`/proc/${child}/fd/${fd}`));
        expect(targets.filter((target) => target.includes(bench.folder))).toEqual([]);
        daemon.signal(TERM);
        await daemon.status;
    });

    it("kills a child that does not stop, after five seconds", async () => {
        bench.configure('{"routers":["VI_1"],"behaviour":"deaf"}');
        const daemon = await started();
        const child = bench.pid("vrrp.pid");
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
        expect(daemon.output).toMatch(/does not stop - sending SIGKILL/);
        expect(isAlive(child)).toBe(false);
    });
});

describe("an orderly end", () => {
    // Given a process that has done all, and hung up, but takes a moment to be gone. When the daemon stops. Then it is not killed, nor taken for one that was.
    it("is awaited", async () => {
        bench.configure('{"routers":["VI_1"],"behaviour":"slow-exit"}');
        const daemon = await started();
        const note = `${bench.path("pid")}.state`;
        expect(existsSync(note)).toBe(true);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
        expect(existsSync(note)).toBe(false);
    });
});

describe("start in the background", () => {
    it("ends with 0 when the daemon works, which has a session of its own", async () => {
        const launcher = bench.start();
        expect(await launcher.status).toBe(0);
        const pid = bench.pid("pid");
        expect(isAlive(pid)).toBe(true);
        const session = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[3];
        expect(session).toBe(String(pid));
        process.kill(pid, TERM);
        await expect.poll(() => isAlive(pid) || existsSync(bench.path("pid")), LIMIT).toBe(false);
    });

    it("starts a daemon that no real-time signal can end, nor one that opens debuggers, however early it comes", async () => {
        const launcher = bench.start();
        const asked = new Set<number>();
        await expect
            .poll(
                () => {
                    for (const pid of childrenOf(launcher.pid)) {
                        asked.add(pid);
                        for (const request of [JSON_SIGNAL, CLEAR, USR1, UNUSED]) {
                            process.kill(pid, request);
                        }
                    }
                    return bench.pid("pid");
                },
                { timeout: 10_000, interval: 1 },
            )
            .toBeGreaterThan(0);
        expect(await launcher.status).toBe(0);
        expect(asked).toContain(bench.pid("pid"));
        expect(isAlive(bench.pid("pid"))).toBe(true);
    });

    it("ends with the daemon's status and words when it does not work", async () => {
        bench.configure("{nonsense");
        const launcher = bench.start();
        expect(await launcher.status).toBe(2);
        expect(launcher.output).toMatch(/SyntaxError/);
    });
});

describe("exit statuses", () => {
    it.each([
        ["an unknown option", ["--nonsense"], 1, /unrecognized option '--nonsense'/],
        ["a missing configuration", ["-n", "-G", "-f", "/nowhere/at/all"], 6, /Config files missing '\/nowhere\/at\/all'/],
        ["an unknown signal name", ["--signum=NOPE"], 1, /Unknown sigfunc NOPE/],
        ["--signum=JSON", ["--signum=JSON"], 0, /^36\n$/],
        ["--signum=STATS_CLEAR", ["--signum=STATS_CLEAR"], 0, /^63\n$/],
        ["--version", ["-v"], 0, /^Keepalived v2\.4\.3 \(Holdfast .*--enable-json/s],
        ["--help", ["-h"], 0, /--use-file=FILE/],
    ])("%s", async (_name, words, status, output) => {
        const daemon = bench.run(...words);
        expect(await daemon.status).toBe(status);
        expect(daemon.output).toMatch(output);
    });

    it.each([
        [0, '{"routers":[]}'],
        [5, "{"],
    ])("of a configuration test: %d", async (status, text) => {
        bench.configure(text);
        expect(await bench.start("-t").status).toBe(status);
    });

    it("a child that calls its configuration bad ends the daemon with 2", async () => {
        bench.configure('{"routers":["VI_1"],"behaviour":"exit-2"}');
        const daemon = bench.start("-n", "-l");
        expect(await daemon.status).toBe(2);
        expect(daemon.output).toMatch(/exited with permanent error CONFIG/);
    });
});

describe("pid files", () => {
    it("keep a second daemon from starting, and leave the first one alone", async () => {
        const daemon = await started();
        const second = bench.start("-n", "-l");
        expect(await second.status).toBe(0);
        expect(second.output).toMatch(/daemon is already running/);
        expect(bench.pid("pid")).toBe(daemon.pid);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
    });

    it("of a dead daemon are harmless", async () => {
        writeFileSync(bench.path("pid"), `${process.pid}\n`);
        writeFileSync(bench.path("vrrp.pid"), "1\n");
        const daemon = await started();
        expect(bench.pid("pid")).toBe(daemon.pid);
        daemon.signal(TERM);
        await daemon.status;
    });

    it("are not written through a link", async () => {
        writeFileSync(bench.path("victim"), "precious");
        symlinkSync(bench.path("victim"), bench.path("pid"));
        const daemon = bench.start("-n", "-l");
        expect(await daemon.status).toBe(1);
        expect(readFileSync(bench.path("victim"), "utf8")).toBe("precious");
        expect(lstatSync(bench.path("pid")).isSymbolicLink()).toBe(true);
    });
});

describe("death of the vrrp process", () => {
    it("by SIGKILL: another takes its state up at once", async () => {
        const daemon = await started();
        const first = bench.pid("vrrp.pid");
        process.kill(first, KILL);
        await says(daemon, /took up 1/);
        const second = bench.pid("vrrp.pid");
        expect(second).not.toBe(first);
        expect(daemon.output).toMatch(/VRRP child process ended by signal 9: Respawning/);
        daemon.signal(USR2);
        await expect.poll(() => existsSync(bench.path("keepalived.stats")), LIMIT).toBe(true);
        // One by the first, one by the second.
        expect(readFileSync(bench.path("keepalived.stats"), "utf8")).toMatch(/ {4}Sent: 2\n/);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
    });

    it("by a defect: it is logged with its stack, and another comes", async () => {
        bench.configure('{"routers":["VI_1"],"behaviour":"throw"}');
        const daemon = bench.start("-n", "-l");
        await says(daemon, /Defect in the vrrp process: Error: a defect/);
        await says(daemon, /exited with status 70: Respawning/);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
    });

    it("ends the daemon with -R", async () => {
        const daemon = await started("-R");
        process.kill(bench.pid("vrrp.pid"), KILL);
        expect(await daemon.status).toBe(0);
    });

    it("the vrrp process leaves by itself, in order, when the parent is killed", async () => {
        const daemon = await started();
        const child = bench.pid("vrrp.pid");
        daemon.signal(KILL);
        await expect.poll(() => isAlive(child), LIMIT).toBe(false);
    });
});

describe("signals", () => {
    it("write files that only their owner reads, through no link, and end nobody: parent and child", async () => {
        writeFileSync(bench.path("victim"), "precious");
        symlinkSync(bench.path("victim"), bench.path("keepalived.data"));
        const daemon = await started();
        const child = bench.pid("vrrp.pid");
        for (const pid of [daemon.pid, child]) {
            process.kill(pid, UNUSED);
        }
        daemon.signal(USR1);
        process.kill(child, JSON_SIGNAL);
        daemon.signal(CLEAR);
        await says(daemon, /Printing VRRP data for process\(\d+\) on signal/);
        await says(daemon, /Printing VRRP as json for process/);
        await says(daemon, /Printing VRRP stats for process/);
        expect(readFileSync(bench.path("victim"), "utf8")).toBe("precious");
        expect(readFileSync(bench.path("keepalived.data"), "utf8")).toMatch(/ VRRP Instance = VI_1\n.*\n {3}State = MASTER\n/);
        expect(JSON.parse(readFileSync(bench.path("keepalived.json"), "utf8"))[0].data.iname).toBe("VI_1");
        expect(readFileSync(bench.path("keepalived.stats"), "utf8")).toMatch(/Sent: 1\n/);
        expect(statSync(bench.path("keepalived.json")).mode & 0o777).toBe(0o600);
        expect([isAlive(daemon.pid), isAlive(child)]).toEqual([true, true]);
        daemon.signal(USR2);
        await expect.poll(() => readFileSync(bench.path("keepalived.stats"), "utf8"), LIMIT).toMatch(/Sent: 0\n/);
        expect(daemon.output).not.toMatch(/[Dd]ebugger/);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
    });

    // Given a vrrp process that a reload has ended, which gave all up and said so to others. When the next reload wants one again. Then it begins anew: what
    // was active then may be somebody else's by now.
    it("HUP begins anew what an earlier one has ended in order", async () => {
        const daemon = await started();
        const child = bench.pid("vrrp.pid");
        bench.configure('{"routers":[]}');
        daemon.signal(HUP);
        await expect.poll(() => isAlive(child), LIMIT).toBe(false);
        bench.configure('{"routers":["VI_1"]}');
        daemon.signal(HUP);
        await says(daemon, /took up \d+\n(?:.*\n)*.*took up \d+/);
        expect(daemon.output.match(/took up \d+/g)).toEqual(["took up 0", "took up 0"]);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
    });

    it("HUP takes a good configuration over and refuses a bad one", async () => {
        const daemon = await started();
        const child = bench.pid("vrrp.pid");
        bench.configure("{bad");
        daemon.signal(HUP);
        await says(daemon, /reload refused/);
        bench.configure('{"routers":["VI_1","VI_2"]}');
        daemon.signal(HUP);
        await says(daemon, /Reload complete/);
        daemon.signal(USR1);
        await expect.poll(() => existsSync(bench.path("keepalived.data")), LIMIT).toBe(true);
        expect(readFileSync(bench.path("keepalived.data"), "utf8")).toMatch(/VRRP Instance = VI_2/);
        expect(bench.pid("vrrp.pid")).toBe(child);
        bench.configure('{"routers":[]}');
        daemon.signal(HUP);
        await expect.poll(() => isAlive(child), LIMIT).toBe(false);
        expect(isAlive(daemon.pid)).toBe(true);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
    });
});
