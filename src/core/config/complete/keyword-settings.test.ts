/** Keyword by keyword: what of a virtual router's settings each one changes, and what it is without it. */
import { describe, expect, it } from "vitest";
import { seconds } from "../../base/instant.ts";
import { parseIp } from "../../base/ip.ts";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";
import type { CompletedRouter } from "./completed-router.ts";

type Lines = readonly string[];

function router(globals: Lines, lines: Lines, addresses: Lines = ["10.0.0.9"]): Partial<CompletedRouter> {
    const instance = ["vrrp_instance VI {", "virtual_router_id 51", "interface eth0", ...lines];
    const text = ["global_defs {", ...globals, "}", ...instance, "virtual_ipaddress {", ...addresses, "}", "}"].join("\n");
    return completeConfiguration(readForTest(root, text).value, () => {}).routers[0] ?? {};
}

const PEERS = ["unicast_peer {", "10.0.0.2", "}"];
const OLD_CHECKSUM = ["version 3", ...PEERS];
const group = (address: string) => ({ destination: { type: "multicast", group: parseIp(address) } });

describe("a keyword of vrrp_instance", () => {
    it.each<[Lines, Partial<CompletedRouter>, Partial<CompletedRouter>, Lines?]>([
        [["mcast_dst_ip 224.0.0.99"], group("224.0.0.99") as never, group("224.0.0.18") as never],
        [["track_src_ip"], { tracksSourceAddress: true }, { tracksSourceAddress: false }],
        [["dont_track_primary"], { tracksInterface: false }, { tracksInterface: true }],
        [["check_unicast_src"], { checksUnicastSource: true }, { checksUnicastSource: false }, PEERS],
        [["unicast_fault_no_peer"], { faultWithoutPeers: true }, { faultWithoutPeers: false }, PEERS],
        [["old_unicast_checksum"], { checksum: "old-unicast" }, { checksum: "auto" }, OLD_CHECKSUM],
        [["old_unicast_checksum never"], { checksum: "standard" }, { checksum: "auto" }, OLD_CHECKSUM],
        [["v3_checksum_as_v2"], { checksum: "without-pseudo-header" }, { checksum: "standard" }, ["version 3"]],
        [["skip_check_adv_addr"], { checksAddressesOnce: true }, { checksAddressesOnce: false }],
        [["lower_prio_no_advert"], { lowerPriorityNoAdvert: true }, { lowerPriorityNoAdvert: false }],
        [["higher_prio_send_advert"], { higherPrioritySendAdvert: true }, { higherPrioritySendAdvert: false }],
        [["owner_ignore_adverts"], { ownerIgnoresAdverts: true }, { ownerIgnoresAdverts: false }, ["priority 255"]],
        [["down_timer_adverts 5"], { downTimerAdverts: 5 }, { downTimerAdverts: 3 }],
        [["version 3"], { version: 3 }, { version: 2 }],
        [["interface eth1"], { interfaceName: "eth1" }, { interfaceName: "eth0" }],
        [["virtual_router_id 7"], { vrid: 7 }, { vrid: 51 }],
    ])("%j makes %j of %j", (lines, expected, otherwise, common = []) => {
        expect(router([], [...common, ...lines])).toMatchObject(expected);
        expect(router([], common)).toMatchObject(otherwise);
    });

    it("mcast_src_ip is the source of advertisements, which the interface's own address is without it", () => {
        expect(router([], ["mcast_src_ip 10.0.0.1"])).toMatchObject({ sourceAddress: parseIp("10.0.0.1") });
        expect(router([], [])).not.toHaveProperty("sourceAddress");
    });

    it("native_ipv6 makes one of IPv6 that has no address of that family", () => {
        const none = ["version 3", "no_virtual_ipaddress"];
        expect(router([], [...none, "native_ipv6"], [])).toMatchObject({ family: 6, ...group("ff02::12") });
        expect(router([], none, [])).toMatchObject({ family: 4 });
    });
});

/** What a virtual router has to be for a global keyword to mean something. */
const NEEDED: Readonly<Record<string, Lines>> = { vrrp_owner_ignore_adverts: ["priority 255"], v3_checksum_as_v2: ["version 3"] };

