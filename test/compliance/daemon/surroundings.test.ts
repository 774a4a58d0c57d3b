import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync, unlinkSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { loadAddon } from "../../../src/io/native/load.ts";
import { unixSocketAddress } from "../../../src/io/system/unix-datagrams.ts";
import { DaemonBench } from "./daemon-bench.ts";

const LIMIT = { timeout: 10_000, interval: 10 };
const [HUP, TERM] = [1, 15] as const;
const isRoot = process.geteuid?.() === 0;

const system = loadAddon();
const bench = new DaemonBench();

beforeAll(() => bench.build());
beforeEach(() => bench.configure('{"routers":["VI_1"]}'));
afterEach(() => bench.clean());
afterAll(() => bench.remove());

describe("a service manager", () => {
    it("is told when the daemon is ready, reloads and stops; its child does not speak to it", async () => {
        const path = bench.path("notify");
        const fd = system.socket(system.constants.AF_UNIX, system.constants.SOCK_DGRAM, 0);
        expect(system.bind(fd, unixSocketAddress(path) ?? new Uint8Array())).toBe(0);
        const told: string[] = [];
        const reading = setInterval(() => told.push(...received(fd)), 5);
        process.env["NOTIFY_SOCKET"] = path;
        const daemon = bench.start("-n");
        delete process.env["NOTIFY_SOCKET"];
        await expect.poll(() => told.length, LIMIT).toBe(1);
        expect(told[0]).toBe(`READY=1\nMAINPID=${daemon.pid}\nSTATUS=Running, 1 virtual router`);
        expect(readFileSync(`/proc/${bench.pid("vrrp.pid")}/environ`, "utf8")).not.toContain("NOTIFY_SOCKET");
        daemon.signal(HUP);
        await expect.poll(() => told.length, LIMIT).toBe(3);
        expect(told[1]).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+\n/);
        expect(told[2]).toMatch(/^READY=1\n/);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
        await expect.poll(() => told.at(-1), LIMIT).toMatch(/^STOPPING=1\n/);
        clearInterval(reading);
        system.close(fd);
        unlinkSync(path);
    });
});

describe.skipIf(!isRoot)("a network namespace", () => {
    const name = `hfdaemon${process.pid}`;

    beforeAll(() => {
        expect(spawnSync("ip", ["netns", "add", name]).status).toBe(0);
    });
    afterAll(() => {
        spawnSync("ip", ["netns", "del", name]);
    });

    it("is entered by the vrrp process, not by its parent", async () => {
        const daemon = bench.start("-n", "-l", "-s", name);
        await expect.poll(() => daemon.output, LIMIT).toMatch(/Startup complete/);
        const spaces = [process.pid, daemon.pid, bench.pid("vrrp.pid")].map((pid) => readlinkSync(`/proc/${pid}/ns/net`));
        expect(spaces[1]).toBe(spaces[0]);
        expect(spaces[2]).not.toBe(spaces[0]);
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
    });

    it("that does not exist ends the daemon with status 4", async () => {
        const daemon = bench.start("-n", "-l", "-s", `${name}-not`);
        expect(await daemon.status).toBe(4);
        expect(daemon.output).toMatch(/Cannot enter network namespace .*: ENOENT/);
    });
});

function received(fd: number): string[] {
    const buffer = new Uint8Array(4_096);
    const texts: string[] = [];
    for (let length = system.recv(fd, buffer, 0, buffer.length, 0); length >= 0; length = system.recv(fd, buffer, 0, buffer.length, 0)) {
        texts.push(Buffer.from(buffer.subarray(0, length)).toString());
    }
    return texts;
}
