import { readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { VirtualAddress } from "../../src/core/address/virtual-address.ts";
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
            onNews: (one) => news.push(one),
            onReleaseRefused: (_router, { address }, code) => refused.push(`${formatIp(address)} ${code}`),
        });
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

    it("adopts an address that stands, and puts its lifetime right, without a gap", () => {
        ip("addr add fd77::5/128 dev va nodad");
        addresses.claim("VI_1", [one("fd77::5", { flags: 0x02, preferredLifetime: 0 })]);
        finish();
        expect(shown()).toMatch(/fd77::5\/128 scope global nodad deprecated/);
        expect(claimed()).toEqual(["fd77::5"]);
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
        expect(addresses.step()).toBe(false);
        ip("addr add 10.7.0.9/32 dev va");
        while (monitor.drain()) {}
        addresses.release("VI_1", many);
        finish();
        expect(shown()).not.toContain("10.7.0.");
    });

    it("a release overtakes the claim that it concerns", () => {
        const many = Array.from({ length: 100 }, (_, index) => one(`10.6.0.${index + 1}`));
        addresses.claim("VI_1", many);
        addresses.step();
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
            goesOn = addresses.step();
            slices++;
        }
        expect(claimed()).toEqual(many.map(({ address }) => formatIp(address)));
        expect(
            shown()
                .split("\n")
                .filter((line) => line.includes("10.8.")).length,
        ).toBe(4_000);
        expect(slices).toBeGreaterThanOrEqual(250);
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

    it("a flood that the kernel could not tell of is made up for: the difference is told", async () => {
        const heard: KernelNews[] = [];
        const deaf = new LinkMonitor({
            system,
            ownRemovals: new OwnRemovals(),
            onNews: (item) => heard.push(item),
            onReady: () => {},
            receiveBuffer: 2_304,
        });
        heard.length = 0;
        addresses.claim(
            "VI_1",
            Array.from({ length: 500 }, (_, index) => ({
                ...one("10.9.0.1"),
                address: ipFromBytes(Uint8Array.of(10, 9, index >> 8, index & 0xff)),
            })),
        );
        finish();
        while (deaf.drain()) {}
        expect(deaf.overruns).toBeGreaterThan(0);
        expect(heard.filter((item) => item.type === "address-added").length).toBe(500);
        deaf.close();
    });

    it("an address in duplicate address detection is not there until it is over", async () => {
        writeFileSync("/proc/sys/net/ipv6/conf/va/dad_transmits", "1");
        ip("addr add fd99::1/64 dev va");
        expect(news.some((item) => item.type === "address-added" && formatIp(item.address) === "fd99::1")).toBe(false);
        await until(() => news.some((item) => item.type === "address-added" && formatIp(item.address) === "fd99::1"));
        expect(shown()).not.toMatch(/fd99::1\/64.*tentative/);
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
