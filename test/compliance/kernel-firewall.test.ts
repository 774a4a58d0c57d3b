import { execFileSync } from "node:child_process";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { VirtualAddress } from "../../src/core/address/virtual-address.ts";
import { milliseconds } from "../../src/core/base/instant.ts";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import type { FirewallSettings } from "../../src/core/firewall/firewall-settings.ts";
import type { BulkWork } from "../../src/host/world.ts";
import { KernelFirewall } from "../../src/io/firewall/kernel-firewall.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";
import { hasTool } from "../labs/harness/prerequisites.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, until } from "./own-namespace.ts";

const CAN_RUN = CAN_HAVE_NAMESPACE && hasTool("nft");
const PLAIN: FirewallSettings = { table: "keepalived", priority: -1, counters: false, matchesByIndex: false };

function one(text: string): VirtualAddress {
    const address = parseIp(text) as IpAddress;
    return { address, prefixLength: address.family === 4 ? 32 : 128, interfaceName: "va", scope: 0, flags: 0, isTracked: true };
}

function nft(...words: readonly string[]): string {
    const path = `${process.env["PATH"]}:/usr/sbin:/sbin`;
    return execFileSync("nft", words, { encoding: "utf8", env: { ...process.env, PATH: path } });
}

/** What `nft` shows, without white space that only makes it pretty. */
const ruleset = (): string => nft("-n", "list", "ruleset").replace(/\s+/g, " ").trim();

/**
 * Given a network namespace of our own,
 * when packets to addresses are to be dropped, and others meddle,
 * then nf_tables holds tables as Keepalived makes them, and nothing that is not ours is touched.
 */
