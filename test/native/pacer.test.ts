import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { loadAddon } from "../../src/io/native/load.ts";
import { errnoName } from "../../src/io/native/sys.ts";
import { ADDON_FILE, runChild } from "./child.ts";

const addon = loadAddon();
const { constants: C } = addon;
const isRoot = process.getuid?.() === 0;
const MILLISECOND = 1e6;
/** What follows from now on without end, as far as a test is concerned. */
const LONG = 60_000 * MILLISECOND;
const ends: (() => void)[] = [];

function pair(): [number, number] {
    const out = new Int32Array(2);
    expect(addon.socketpair(C.AF_UNIX, C.SOCK_DGRAM, 0, out)).toBe(0);
    const both: [number, number] = [out[0] ?? -1, out[1] ?? -1];
    ends.push(() => both.forEach((fd) => void addon.close(fd)));
    return both;
}

function slotOn(fd: number): number {
    const slot = addon.pacerAdd(fd, null);
    expect(slot).toBeGreaterThanOrEqual(0);
    ends.unshift(() => addon.pacerRemove(slot));
    return slot;
}

/** Has it send a byte at intervals of so many milliseconds. */
function set(slot: number, byte: number, { since = addon.monotonicNs(), shortest = 2, longest = 3 } = {}): void {
    const timing = Float64Array.of(since, shortest * MILLISECOND, longest * MILLISECOND);
    expect(addon.pacerSet(slot, Uint8Array.of(byte), timing)).toBe(0);
}

function renew(milliseconds: number): number {
    return addon.pacerRenew(addon.monotonicNs() + milliseconds * MILLISECOND);
}

/** What has arrived. */
function arrived(fd: number): readonly number[] {
    const buffer = new Uint8Array(8);
    const bytes: number[] = [];
    while (addon.recv(fd, buffer, 0, 8, 0) > 0) {
        bytes.push(buffer[0] ?? -1);
    }
    return bytes;
}

function read(slot: number) {
    const out = new Float64Array(4);
    expect(addon.pacerRead(slot, out)).toBe(0);
    const [sent = 0, failed = 0, error = 0, last = 0] = out;
    return { sent, failed, error: error === 0 ? undefined : errnoName(addon, -error), last };
}

