import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { milliseconds } from "../../src/core/base/instant.ts";
import type { ProcessIdentity } from "../../src/core/track/process-match.ts";
import type { BulkWork } from "../../src/host/world.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";
import { ProcessWatch } from "../../src/io/track/process-watch.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, NEEDS_ROOT, until } from "./own-namespace.ts";

/** A name that nobody else's processes have. */
const NAME = `hf${process.pid % 100_000}`;

/**
 * Given processes with a name of their own, and a watch in another network namespace than the first process's,
 * when they start, fork, take another name and end,
 * then all of it is told.
 */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`tracked processes${NEEDS_ROOT}`, () => {
    let system: NativeAddon;
    let directory: string;
    let watch: ProcessWatch;
    let told: string[];
    let scanned: ReadonlySet<number> | undefined;
    let notices: string[];
    let found: Map<number, ProcessIdentity>;
    let timer: NodeJS.Timeout;
    const works = new Map<BulkWork, number>();
    const children: ChildProcess[] = [];

    const open = (over: Partial<NativeAddon> = {}): ProcessWatch => {
        const clock = new MonotonicClock(system);
        return new ProcessWatch({
            system: { ...system, ...over },
            clock,
            bulk: { add: (work) => works.set(work, 0) },
            onReady: (source) => source.drain(),
            onProcess: (identity) => {
                found.set(identity.process, identity);
                told.push(`${identity.process} is ${identity.name}`);
            },
            onFork: (parent, child) => told.push(`${parent} forks ${child}`),
            onExit: (number) => told.push(`${number} ends`),
            onScanned: (processes) => {
                scanned = processes;
            },
            onNotice: (text) => notices.push(text),
        });
    };
    const run = (...words: readonly string[]): number => {
        const child = spawn(join(directory, NAME), words, { stdio: "ignore" });
        children.push(child);
        return child.pid ?? 0;
    };
    const end = (pid: number): void => void children.find((child) => child.pid === pid)?.kill("SIGKILL");

    beforeAll(() => {
        system = enterOwnNamespace();
        directory = mkdtempSync(join(tmpdir(), "hf-process-"));
        copyFileSync("/bin/sleep", join(directory, NAME));
        copyFileSync("/bin/sh", join(directory, `${NAME}sh`));
    });

    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    beforeEach(() => {
        [told, notices, scanned, found] = [[], [], undefined, new Map()];
        works.clear();
        const clock = new MonotonicClock(system);
        timer = setInterval(() => {
            for (const [work, at] of [...works]) {
                if (at <= clock.now()) {
                    works.delete(work);
                    const next = work.step(milliseconds(1));
                    if (next !== false) {
                        works.set(work, next === true ? 0 : next);
                    }
                }
            }
        }, 5);
    });

    afterEach(() => {
        clearInterval(timer);
        watch.close();
        for (const child of children.splice(0)) {
            child.kill("SIGKILL");
        }
    });

    it("are all found at first, with what they were started with if that is asked for", async () => {
        const pid = run("1000", "1");
        watch = open();
        watch.start(true);
        await until(() => scanned !== undefined);
        expect(found.get(pid)).toEqual({ process: pid, name: NAME, words: [join(directory, NAME), "1000", "1"] });
        expect(scanned?.has(process.pid)).toBe(true);
    });

    it("are followed by the kernel's word: start, fork, new name, end", async () => {
        watch = open();
        watch.start(false);
        await until(() => scanned !== undefined);
        const pid = run("1000");
        await until(() => told.includes(`${pid} is ${NAME}`));
        end(pid);
        await until(() => told.includes(`${pid} ends`));
        const shell = spawn(join(directory, `${NAME}sh`), ["-c", "echo other > /proc/self/comm; sleep 1000 & wait"], { stdio: "ignore" });
        children.push(shell);
        await until(() => told.some((line) => line.startsWith(`${shell.pid} forks `)));
        expect(notices).toEqual([]);
        const forked = Number(told.find((line) => line.startsWith(`${shell.pid} forks `))?.split(" ")[2]);
        process.kill(forked, "SIGKILL");
        await until(() => told.includes(`${forked} ends`));
    });

    it("are looked for once a second where the kernel does not tell, which is said once", async () => {
        watch = open({ socketAt: () => -1, socket: () => -1 });
        watch.start(false);
        await until(() => scanned !== undefined);
        const pid = run("1000");
        await until(() => found.has(pid));
        end(pid);
        await until(() => scanned?.has(pid) === false);
        expect(notices).toEqual(["the kernel does not tell of processes here: tracked processes are looked for once a second"]);
    });
});
