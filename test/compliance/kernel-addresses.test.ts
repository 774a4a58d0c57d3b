import { readdirSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { planAddresses } from "../../src/core/address/plan.ts";
import type { VirtualAddress } from "../../src/core/address/virtual-address.ts";
import { milliseconds } from "../../src/core/base/instant.ts";
import { formatIp, type IpAddress, ipFromBytes, parseIp } from "../../src/core/base/ip.ts";
import type { BulkWork } from "../../src/host/world.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { type AddressNews, KernelAddresses } from "../../src/io/netlink/kernel-addresses.ts";
import { type KernelNews, LinkMonitor } from "../../src/io/netlink/link-monitor.ts";
import { OwnRemovals } from "../../src/io/netlink/own-removals.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT, until } from "./own-namespace.ts";

/**
 * Given a network namespace of our own with a pair of interfaces,
 * when addresses are claimed and released, by us and by others,
 * then the kernel has what was asked for, and the monitor tells what happened and whose doing it was.
 */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`addresses in the kernel${NEEDS_ROOT}`, () => {
    let system: NativeAddon;
    let removals: OwnRemovals;
    let monitor: LinkMonitor;
    let addresses: KernelAddresses;
    let news: (KernelNews | AddressNews)[];
    let refused: string[];
    const works = new Set<BulkWork>();

    beforeAll(() => {
        system = enterOwnNamespace();
    });

    beforeEach(() => {
        try {
            ip("link del va");
        } catch {
            // The first test has nothing to clear away.
        }
        makeVethPair("va", "vb");
        news = [];
        refused = [];
        monitor?.close();
        addresses?.close();
        removals = new OwnRemovals();
        monitor = new LinkMonitor({ system, ownRemovals: removals, onNews: (one) => news.push(one), onReady: (source) => source.drain() });
        addresses = new KernelAddresses({
            system,
            bulk: { add: (work) => works.add(work) },
            ownRemovals: removals,
            linkNamed: (name) => monitor.linkNamed(name),
            stands: (index, address, length) => monitor.holds(index, address, length),
            onStanding: (places) => monitor.stands(places),
            onNews: (one) => news.push(one),
            onReleaseRefused: (_router, { address }, code) => refused.push(`${formatIp(address)} ${code}`),
        });
        monitor.leaveOut(addresses.port);
        news = [];
    });

    afterAll(() => {
        monitor?.close();
        addresses?.close();
    });

    const one = (text: string, more: Partial<VirtualAddress> = {}): VirtualAddress => {
        const address = parseIp(text) as IpAddress;
        return {
            address,
            prefixLength: address.family === 4 ? 32 : 128,
            interfaceName: "va",
            scope: 0,
            flags: 0,
            isTracked: true,
            ...more,
        };
    };
    const shown = () => ip("-o addr show dev va");
    const finish = () => addresses.finish();
    const claimed = () =>
        news.flatMap((item) => (item.type === "addresses-claimed" ? item.addresses.map(({ address }) => formatIp(address)) : []));
    const removed = () =>
        news.flatMap((item) => (item.type === "address-removed" ? [`${formatIp(item.address)} ${item.isOurs ? "ours" : "foreign"}`] : []));

    it("puts up an address with label, scope, broadcast and prefix, and takes it down", async () => {
        const broadcast = parseIp("10.1.0.255") as IpAddress;
        const full = one("10.1.0.9", { prefixLength: 24, label: "va:7", scope: 253, broadcast });
        addresses.claim("VI_1", [full]);
        finish();
        expect(shown()).toMatch(/inet 10\.1\.0\.9\/24 brd 10\.1\.0\.255 scope link (proto \S+ )?va:7/);
        expect(news).toContainEqual({ type: "addresses-claimed", router: "VI_1", addresses: [full], isLast: true });
        addresses.release("VI_1", [full]);
        finish();
        expect(shown()).not.toContain("10.1.0.9");
        await until(() => removed().length > 0);
        expect(removed()).toEqual(["10.1.0.9 ours"]);
        expect(refused).toEqual([]);
    });

    it("IPv6: without duplicate address detection and deprecated, as Keepalived puts up a /128; peers too", async () => {
        addresses.claim("VI_6", [
            one("fd77::9", { flags: 0x02, preferredLifetime: 0 }),
            one("10.2.0.1", { peer: { address: parseIp("10.2.0.2") as IpAddress, prefixLength: 32 } }),
        ]);
        finish();
        expect(shown()).toMatch(/inet6 fd77::9\/128 scope global nodad deprecated/);
        expect(shown()).toMatch(/preferred_lft 0sec/);
        expect(shown()).toContain("inet 10.2.0.1 peer 10.2.0.2/32");
        await until(() => news.some((item) => item.type === "address-added" && formatIp(item.address) === "fd77::9"));
    });

    it("flags are the kernel's: home, mngtmpaddr, noprefixroute, autojoin", () => {
        addresses.claim("VI_6", [one("fd77::9", { flags: 0x12 }), one("fd78::9", { prefixLength: 64, flags: 0x102 })]);
        addresses.claim("VI_4", [one("10.2.0.9", { prefixLength: 24, flags: 0x200 }), one("239.3.0.9", { flags: 0x400 })]);
        finish();
        const lineOf = (text: string) =>
            shown()
                .split("\n")
                .find((line) => line.includes(` ${text}/`)) ?? "";
        expect(lineOf("fd77::9")).toContain(" home");
        expect(lineOf("fd78::9")).toContain(" mngtmpaddr");
        expect(lineOf("10.2.0.9")).toContain(" noprefixroute");
        expect(ip("route show dev va")).not.toContain("10.2.0.0/24");
        expect(lineOf("239.3.0.9")).toContain(" autojoin");
    });

    it("adopts an address that stands, and puts its lifetime right, without a gap", () => {
        ip("addr add fd77::5/128 dev va nodad");
        addresses.claim("VI_1", [one("fd77::5", { flags: 0x02, preferredLifetime: 0 })]);
        finish();
        expect(shown()).toMatch(/fd77::5\/128 scope global nodad deprecated/);
        expect(claimed()).toEqual(["fd77::5"]);
    });

    it("carries out a plan: what the kernel can alter in place never goes, the rest goes and comes back", async () => {
        const before = [
            one("fd77::1", { flags: 0x02, preferredLifetime: 0 }),
            one("fd77::2", { flags: 0x02 }),
            one("10.15.0.1", { preferredLifetime: 60 }),
            one("10.15.0.2", { label: "va:1" }),
            one("10.15.0.3"),
        ];
        const desired = [
            one("fd77::1", { flags: 0x02 }),
            one("fd77::2", { flags: 0x200 | 0x02 }),
            one("10.15.0.1"),
            one("10.15.0.2", { label: "va:2" }),
            one("10.15.0.4", { scope: 253 }),
        ];
        addresses.claim("VI_1", before);
        finish();
        while (monitor.drain()) {}
        const { removed: gone, added } = planAddresses(before, desired);
        addresses.release("VI_1", gone);
        addresses.claim("VI_1", added);
        finish();
        await until(() => removed().length >= 2);
        expect(removed().sort()).toEqual(["10.15.0.2 ours", "10.15.0.3 ours"]);
        expect(shown()).toMatch(/fd77::1\/128 scope global nodad .*preferred_lft forever/);
        expect(shown()).toMatch(/fd77::2\/128 scope global nodad .*noprefixroute/);
        expect(shown()).toMatch(/10\.15\.0\.1\/32 .*preferred_lft forever/);
        expect(shown()).toMatch(/10\.15\.0\.2\/32 .*va:2/);
        expect(shown()).toMatch(/10\.15\.0\.4\/32 scope link/);
        expect(planAddresses(desired, desired)).toEqual({ removed: [], added: [] });
    });

    it("the removal by somebody else is told as such, also right after one of ours", async () => {
        addresses.claim("VI_1", [one("10.3.0.1"), one("10.3.0.2")]);
        finish();
        addresses.release("VI_1", [one("10.3.0.1")]);
        finish();
        ip("addr del 10.3.0.2/32 dev va");
        await until(() => removed().length === 2);
        expect(removed()).toEqual(["10.3.0.1 ours", "10.3.0.2 foreign"]);
    });

    it("releasing what is not there is done already; claiming on a missing interface fails with ENODEV", () => {
        addresses.release("VI_1", [one("10.4.0.1"), one("10.4.0.2", { interfaceName: "nowhere" })]);
        addresses.claim("VI_1", [one("10.4.0.3", { interfaceName: "nowhere" })]);
        finish();
        expect(refused).toEqual([]);
        expect(news).toMatchObject([
            { type: "claim-failed", code: "ENODEV" },
            { type: "addresses-claimed", addresses: [], isLast: true },
        ]);
    });

    it("the first address of a subnet may go: the others are put up again, and nobody hears a foreign hand", async () => {
        const subnet = ["10.5.0.1", "10.5.0.2", "10.5.0.3"].map((text) => one(text, { prefixLength: 24 }));
        addresses.claim("VI_1", subnet);
        finish();
        addresses.release("VI_1", subnet.slice(0, 1));
        finish();
        await until(() => removed().length > 0);
        expect(shown()).not.toContain("10.5.0.1/");
        expect(shown()).toContain("10.5.0.2/24");
        expect(shown()).toContain("10.5.0.3/24");
        expect(removed().filter((line) => line.endsWith("foreign"))).toEqual([]);
    });

    it("what does not stand is not taken down: not one message to the kernel", () => {
        const many = Array.from({ length: 50 }, (_, index) => one(`10.7.0.${index + 1}`));
        addresses.release("VI_1", many);
        expect(addresses.step(milliseconds(2))).toBe(false);
        ip("addr add 10.7.0.9/32 dev va");
        while (monitor.drain()) {}
        addresses.release("VI_1", many);
        finish();
        expect(shown()).not.toContain("10.7.0.");
    });

    it("the first of four thousand may go: the others come back in slices, and nobody hears a foreign hand", async () => {
        const many = Array.from({ length: 4_000 }, (_, index) => ({
            ...one("10.10.0.1", { prefixLength: 16 }),
            address: ipFromBytes(Uint8Array.of(10, 10, (index + 1) >> 8, (index + 1) & 0xff)),
        }));
        addresses.claim("VI_1", many);
        finish();
        addresses.release("VI_1", many.slice(0, 1));
        let steps = 1;
        while (addresses.step(milliseconds(2))) {
            steps += 1;
        }
        await until(() => !monitor.drain() && removed().length > 0);
        expect(steps).toBeGreaterThan(10);
        expect(shown().match(/inet 10\.10\./g)).toHaveLength(3_999);
        expect(removed().length).toBeGreaterThanOrEqual(1);
        expect(removed().filter((line) => line.endsWith("foreign"))).toEqual([]);
    });

    it("what comes back with others is not put up any more when it was released meanwhile", () => {
        const subnet = Array.from({ length: 100 }, (_, index) => one(`10.11.0.${index + 1}`, { prefixLength: 24 }));
        addresses.claim("VI_1", subnet.slice(0, 50));
        addresses.claim("VI_2", subnet.slice(50));
        finish();
        addresses.release("VI_1", subnet.slice(0, 50));
        while (shown().includes("10.11.0.1/24")) {
            addresses.step(milliseconds(2));
        }
        addresses.release("VI_2", subnet.slice(50));
        finish();
        expect(shown()).not.toContain("10.11.");
    });

    it("takes an adopted address down, though its label is not ours", () => {
        ip("addr add 10.12.0.1/24 dev va");
        const labelled = one("10.12.0.1", { prefixLength: 24, label: "va:7" });
        addresses.claim("VI_1", [labelled]);
        finish();
        addresses.release("VI_1", [labelled]);
        finish();
        expect(refused).toEqual([]);
        expect(shown()).not.toContain("10.12.0.1");
    });

    it("knows its own removal of an address whose peer has another prefix", async () => {
        const tunnel = one("10.13.0.1", { peer: { address: parseIp("10.14.0.2") as IpAddress, prefixLength: 30 } });
        addresses.claim("VI_1", [tunnel]);
        finish();
        expect(shown()).toContain("inet 10.13.0.1 peer 10.14.0.2/30");
        addresses.release("VI_1", [tunnel]);
        finish();
        expect(shown()).not.toContain("10.13.0.1");
        await until(() => removed().length > 0);
        expect(removed()).toEqual(["10.13.0.1 ours"]);
    });

    it("a release overtakes the claim that it concerns", () => {
        const many = Array.from({ length: 100 }, (_, index) => one(`10.6.0.${index + 1}`));
        addresses.claim("VI_1", many);
        addresses.step(milliseconds(2));
        addresses.release("VI_1", many);
        finish();
        expect(shown()).not.toContain("10.6.0.");
        expect(claimed().length).toBeLessThan(20);
    });

    it("4000 addresses: told in slices, in order, all there; all gone again", async () => {
        const many = Array.from({ length: 4_000 }, (_, index) => ({
            ...one("10.8.0.1"),
            address: ipFromBytes(Uint8Array.of(10, 8, index >> 8, index & 0xff)),
        }));
        let slices = 0;
        addresses.claim("VI_1", many);
        for (let goesOn = true; goesOn; ) {
            goesOn = addresses.step(milliseconds(2));
            slices++;
        }
        expect(claimed()).toEqual(many.map(({ address }) => formatIp(address)));
        expect(
            shown()
                .split("\n")
                .filter((line) => line.includes("10.8.")).length,
        ).toBe(4_000);
        expect(slices).toBeGreaterThan(10);
        await until(() => news.filter((item) => item.type === "address-added").length >= 4_000);
        addresses.release("VI_1", many);
        finish();
        await until(() => removed().length >= 4_000, 20_000);
        expect(removed().every((line) => line.endsWith("ours"))).toBe(true);
        expect(shown()).not.toContain("10.8.");
    });

    it("links: down, renamed, gone and back are told", async () => {
        const index = monitor.linkNamed("va")?.index;
        ip("link set vb down");
        await until(() => news.some((item) => item.type === "link" && item.link.name === "va" && !item.link.isRunning));
        ip("link set va down");
        ip("link set va name vc");
        await until(() => monitor.linkNamed("vc")?.index === index);
        expect(monitor.linkNamed("va")).toBeUndefined();
        ip("link del vc");
        await until(() => news.some((item) => item.type === "link-gone" && item.interfaceIndex === index));
        makeVethPair("va", "vb");
        await until(() => monitor.linkNamed("va")?.isRunning === true);
        expect(monitor.linkNamed("va")?.index).not.toBe(index);
    });

    it("a link that leaves its bridge is still there", async () => {
        ip("link add bridge0 type bridge");
        ip("link set va master bridge0");
        ip("link set va nomaster");
        ip("link del bridge0");
        await until(() => news.some((item) => item.type === "link-gone"));
        const gone = news.flatMap((item) => (item.type === "link-gone" ? [item.interfaceIndex] : []));
        expect(gone).not.toContain(monitor.linkNamed("va")?.index);
        expect(monitor.linkNamed("va")?.mtu).toBe(1_500);
        expect(monitor.linkNamed("bridge0")).toBeUndefined();
    });

    describe("a flood that the kernel could not tell of", () => {
        const many = Array.from({ length: 500 }, (_, index) => ({
            ...one("10.9.0.1"),
            address: ipFromBytes(Uint8Array.of(10, 9, index >> 8, index & 0xff)),
        }));
        let heard: KernelNews[];
        let deaf: LinkMonitor;

        beforeEach(() => {
            heard = [];
            deaf = new LinkMonitor({
                system,
                ownRemovals: new OwnRemovals(),
                onNews: (item) => heard.push(item),
                onReady: () => {},
                receiveBuffer: { bytes: 2_304, isForced: true },
            });
            heard.length = 0;
        });

        afterEach(() => deaf.close());

        const drain = () => {
            while (deaf.drain()) {}
        };
        const known = () => many.filter(({ address }) => deaf.holds(deaf.linkNamed("va")?.index ?? 0, address, 32));

        it("is made up for: the difference is told", () => {
            addresses.claim("VI_1", many);
            finish();
            drain();
            expect(deaf.overruns).toBe(1);
            expect(heard.filter((item) => item.type === "address-added").length).toBe(500);
        });

        it("leaves nothing behind that is not true any more, and what comes next is heard", () => {
            addresses.claim("VI_1", many);
            finish();
            // Its arrival is on the socket still, its going is lost.
            ip("addr del 10.9.0.0/32 dev va");
            drain();
            expect(known()).toEqual(many.slice(1));
            ip("addr del 10.9.0.1/32 dev va");
            drain();
            expect(heard.at(-1)).toMatchObject({ type: "address-removed", isOurs: false });
            expect(known()).toEqual(many.slice(2));
        });
    });

    describe("a dump", () => {
        /** The kernel, but what it sends goes through other hands. */
        const tampered = (change: (message: { type: number; flags: number }, view: DataView, at: number) => void): NativeAddon => ({
            ...system,
            recvmmsg: (fd, batch, flags) => {
                const count = system.recvmmsg(fd, batch, flags);
                for (let slot = 0; slot < count; slot++) {
                    const length = batch.meta[4 * slot] ?? 0;
                    const view = new DataView(batch.data.buffer, batch.data.byteOffset + slot * 16_384, length);
                    change({ type: view.getUint16(4, true), flags: view.getUint16(6, true) }, view, 0);
                }
                return count;
            },
        });
        const watch = (through: NativeAddon) =>
            new LinkMonitor({ system: through, ownRemovals: removals, onNews: () => {}, onReady: () => {} });
        const DUMP_INTERRUPTED = 0x10;
        const DUMP_END = 3;

        it("that was interrupted is asked for again", () => {
            let interruptions = 3;
            const watching = watch(
                tampered(({ flags }, view) => {
                    if (interruptions > 0) {
                        interruptions -= 1;
                        view.setUint16(6, flags | DUMP_INTERRUPTED, true);
                    }
                }),
            );
            expect(watching.linkNamed("va")?.isUp).toBe(true);
            expect(interruptions).toBe(0);
            watching.close();
        });

        it("that is always interrupted takes nothing away; once it is whole, what is gone is told", () => {
            let isRestless = true;
            const restless = tampered(({ flags }, view) => {
                if (isRestless) {
                    view.setUint16(6, flags | DUMP_INTERRUPTED, true);
                }
            });
            const heard: KernelNews[] = [];
            const watching = new LinkMonitor({
                system: restless,
                ownRemovals: removals,
                onNews: (item) => heard.push(item),
                onReady: () => {},
            });
            expect(watching.linkNamed("va")?.isUp).toBe(true);
            heard.length = 0;
            ip("link del va");
            watching.drain();
            expect(watching.linkNamed("va")).toBeDefined();
            isRestless = false;
            watching.drain();
            expect(heard.filter((item) => item.type === "link-gone")).toHaveLength(2);
            watching.close();
        });

        it("that fails half-way is no empty table", () => {
            const failing = tampered(({ type }, view) => {
                if (type === DUMP_END) {
                    view.setInt32(16, -12, true);
                }
            });
            const before = readdirSync("/proc/self/fd").length;
            expect(() => watch(failing)).toThrow("ENOMEM");
            expect(readdirSync("/proc/self/fd").length).toBe(before);
        });
    });

    it("an address in duplicate address detection is not there until it is over", async () => {
        writeFileSync("/proc/sys/net/ipv6/conf/va/dad_transmits", "1");
        ip("addr add fd99::1/64 dev va");
        while (monitor.drain()) {}
        expect(news.some((item) => item.type === "address-added" && formatIp(item.address) === "fd99::1")).toBe(false);
        await until(() => news.some((item) => item.type === "address-added" && formatIp(item.address) === "fd99::1"));
        expect(shown()).not.toMatch(/fd99::1\/64.*tentative/);
    });

    it("an address in duplicate address detection is taken down all the same", async () => {
        writeFileSync("/proc/sys/net/ipv6/conf/va/dad_transmits", "5");
        ip("addr add fd99::2/64 dev va");
        while (monitor.drain()) {}
        addresses.release("VI_6", [one("fd99::2", { prefixLength: 64 })]);
        finish();
        expect(shown()).not.toContain("fd99::2");
    });

    it("closes every descriptor that it opened", () => {
        const count = () => readdirSync("/proc/self/fd").length;
        const before = count();
        for (let round = 0; round < 20; round++) {
            new LinkMonitor({ system, ownRemovals: new OwnRemovals(), onNews: () => {}, onReady: () => {} }).close();
        }
        expect(count()).toBe(before);
    });
});