/** JavaScript stands still. */
function block(milliseconds: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

afterEach(() => {
    for (const end of ends.splice(0)) {
        end();
    }
    addon.pacerRenew(0);
});

describe("the pacer", () => {
    it("sends while JavaScript stands still, at intervals between the shortest and the longest", () => {
        const [left, right] = pair();
        const slot = slotOn(left);
        const began = addon.monotonicNs();
        set(slot, 7, { since: began });
        renew(10_000);
        block(100);
        const { sent, failed, last } = read(slot);
        expect(sent).toBeGreaterThanOrEqual(3);
        expect(sent).toBeLessThanOrEqual((last - began) / (2 * MILLISECOND));
        expect(failed).toBe(0);
        expect(arrived(right).slice(0, sent)).toEqual(Array(sent).fill(7));
    });

    it("sends nothing before it was allowed to, nor when that is over, and goes on at once when it is allowed again", () => {
        const [left, right] = pair();
        const slot = slotOn(left);
        set(slot, 1);
        block(20);
        expect(arrived(right)).toEqual([]);
        renew(30);
        block(150);
        const { sent, last } = read(slot);
        expect(addon.monotonicNs() - last).toBeGreaterThan(100 * MILLISECOND);
        expect(sent).toBeLessThanOrEqual(15);
        arrived(right);
        block(20);
        expect(arrived(right)).toEqual([]);
        renew(10_000);
        block(50);
        expect(arrived(right).length).toBeGreaterThanOrEqual(1);
    });

    it("sends something else from then on when it is told so, and never two packets too close to each other", () => {
        const [left, right] = pair();
        const slot = slotOn(left);
        renew(10_000);
        set(slot, 1);
        block(30);
        for (let round = 0; round < 1_000; round++) {
            set(slot, 2, { since: 0, shortest: 100, longest: 110 });
        }
        const before = read(slot);
        arrived(right);
        block(150);
        expect(arrived(right)).toContain(2);
        expect(read(slot).last - before.last).toBeGreaterThanOrEqual(100 * MILLISECOND);
    });

    it("counts the first interval from a packet that somebody else sent", () => {
        const [left] = pair();
        const slot = slotOn(left);
        renew(10_000);
        const since = addon.monotonicNs() + 60 * MILLISECOND;
        set(slot, 1, { since });
        block(50);
        expect(read(slot).sent).toBe(0);
        block(100);
        expect(read(slot).sent).toBeGreaterThanOrEqual(1);
    });

    it("rests, and sends again when it is set again", () => {
        const [left, right] = pair();
        const slot = slotOn(left);
        renew(10_000);
        set(slot, 1);
        block(20);
        expect(addon.pacerRest(slot)).toBe(0);
        expect(addon.pacerRest(slot)).toBe(0);
        arrived(right);
        block(20);
        expect(arrived(right)).toEqual([]);
        set(slot, 2);
        block(30);
        expect(new Set(arrived(right))).toEqual(new Set([2]));
    });

    it("serves many, each at its own intervals, and those of others when some are gone", () => {
        const all = Array.from({ length: 100 }, (_, index) => {
            const [left, right] = pair();
            const slot = slotOn(left);
            set(slot, index, { shortest: 5 + (index % 10) * 10, longest: 6 + (index % 10) * 10 });
            return { slot, right, index };
        });
        renew(10_000);
        const began = addon.monotonicNs();
        block(300);
        for (const { slot, index } of all) {
            const { sent, last } = read(slot);
            expect(sent).toBeGreaterThanOrEqual(1);
            expect(sent).toBeLessThanOrEqual(1 + (last - began) / ((5 + (index % 10) * 10) * MILLISECOND));
        }
        for (const { slot, index } of all) {
            if (index % 3 !== 0) {
                addon.pacerRest(slot);
            }
        }
        for (const { right } of all) {
            arrived(right);
        }
        block(300);
        for (const { right, index } of all) {
            const bytes = arrived(right);
            expect([...new Set(bytes)]).toEqual(index % 3 === 0 ? [index] : []);
        }
    });

    it("has a descriptor of its own: nothing reaches who gets the number of one that was closed", () => {
        const [left, right] = pair();
        const copy = addon.fcntl(left, C.F_GETFD, 0) >= 0 ? left : -1;
        const slot = slotOn(copy);
        set(slot, 9);
        renew(10_000);
        block(10);
        addon.close(left);
        const [other, otherEnd] = pair();
        expect(other).toBe(left);
        arrived(right);
        block(20);
        expect(arrived(right).length).toBeGreaterThanOrEqual(1);
        expect(arrived(otherEnd)).toEqual([]);
        expect(addon.pacerRemove(slot)).toBe(0);
        arrived(right);
        block(20);
        expect(arrived(right)).toEqual([]);
        ends.splice(0, ends.length, () => [right, other, otherEnd].forEach((fd) => void addon.close(fd)));
    });

    it("tells what the kernel refuses, and how often", () => {
        const [left, right] = pair();
        const slot = slotOn(left);
        const before = renew(10_000);
        addon.shutdown(right, C.SHUT_RD);
        set(slot, 1);
        block(50);
        const { sent, failed, error } = read(slot);
        expect({ sent, error }).toEqual({ sent: 0, error: "EPIPE" });
        expect(failed).toBeGreaterThanOrEqual(2);
        expect(renew(10_000) - before).toBeGreaterThanOrEqual(failed);
    });

    it("refuses a descriptor that is none, and slots that nobody has", () => {
        const [left] = pair();
        const slot = slotOn(left);
        const timing = Float64Array.of(0, MILLISECOND, MILLISECOND);
        expect(errnoName(addon, addon.pacerAdd(99_999, null))).toBe("EBADF");
        for (const nobody of [slot + 1, -1, 2 ** 31]) {
            expect(errnoName(addon, addon.pacerSet(nobody, Uint8Array.of(1), timing))).toBe("EBADF");
            expect(errnoName(addon, addon.pacerRest(nobody))).toBe("EBADF");
            expect(errnoName(addon, addon.pacerRead(nobody, new Float64Array(4)))).toBe("EBADF");
            expect(errnoName(addon, addon.pacerRemove(nobody))).toBe("EBADF");
        }
    });

    it("gives the slots out again, and closes what it held", () => {
        const [left] = pair();
        const count = () => readdirSync("/proc/self/fd").length;
        slotOn(left);
        const before = count();
        const slots = Array.from({ length: 50 }, () => addon.pacerAdd(left, null));
        expect(new Set(slots).size).toBe(50);
        expect(count()).toBe(before + 50);
        for (const slot of slots) {
            expect(addon.pacerRemove(slot)).toBe(0);
        }
        expect(count()).toBe(before);
        const again = addon.pacerAdd(left, null);
        expect(slots).toContain(again);
        expect(read(again)).toEqual({ sent: 0, failed: 0, error: undefined, last: 0 });
        addon.pacerRemove(again);
    });

    it("has one thread, of that name, which takes no signals", () => {
        const [left] = pair();
        slotOn(left);
        slotOn(left);
        const statuses = readdirSync("/proc/self/task").map((tid) => readFileSync(`/proc/self/task/${tid}/status`, "utf8"));
        const mine = statuses.filter((status) => status.startsWith("Name:\tpacer\n"));
        expect(mine).toHaveLength(1);
        // All but SIGKILL and SIGSTOP; C libraries keep two or three real-time signals for themselves.
        expect(mine[0]).toMatch(/SigBlk:\t[0-9a-f]{7}[0-9a-f]7ffbfeff$/m);
    });
});

describe("the pacer's end", () => {
    const PROGRAM = `
        const out = new Int32Array(2);
        addon.socketpair(C.AF_UNIX, C.SOCK_DGRAM, 0, out);
        const slot = addon.pacerAdd(out[0], null);
        addon.pacerSet(slot, Uint8Array.of(1), Float64Array.of(0, 2e5, 3e5));
        addon.pacerRenew(addon.monotonicNs() + ${LONG});
    `;

    it.each([
        ["a program that has nothing left to do", ""],
        ["one that leaves", "setTimeout(() => process.exit(0), 20); setInterval(() => {}, 1000);"],
        ["one that gives its slot back", "addon.pacerRemove(slot);"],
    ])("comes with the end of %s", async (_which, rest) => {
        expect(await runChild(PROGRAM + rest)).toMatchObject({ code: 0, signal: null, errors: "" });
    });

    it("comes with the end of a Worker: nothing is left of its threads and descriptors", async () => {
        const ending = await runChild(`
            const { Worker } = require("worker_threads");
            const fs = require("fs");
            const program = ${JSON.stringify(`const addon = require(${JSON.stringify(ADDON_FILE)}); const C = addon.constants; ${PROGRAM}`)};
            const left = () => [
                fs.readdirSync("/proc/self/fd").length,
                fs.readdirSync("/proc/self/task").filter((tid) => fs.readFileSync("/proc/self/task/" + tid + "/comm", "utf8") === "pacer\\n").length,
            ].join();
            const run = (ends) => new Promise((resolve) => {
                const worker = new Worker(program + (ends ? "addon.close(out[0]); addon.close(out[1]);" : "setInterval(() => {}, 1000);"), { eval: true });
                worker.on("exit", resolve);
                if (!ends) setTimeout(() => worker.terminate(), 50);
            });
            (async () => {
                await run(true);
                const before = left();
                for (let round = 0; round < 5; round++) await run(true);
                console.log(left() === before, left().endsWith(",0"));
                await run(false);
                console.log(left().endsWith(",0"));
            })();
        `);
        expect(ending).toMatchObject({ code: 0, output: "true true\ntrue\n", errors: "" });
    });

    it.runIf(isRoot)("has the scheduling of the thread that began it, though that is not inherited", async () => {
        const ending = await runChild(`
            const fs = require("fs");
            addon.schedSet(0, C.SCHED_RR | C.SCHED_RESET_ON_FORK, 3);
            ${PROGRAM}
            setTimeout(() => {
                const tid = fs.readdirSync("/proc/self/task").find((one) => fs.readFileSync("/proc/self/task/" + one + "/comm", "utf8") === "pacer\\n");
                console.log(addon.schedGet(Number(tid)) === (C.SCHED_RR | C.SCHED_RESET_ON_FORK));
            }, 50);
        `);
        expect(ending).toMatchObject({ code: 0, output: "true\n", errors: "" });
    });
});
