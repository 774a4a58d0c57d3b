import { describe, expect, it } from "vitest";
import { centiseconds, instant, NO_TIME, seconds } from "../../base/instant.ts";
import { type IpAddress, parseIp } from "../../base/ip.ts";
import { routeForTest, ruleForTest } from "../../route/test-routing.ts";
import type { VirtualRouterSettings } from "../../vrrp/settings.ts";
import type { VirtualRouterSnapshot } from "../../vrrp/snapshot.ts";
import { renderData } from "./data.ts";
import { renderJson } from "./json.ts";
import { type Calendar, routerViews } from "./router-view.ts";
import { renderStatistics } from "./stats.ts";

function ip(text: string): IpAddress {
    const address = parseIp(text);
    if (address === undefined) {
        throw new Error(text);
    }
    return address;
}

const settings: VirtualRouterSettings = {
    name: "VI_1",
    vrid: 51,
    version: 3,
    family: 4,
    interfaceName: "v0",
    priority: 150,
    wantsMaster: false,
    advertisementInterval: centiseconds(50),
    downTimerAdverts: 3,
    preempt: false,
    preemptDelay: NO_TIME,
    accept: true,
    startupDelay: NO_TIME,
    authentication: { type: "pass", password: new Uint8Array([97]) },
    checksum: "standard",
    destination: { type: "unicast", ttl: 255, peers: [{ address: ip("10.9.9.2"), minTtl: 0, maxTtl: 255 }] },
    sourceAddress: ip("10.9.9.1"),
    tracksSourceAddress: false,
    tracksInterface: true,
    addresses: [
        { address: ip("10.9.9.9"), prefixLength: 24, interfaceName: "v0", scope: 0, label: "v0:1", flags: 0, isTracked: true },
        { address: ip("10.9.9.10"), prefixLength: 32, interfaceName: "v0", scope: 253, flags: 0, isTracked: true },
    ],
    excludedAddresses: [
        { address: ip("fe80::9"), prefixLength: 128, interfaceName: "v0", scope: 0, flags: 0, preferredLifetime: 0, isTracked: true },
    ],
    routes: [routeForTest("10.8.0.0/16")],
    rules: [ruleForTest(9)],
    announcements: {
        masterRepeat: 5,
        masterDelay: seconds(5),
        refresh: NO_TIME,
        refreshRepeat: 1,
        lowerPriorityRepeat: 5,
        lowerPriorityDelay: seconds(5),
    },
    lowerPriorityNoAdvert: false,
    higherPrioritySendAdvert: false,
    ownerIgnoresAdverts: false,
    checksAddressesOnce: false,
    checksUnicastSource: false,
    faultWithoutPeers: false,
    strict: false,
};

const snapshot: VirtualRouterSnapshot = {
    name: "VI_1",
    vrid: 51,
    family: 4,
    version: 3,
    interfaceName: "v0",
    state: "active",
    faults: [],
    basePriority: 150,
    effectivePriority: 140,
    activeAdvertisementInterval: centiseconds(50),
    lastTransition: { at: instant(2_500_000), cause: { type: "startup" } },
    counters: {
        advertisementsReceived: 1,
        advertisementsSent: 2,
        becameActive: 3,
        releasedActive: 4,
        priorityZeroReceived: 5,
        priorityZeroSent: 6,
        addressListErrors: 7,
        unsignedAccepted: 0,
        foreignRemovals: 8,
        rejections: { ttl: 9, "packet-length": 10, "authentication-failed": 11 },
    },
};

const calendar: Calendar = { unixSeconds: (at) => 1_000 + at / 1_000_000, text: () => "Sat Nov 21 07:38:58 2026" };
const views = routerViews([settings, { ...settings, name: "VI_2" }], [snapshot]);

describe("statistics", () => {
    it("have Keepalived's layout, which reads as YAML", () => {
        const text = renderStatistics(views);
        expect(text.split("VRRP Instance: VI_2")[0]).toBe(`VRRP Instance: VI_1
  Advertisements:
    Received: 1
    Sent: 2
  Became master: 3
  Released master: 4
  Packet Errors:
    Length: 10
    TTL: 9
    Invalid Type: 0
    Advertisement Interval: 0
    Address List: 7
  Authentication Errors:
    Invalid Type: 0
    Type Mismatch: 0
    Failure: 11
  Authentication Extension Errors:
    Missing: 0
    Malformed: 0
    Unknown Key: 0
    Invalid HMAC: 0
    Stale: 0
    Replay: 0
  Priority Zero:
    Received: 5
    Sent: 6
`);
    });
});