describe("a keyword of global_defs", () => {
    it.each<[string, string, Partial<CompletedRouter>, Partial<CompletedRouter>]>([
        ["vrrp_version 3", "version 2", { version: 3 }, { version: 2 }],
        ["vrrp_mcast_group4 224.0.0.99", "mcast_dst_ip 224.0.0.98", group("224.0.0.99") as never, group("224.0.0.98") as never],
        ["vrrp_down_timer_adverts 5", "down_timer_adverts 4", { downTimerAdverts: 5 }, { downTimerAdverts: 4 }],
        ["vrrp_lower_prio_no_advert", "lower_prio_no_advert off", { lowerPriorityNoAdvert: true }, { lowerPriorityNoAdvert: false }],
        [
            "vrrp_higher_prio_send_advert",
            "higher_prio_send_advert off",
            { higherPrioritySendAdvert: true },
            { higherPrioritySendAdvert: false },
        ],
        ["vrrp_owner_ignore_adverts", "owner_ignore_adverts off", { ownerIgnoresAdverts: true }, { ownerIgnoresAdverts: false }],
        ["vrrp_skip_check_adv_addr", "skip_check_adv_addr off", { checksAddressesOnce: true }, { checksAddressesOnce: false }],
        ["v3_checksum_as_v2", "v3_checksum_as_v2 off", { checksum: "without-pseudo-header" }, { checksum: "standard" }],
        ["vrrp_strict", "strict_mode off", { strict: true }, { strict: false }],
    ])("%s holds where an instance does not say %s", (global, own, expected, otherwise) => {
        const common = NEEDED[global] ?? [];
        expect(router([global], common)).toMatchObject(expected);
        expect(router([global], [...common, own])).toMatchObject(otherwise);
    });

    it("vrrp_mcast_group6 is the group of IPv6 where an instance does not say mcast_dst_ip", () => {
        const ofIpv6 = (...lines: Lines) => router(["vrrp_mcast_group6 ff02::99"], lines, ["fe80::9"]);
        expect(ofIpv6()).toMatchObject(group("ff02::99"));
        expect(ofIpv6("mcast_dst_ip ff02::98")).toMatchObject(group("ff02::98"));
    });

    it("vrrp_check_unicast_src and vrrp_startup_delay hold for all", () => {
        expect(router(["vrrp_check_unicast_src"], PEERS)).toMatchObject({ checksUnicastSource: true });
        expect(router(["vrrp_startup_delay 2.5"], [])).toMatchObject({ startupDelay: seconds(2.5) });
        expect(router([], PEERS)).toMatchObject({ checksUnicastSource: false, startupDelay: 0 });
    });
});

describe("an option of an address", () => {
    it.each<[string, object, object]>([
        ["10.0.0.9 dev eth7", { interfaceName: "eth7" }, { interfaceName: "eth0" }],
        ["10.0.0.9/24 brd 10.0.0.77", { broadcast: parseIp("10.0.0.77") }, {}],
        ["10.0.0.9/24 brd -", { broadcast: parseIp("10.0.0.0") }, {}],
        ["10.0.0.9 peer 10.0.0.8/30", { peer: { address: parseIp("10.0.0.8"), prefixLength: 30 } }, {}],
        ["2001:db8::9 home", { flags: 0x12 }, { flags: 0x02 }],
        ["2001:db8::9 -nodad", { flags: 0 }, { flags: 0x02 }],
        ["2001:db8::9 mngtmpaddr", { flags: 0x102 }, { flags: 0x02 }],
        ["10.0.0.9 noprefixroute", { flags: 0x200 }, { flags: 0 }],
        ["10.0.0.9 autojoin", { flags: 0x400 }, { flags: 0 }],
        ["2001:db8::9 preferred_lft 30", { preferredLifetime: 30 }, { preferredLifetime: 0 }],
        ["10.0.0.9 no_track", { isTracked: false }, { isTracked: true }],
        ["10.0.0.9 scope 200", { scope: 200 }, { scope: 0 }],
    ])("%s makes %j of %j", (line, expected, otherwise) => {
        const only = (text: string) => router([], ["native_ipv6"], [text]).addresses?.[0];
        expect(only(line)).toMatchObject(expected);
        expect(only(line.split(" ")[0] ?? "")).toMatchObject(otherwise);
    });
});
