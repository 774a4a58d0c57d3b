import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { instant, microseconds } from "../../src/core/base/instant.ts";
import { POLL } from "../../src/io/native/addon.ts";
import { DescriptorClosedError, DescriptorLedger } from "../../src/io/native/descriptor.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { errnoName, SystemError } from "../../src/io/native/sys.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";
import { runChild } from "./child.ts";

const addon = loadAddon();
const { constants: C } = addon;
const folder = mkdtempSync(join(tmpdir(), "holdfast-native-"));
const name = (result: number) => (result < 0 ? errnoName(addon, result) : String(result));

beforeAll(() =>
    build({
        entryPoints: [join(import.meta.dirname, "../../src/io/native/descriptor.ts")],
        outfile: join(folder, "descriptor.mjs"),
        bundle: true,
        platform: "node",
        format: "esm",
    }),
);

afterAll(() => rmSync(folder, { recursive: true }));

describe("files", () => {
    it("makes a FIFO, and tells that nobody reads it", () => {
        const path = join(folder, "fifo");
        expect(addon.mkfifo(path, 0o600)).toBe(0);
        expect(statSync(path).isFIFO()).toBe(true);
        expect(name(addon.mkfifo(path, 0o600))).toBe("EEXIST");
        expect(name(addon.open(path, C.O_WRONLY, 0))).toBe("ENXIO");
        const reader = addon.open(path, C.O_RDONLY, 0);
        const writer = addon.open(path, C.O_WRONLY, 0);
        expect(addon.write(writer, new TextEncoder().encode("line\n"), 0, 5)).toBe(5);
        expect(addon.read(reader, new Uint8Array(16), 0, 16)).toBe(5);
        addon.close(reader);
        addon.close(writer);
    });

    it("locks a file for one open file description, until that is closed", () => {
        const path = join(folder, "daemon.pid");
        const first = addon.open(path, C.O_RDWR | C.O_CREAT, 0o644);
        const second = addon.open(path, C.O_RDWR, 0);
        expect(addon.lock(first, C.F_WRLCK)).toBe(0);
        expect(addon.lock(first, C.F_WRLCK)).toBe(0);
        expect(name(addon.lock(second, C.F_WRLCK))).toBe("EAGAIN");
        // With traditional locks, this would let go.
        addon.close(addon.open(path, C.O_RDONLY, 0));
        expect(name(addon.lock(second, C.F_RDLCK))).toBe("EAGAIN");
        addon.close(first);
        expect(addon.lock(second, C.F_WRLCK)).toBe(0);
        addon.close(second);
    });

    it("makes pipes whose ends block or not, as wanted", () => {
        const out = new Int32Array(2);
        for (const blocking of [0, 1, 2, 3]) {
            expect(addon.pipe(out, blocking)).toBe(0);
            const flags = [...out].map((fd) => (addon.fcntl(fd, C.F_GETFL, 0) & C.O_NONBLOCK) === 0);
            expect(flags).toEqual([(blocking & 1) !== 0, (blocking & 2) !== 0]);
            expect([...out].map((fd) => addon.fcntl(fd, C.F_GETFD, 0))).toEqual([C.FD_CLOEXEC, C.FD_CLOEXEC]);
            out.forEach((fd) => void addon.close(fd));
        }
    });

    it("closes once, and harmlessly twice", () => {
        const fd = addon.open("/dev/null", C.O_RDONLY, 0);
        expect(addon.close(fd)).toBe(0);
        expect(name(addon.close(fd))).toBe("EBADF");
        expect(name(addon.close(-1))).toBe("EBADF");
    });
});