describe("JSON", () => {
    it("has Keepalived's keys, and masks the password", () => {
        const text = renderJson(views, calendar, 1);
        expect(text.endsWith("]\n")).toBe(true);
        const [first, second] = JSON.parse(text);
        expect(first.data).toMatchObject({
            iname: "VI_1",
            ifp_ifname: "v0",
            vrid: 51,
            state: 2,
            wantstate: 1,
            adver_int: 0.5,
            effective_priority: 140,
            last_transition: 1_002.5,
            vipset: true,
            vips: ["10.9.9.9/24 dev v0 scope global label v0:1 set", "10.9.9.10 dev v0 scope link set"],
            evips: ["fe80::9 dev v0 scope global deprecated set"],
            vroutes: ["prepend 10.8.0.0/16 dev eth0 proto 18"],
            vrules: ["from all priority 9 tos 0x0 protocol 18 lookup 5"],
            auth_data: "********",
        });
        expect(first.stats).toMatchObject({ advert_rcvd: 1, become_master: 3, ip_ttl_err: 9, pri_zero_sent: 6 });
        expect(second).toMatchObject({ data: { iname: "VI_2", state: 0, vipset: false }, stats: { advert_rcvd: 0 } });
    });

    it("is an object in version 2", () => {
        expect(JSON.parse(renderJson(views, calendar, 2)).vrrp).toHaveLength(2);
    });
});

describe("the data dump", () => {
    it("has the lines that others search, without secrets", () => {
        const text = renderData(views, [], calendar);
        expect(text).toContain(" VRRP Instance = VI_1\n   VRRP Version = 3\n   State = MASTER\n");
        expect(text).toContain("   Last transition = 1002.500000 (Sat Nov 21 07:38:58 2026)\n");
        expect(text).toContain("   Virtual IP (2):\n     10.9.9.9/24 dev v0 scope global label v0:1 set\n");
        expect(text).toContain("   Virtual IP Excluded :\n     fe80::9");
        expect(text).toContain("   Virtual Routes :\n     prepend 10.8.0.0/16 dev eth0 proto 18\n   Virtual Rules :\n     from all");
        expect(text).toContain("   Unicast Peer :\n     10.9.9.2 min_ttl 0 max_ttl 255\n");
    });
});

describe("sync groups and trackers", () => {
    const trackers = [
        { kind: "interface", name: "eth1", weight: 0, isReversed: false },
        { kind: "script", name: "chk", weight: -20, isReversed: true },
        { kind: "process", name: "nginx", weight: 5, isReversed: false },
    ] as const;
    const members = ["VI_1", "VI_2"].map((name) => ({ ...settings, name, trackers }));
    const snapshots = (...states: readonly VirtualRouterSnapshot["state"][]) =>
        states.map((state, index) => ({ ...snapshot, name: `VI_${index + 1}`, state }));
    const groups = [{ name: "VG_1", members: ["VI_1", "VI_2"] }];

    it.each([
        [["active", "active"], "MASTER"],
        [["active", "backup"], "BACKUP"],
        [["backup", "fault"], "FAULT"],
        [["initialize"], "INIT"],
    ] as const)("of members %j are %s", (states, word) => {
        const text = renderData(routerViews(members, snapshots(...states)), groups, calendar);
        expect(text).toContain(` VRRP Sync Group = VG_1, ${word}\n   VRRP member instances :\n     VI_1\n     VI_2\n`);
        expect(text).toContain("   Sync group = VG_1\n");
    });

    it("are listed with what each virtual router tracks, in JSON by name", () => {
        const text = renderData(routerViews(members, []), groups, calendar);
        expect(text).toContain("   Tracked interfaces :\n     eth1 weight 0\n   Tracked scripts :\n     chk weight -20 reverse\n");
        expect(JSON.parse(renderJson(routerViews(members, []), calendar, 1))[0].data).toMatchObject({
            track_ifp: ["eth1"],
            track_script: ["chk"],
            track_process: ["nginx"],
        });
    });
});