describe.skipIf(!CAN_RUN)(`the firewall in the kernel${CAN_RUN ? "" : " (skipped: needs root and nft)"}`, () => {
    let system: NativeAddon;
    let firewall: KernelFirewall;
    const works = new Set<BulkWork>();
    const notices: string[] = [];
    const refusals: string[] = [];

    const open = (settings: Partial<FirewallSettings> = {}): KernelFirewall =>
        new KernelFirewall({
            system,
            clock: new MonotonicClock(system),
            bulk: { add: (work) => works.add(work) },
            settings: { ...PLAIN, ...settings },
            indexOf: (name) => (name === "va" ? system.ifNameToIndex(name) : undefined),
            onReady: (source) => source.drain(),
            onNotice: (text) => notices.push(text),
            onRefused: (text) => refusals.push(text),
        });
    const work = (): void => {
        for (const each of [...works]) {
            works.delete(each);
            if (each.step(milliseconds(1)) !== false) {
                works.add(each);
            }
        }
    };

    beforeAll(() => {
        system = enterOwnNamespace();
        makeVethPair("va", "vb");
    });

    beforeEach(() => {
        works.clear();
        notices.length = 0;
        refusals.length = 0;
        nft("flush", "ruleset");
        firewall = open();
    });

    afterEach(() => {
        firewall.end(false);
        expect(refusals).toEqual([]);
    });

    it("makes IPv4's table as Keepalived does, and removes it at the end", () => {
        firewall.claim("VI_1", [one("10.9.0.77"), one("10.9.0.78")]);
        work();
        expect(ruleset()).toBe(
            'table ip keepalived { comment "holdfast" set vips { type ipv4_addr elements = { 10.9.0.77, 10.9.0.78 } } ' +
                "chain out { type filter hook output priority -1; policy accept; ip saddr @vips drop } " +
                "chain in { type filter hook input priority -1; policy accept; ip daddr @vips drop } }",
        );
        firewall.end(false);
        expect(ruleset()).toBe("");
    });

    it("does nothing more after the end, whatever was ordered before", () => {
        firewall.claim("VI_1", [one("10.9.0.77")]);
        firewall.end(false);
        work();
        expect(works.size).toBe(0);
        expect(ruleset()).toBe("");
    });

    it("makes IPv6's table as Keepalived does: neighbour discovery passes, link-local addresses belong to their interface", () => {
        firewall.claim("VI_1", [one("fe80::77"), one("fd00::77")]);
        work();
        expect(ruleset()).toBe(
            'table ip6 keepalived { comment "holdfast" set vips { type ipv6_addr elements = { fd00::77 } } ' +
                "set neighbor-discovery { type icmpv6_type flags constant elements = { 135, 136 } } " +
                'set vips_link_local_name { type ipv6_addr . ifname elements = { fe80::77 . "va" } } ' +
                "chain out { type filter hook output priority -1; policy accept; icmpv6 type @neighbor-discovery accept " +
                "ip6 saddr fe80::/10 goto out_link_local ip6 saddr @vips drop } " +
                "chain in { type filter hook input priority -1; policy accept; icmpv6 type @neighbor-discovery accept " +
                "ip6 daddr fe80::/10 goto in_link_local ip6 daddr @vips drop } " +
                "chain in_link_local { ip6 daddr . iifname @vips_link_local_name drop } " +
                "chain out_link_local { ip6 saddr . oifname @vips_link_local_name drop } }",
        );
    });

    it("nftables, nftables_priority, nftables_counters, nftables_ifindex: name, place, counters, numbers", () => {
        firewall = open({ table: "mine", priority: -250, counters: true, matchesByIndex: true });
        firewall.claim("VI_1", [one("10.9.0.77"), one("fe80::77")]);
        work();
        const shown = ruleset();
        expect(shown).toContain("table ip mine {");
        expect(shown).toContain("type filter hook input priority -250; policy accept; ip daddr @vips counter packets 0 bytes 0 drop");
        expect(shown).toContain('set vips_link_local { type ipv6_addr . iface_index elements = { fe80::77 . "va" } }');
        expect(shown).toContain("ip6 daddr . iif @vips_link_local counter packets 0 bytes 0 drop");
        expect(shown).not.toContain("vips_link_local_name");
    });

    it("follows what several routers want, and keeps an address that one of them still blocks", () => {
        firewall.claim("VI_1", [one("10.9.0.77")]);
        firewall.claim("VI_2", [one("10.9.0.77"), one("10.9.0.78")]);
        work();
        firewall.release("VI_2");
        work();
        expect(ruleset()).toContain("elements = { 10.9.0.77 }");
        firewall.release("VI_1");
        work();
        expect(ruleset()).toContain("set vips { type ipv4_addr }");
    });

    it("takes thousands of addresses in one step", () => {
        const many = Array.from({ length: 4_000 }, (_, index) => one(`10.10.${index >> 8}.${index & 255}`));
        firewall.claim("VI_1", many);
        work();
        expect(ruleset().match(/10\.10\./g)).toHaveLength(4_000);
        firewall.claim("VI_1", many.slice(0, 1));
        work();
        expect(ruleset()).toContain("elements = { 10.10.0.0 }");
    });

    it("leaves tables of others alone, of another name and of its own while it needs none", () => {
        nft("add", "table", "ip", "theirs");
        nft("add", "table", "ip", "keepalived");
        firewall.adopt();
        work();
        firewall.end(false);
        expect(ruleset()).toBe("table ip theirs { } table ip keepalived { }");
    });

    it("replaces what a predecessor left: by what is wanted now, or by nothing", () => {
        firewall.claim("VI_1", [one("10.9.0.77"), one("fd00::77")]);
        work();
        firewall.end(true);
        expect(ruleset()).toContain("10.9.0.77");
        firewall = open();
        firewall.adopt();
        firewall.claim("VI_1", [one("10.9.0.78")]);
        work();
        expect(ruleset()).toContain("elements = { 10.9.0.78 }");
        expect(ruleset()).not.toContain("table ip6");
    });

    it.each([
        ["delete table", ["delete", "table", "ip", "keepalived"]],
        ["flush table", ["flush", "table", "ip", "keepalived"]],
        ["delete element", ["delete", "element", "ip", "keepalived", "vips", "{ 10.9.0.77 }"]],
        ["flush ruleset", ["flush", "ruleset"]],
    ])("puts a foreign %s right, and says so", async (_name, words) => {
        firewall.claim("VI_1", [one("10.9.0.77")]);
        work();
        const before = ruleset();
        nft(...words);
        expect(ruleset()).not.toBe(before);
        await until(() => {
            work();
            return ruleset() === before;
        });
        expect(notices).toEqual(["nftables table ip keepalived was changed by somebody else: put right"]);
    });

    it("does not answer somebody who undoes it at once more often than once a second", async () => {
        firewall.claim("VI_1", [one("10.9.0.77")]);
        work();
        nft("delete", "table", "ip", "keepalived");
        await until(() => works.size > 0);
        work();
        nft("delete", "table", "ip", "keepalived");
        await until(() => works.size > 0);
        work();
        expect(notices).toHaveLength(1);
        await until(() => {
            work();
            return works.size === 0;
        });
        expect(notices).toHaveLength(2);
        expect(ruleset()).toContain("10.9.0.77");
    });

    it("is made anew by a reload that changes its name or shape", () => {
        firewall.claim("VI_1", [one("10.9.0.77")]);
        work();
        firewall.configure({ ...PLAIN, table: "other", counters: true });
        work();
        expect(ruleset()).toContain("table ip other");
        expect(ruleset()).toContain("counter packets 0 bytes 0 drop");
        expect(ruleset()).not.toContain("table ip keepalived");
    });

    it("keeps the interfaces of virtual MACs quiet", () => {
        const linkLocal = parseIp("fe80::1") as IpAddress;
        firewall.guardVmacs([
            { family: 4, interfaceIndex: 4, baseIndex: 3 },
            { family: 6, interfaceIndex: 5, baseIndex: 3, linkLocal },
        ]);
        work();
        const shown = ruleset();
        expect(shown).toContain("map vmac_map { type iface_index : iface_index elements = {");
        expect(shown).toContain("ip protocol 2 dup to ip daddr device oif map @vmac_map drop ip saddr @vips drop");
        expect(shown).toContain("icmpv6 type 143 dup to ip6 daddr device oif map @vmac_map drop icmpv6 type 133 oif @vmac_set drop");
        expect(shown).toContain("@parent_link_local drop icmpv6 type @neighbor-discovery accept");
        firewall.guardVmacs([]);
        work();
        expect(ruleset()).toContain("map vmac_map { type iface_index : iface_index }");
    });

    it("drops a ping to a blocked address and lets others through", () => {
        const pings = (to: string): boolean => {
            try {
                execFileSync("ping", ["-c1", "-W1", to], { stdio: "ignore" });
                return true;
            } catch {
                return false;
            }
        };
        ip("addr add 10.9.0.1/32 dev va");
        ip("addr add 10.9.0.77/32 dev va");
        expect(pings("10.9.0.77")).toBe(true);
        firewall.claim("VI_1", [one("10.9.0.77")]);
        work();
        expect(pings("10.9.0.77")).toBe(false);
        expect(pings("10.9.0.1")).toBe(true);
        firewall.release("VI_1");
        work();
        expect(pings("10.9.0.77")).toBe(true);
    });
});
