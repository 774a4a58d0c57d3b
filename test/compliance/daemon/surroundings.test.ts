import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, unlinkSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { NativeAddon } from "../../../src/io/native/addon.ts";
import { loadAddon } from "../../../src/io/native/load.ts";
import { withSocketsIn } from "../../../src/io/system/network-namespace.ts";
import { unixSocketAddress } from "../../../src/io/system/unix-datagrams.ts";
import { DaemonBench } from "./daemon-bench.ts";

const LIMIT = { timeout: 10_000, interval: 10 };
const [HUP, TERM] = [1, 15] as const;
/** A number that tells network namespaces apart. */
const SO_NETNS_COOKIE = 71;
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

    it("is entered before any process starts, which is in it with all its threads", async () => {
        const daemon = bench.start("-n", "-l", "-s", name);
        await expect.poll(() => daemon.output, LIMIT).toMatch(/Startup complete/);
        const vrrp = bench.pid("vrrp.pid");
        const threads = readdirSync(`/proc/${vrrp}/task`).map((thread) => `${vrrp}/task/${thread}`);
        const spaces = [`${daemon.pid}`, ...threads].map((place) => statSync(`/proc/${place}/ns/net`).ino);
        expect(new Set(spaces)).toEqual(new Set([statSync(`/run/netns/${name}`).ino]));
        daemon.signal(TERM);
        expect(await daemon.status).toBe(0);
    });

    it("may be that of some sockets only", () => {
        const cookieOf = (from: NativeAddon) => {
            const fd = from.socket(system.constants.AF_NETLINK, system.constants.SOCK_RAW, system.constants.NETLINK_GENERIC);
            const cookie = new Uint8Array(8);
            expect(system.getsockopt(fd, system.constants.SOL_SOCKET, SO_NETNS_COOKIE, cookie)).toBe(8);
            system.close(fd);
            return Buffer.from(cookie).readBigUInt64LE();
        };
        const here = cookieOf(system);
        expect(cookieOf(withSocketsIn(system, undefined))).toBe(here);
        const there = cookieOf(withSocketsIn(system, name));
        expect(there).not.toBe(here);
        expect(cookieOf(withSocketsIn(system, name))).toBe(there);
        expect(withSocketsIn(system, `${name}-not`).socket(1, 1, 0)).toBe(-2);
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