describe("timers", () => {
    const clock = new MonotonicClock(addon);

    it("fire never early, and tell how often", async () => {
        const fd = addon.timerfdCreate(C.CLOCK_MONOTONIC);
        const count = new Uint8Array(8);
        for (const wanted of [1, 100, 1_500, 20_000]) {
            const at = instant(clock.now() + wanted);
            expect(addon.timerfdSet(fd, at * 1_000, 0)).toBe(0);
            const fired = await new Promise<number>((resolve) => {
                const poller = addon.pollerOpen(fd, () => {
                    addon.pollerClose(poller as never);
                    resolve(clock.now());
                });
                addon.pollerSet(poller as never, POLL.read);
            });
            expect(fired).toBeGreaterThanOrEqual(at);
            expect(addon.read(fd, count, 0, 8)).toBe(8);
            expect(count[0]).toBe(1);
        }
        expect(name(addon.read(fd, count, 0, 8))).toBe("EAGAIN");
        addon.close(fd);
    });

    it("take a point in the past, and one that never comes", () => {
        const fd = addon.timerfdCreate(C.CLOCK_MONOTONIC);
        const count = new Uint8Array(8);
        expect(addon.timerfdSet(fd, 1, 0)).toBe(0);
        expect(addon.read(fd, count, 0, 8)).toBe(8);
        expect(addon.timerfdSet(fd, Number.POSITIVE_INFINITY, 0)).toBe(0);
        expect(name(addon.read(fd, count, 0, 8))).toBe("EAGAIN");
        addon.close(fd);
    });

    it("use the clock that Node itself measures by", () => {
        const difference = Number(process.hrtime.bigint()) - addon.monotonicNs();
        expect(Math.abs(difference)).toBeLessThan(microseconds(5_000_000) * 1_000);
    });
});

describe("Descriptor", () => {
    const ledger = new DescriptorLedger(addon);
    const open = () => ledger.own(addon.open("/dev/null", C.O_RDONLY, 0), "open");

    it("closes once, watching first, and cannot be used afterwards", async () => {
        const descriptor = ledger.own(addon.timerfdCreate(C.CLOCK_MONOTONIC), "timerfd");
        let told = 0;
        descriptor.watch(POLL.read, () => told++);
        addon.timerfdSet(descriptor.fd, 1, 0);
        const { fd } = descriptor;
        descriptor.close();
        descriptor.close();
        await new Promise((resolve) => setTimeout(resolve, 5));
        expect({ told, isOpen: descriptor.isOpen, open: ledger.open }).toEqual({ told: 0, isOpen: false, open: 0 });
        expect(name(addon.close(fd))).toBe("EBADF");
        expect(() => descriptor.fd).toThrow(DescriptorClosedError);
        expect(() => descriptor.watch(POLL.read, () => undefined)).toThrow(DescriptorClosedError);
    });

    it("hands itself over, without a watch on it", () => {
        const descriptor = ledger.own(addon.timerfdCreate(C.CLOCK_MONOTONIC), "timerfd");
        descriptor.watch(POLL.read, () => undefined);
        const fd = descriptor.release();
        expect(ledger.open).toBe(0);
        descriptor.close();
        expect(addon.close(fd)).toBe(0);
    });

    it("refuses to be made of an error", () => {
        expect(() => ledger.own(addon.open("/nonexistent", 0, 0), "open")).toThrow(new SystemError("ENOENT", 2, "open"));
        expect(() => open().watch(POLL.read, () => undefined)).toThrow("pollerOpen: EPERM");
    });

    it("is closed and counted when it was forgotten", async () => {
        const { output, errors } = await runChild(
            `
            (async () => {
                const { DescriptorLedger } = await import(${JSON.stringify(join(folder, "descriptor.mjs"))});
                const ledger = new DescriptorLedger(addon);
                const fds = () => require("fs").readdirSync("/proc/self/fd").length;
                const before = fds();
                (() => {
                    for (let i = 0; i < 50; i++) {
                        const descriptor = ledger.own(addon.timerfdCreate(C.CLOCK_MONOTONIC), "timerfd");
                        descriptor.watch(0, () => {});
                        if (i % 2) descriptor.close();
                    }
                })();
                for (let i = 0; i < 20 && ledger.open > 0; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
                console.log(ledger.open, ledger.leaked, fds() - before);
            })();
        `,
            ["--expose-gc"],
        );
        expect({ output, errors }).toEqual({ output: "0 25 0\n", errors: "" });
    });
});
