import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadAddon } from "../native/load.ts";
import { unixSocketAddress } from "../system/unix-datagrams.ts";
import { ConsoleSink } from "./console-sink.ts";
import { FileSink } from "./file-sink.ts";
import type { LogEntry } from "./log-entry.ts";
import { SyslogSink } from "./syslog-sink.ts";

const EAGAIN = 11;

const system = loadAddon();
let folder: string;
const open: number[] = [];

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-journal-"));
});

afterEach(() => {
    rmSync(folder, { recursive: true });
    for (const fd of open.splice(0)) {
        system.close(fd);
    }
});

function line(text: string): LogEntry {
    return { time: new Date(), ident: "Keepalived", pid: 1, line: { level: "info", text } };
}

/** A syslog daemon's socket. */
function listen(path: string): number {
    const fd = system.socket(system.constants.AF_UNIX, system.constants.SOCK_DGRAM, 0);
    open.push(fd);
    expect(system.bind(fd, unixSocketAddress(path) ?? new Uint8Array())).toBe(0);
    return fd;
}

function received(fd: number): string[] {
    const texts: string[] = [];
    const buffer = new Uint8Array(9_000);
    for (let length = 0; ; ) {
        length = system.recv(fd, buffer, 0, buffer.length, 0);
        if (length < 0) {
            return texts;
        }
        texts.push(
            Buffer.from(buffer.subarray(0, length))
                .toString()
                .replace(/^.*?: /, ""),
        );
    }
}

describe("the syslog sink", () => {
    it("keeps lines for a daemon that comes later", async () => {
        const path = join(folder, "log");
        const sink = new SyslogSink(system, 3, path);
        sink.write(line("early"));
        const fd = listen(path);
        await expect.poll(() => received(fd)).toEqual(["early"]);
        sink.write(line("late"));
        expect(received(fd)).toEqual(["late"]);
        sink.close();
    });

    it("never waits for one that does not read, and tells how many lines were lost", async () => {
        const path = join(folder, "log");
        const fd = listen(path);
        const sink = new SyslogSink(system, 3, path);
        for (let index = 0; index < 3_000; index++) {
            sink.write(line(`line ${index}`));
        }
        const texts = new Set<string>();
        const reading = setInterval(() => received(fd).forEach((text) => void texts.add(text)), 1);
        await expect.poll(() => texts.has("line 999"), { timeout: 8_000 }).toBe(true);
        sink.write(line("after"));
        await expect.poll(() => texts.has("after"), { timeout: 8_000 }).toBe(true);
        clearInterval(reading);
        const kept = [...texts].filter((text) => text.startsWith("line ")).length;
        expect(kept).toBeLessThan(3_000);
        expect([...texts].slice(kept)).toEqual([`${3_000 - kept} log lines were lost`, "after"]);
        sink.close();
    });
});

describe("the console sink", () => {
    /** What is written, call by call; each takes so many bytes at most, and `full` says when none are taken. */
    function sinkOn(
        written: string[],
        { most = 1 << 20, isFull }: { readonly most?: number; readonly isFull?: () => boolean } = {},
    ): ConsoleSink {
        const again = -EAGAIN;
        const write = (_fd: number, bytes: Uint8Array, start: number, length: number) => {
            if (isFull?.() === true) {
                return again;
            }
            const taken = Math.min(length, most);
            written.push(Buffer.from(bytes.subarray(start, start + taken)).toString());
            return taken;
        };
        return new ConsoleSink({ ...system, open: () => 1_000, close: () => 0, pollerOpen: () => again, write });
    }

    const texts = (written: readonly string[]) =>
        written
            .join("")
            .split("\n")
            .slice(0, -1)
            .map((text) => text.replace(/^.*?\d{4}: /, ""));

    it("writes in one go what is said in one go", async () => {
        const written: string[] = [];
        const sink = sinkOn(written);
        sink.write(line("one"));
        sink.write(line("two"));
        expect(written).toEqual([]);
        await Promise.resolve();
        expect(written).toHaveLength(1);
        sink.write(line("three"));
        sink.close();
        expect(texts(written)).toEqual(["one", "two", "three"]);
    });

    it("keeps lines whole however much is taken at a time", async () => {
        const written: string[] = [];
        const sink = sinkOn(written, { most: 10_000 });
        const all = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
        for (const text of all) {
            sink.write(line(text));
        }
        await Promise.resolve();
        expect(texts(written)).toEqual(all);
    });

    it("tells how many lines were lost while nothing was taken", async () => {
        const written: string[] = [];
        let isFull = true;
        const sink = sinkOn(written, { isFull: () => isFull });
        for (let index = 0; index < 40_000; index++) {
            sink.write(line(`line ${index}`));
        }
        isFull = false;
        await Promise.resolve();
        const kept = texts(written).length;
        expect(texts(written).at(-1)).toBe(`line ${kept - 1}`);
        sink.write(line("after"));
        sink.close();
        expect(texts(written).slice(kept)).toEqual([`${40_000 - kept} log lines were lost`, "after"]);
    });
});

describe("the file sink", () => {
    it("appends, one file a process", () => {
        const path = join(folder, "k.log");
        const sink = new FileSink(path);
        sink.write(line("one"));
        sink.write({ ...line("two"), ident: "Keepalived_vrrp" });
        sink.write(line("three"));
        sink.close();
        expect(readFileSync(path, "utf8")).toMatch(/one\n.*three\n$/);
        expect(readFileSync(join(folder, "k_vrrp.log"), "utf8")).toMatch(/two\n$/);
    });

    it("does not follow a link", () => {
        const victim = join(folder, "victim");
        writeFileSync(victim, "");
        symlinkSync(victim, join(folder, "k.log"));
        const sink = new FileSink(join(folder, "k.log"));
        sink.write(line("one"));
        sink.close();
        expect(readFileSync(victim, "utf8")).toBe("");
    });
});
