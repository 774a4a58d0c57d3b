import { describe, expect, it } from "vitest";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { type Mac, parseMac, virtualRouterMac } from "../base/mac.ts";
import type { Link } from "../vrrp/events.ts";
import { gatherLinks } from "./gather-links.ts";
import type { LinkOrder } from "./link-orders.ts";
import type { VirtualLink } from "./virtual-link.ts";
import { VirtualLinks } from "./virtual-links.ts";

const ip = (text: string) => parseIp(text) as IpAddress;
const BASE_MAC = parseMac("02:00:00:00:00:01") as Mac;
const FLAGS = { isUp: true, isRunning: true, isMulticast: true, isLoopback: false, isNoArp: false, mtu: 1500 };
const BASE: Link = { index: 2, name: "eth0", mac: BASE_MAC, ...FLAGS };
const MAC = virtualRouterMac(4, 51);
const WANTED: VirtualLink = {
    name: "vrrp.51",
    baseName: "eth0",
    form: { kind: "macvlan", mac: MAC },
    hasIpv4: true,
    hasIpv6: false,
};
const WANTED_6: VirtualLink = {
    ...WANTED,
    name: "vrrp6.51",
    form: { kind: "macvlan", mac: virtualRouterMac(6, 51) },
    hasIpv4: false,
    hasIpv6: true,
};
const STANDING: Link = { index: 7, name: "vrrp.51", mac: MAC, kind: "macvlan", mode: 1, baseIndex: 2, ...FLAGS };
const STANDING_6: Link = { ...STANDING, index: 8, name: "vrrp6.51", mac: virtualRouterMac(6, 51) };

/** A machine with these links, on which these virtual ones are wanted. */
function machine(wanted: readonly VirtualLink[], ...present: readonly Link[]): VirtualLinks {
    const links = new VirtualLinks();
    for (const link of present) {
        links.hear({ type: "link", link });
    }
    links.want({ links: wanted, virtualAddresses: [ip("fe80::51")], silencesReports: false });
    return links;
}

const typesOf = (orders: readonly LinkOrder[]) => orders.map(({ type }) => type);
const address = (interfaceIndex: number, text: string) =>
    ({ type: "address-added", interfaceIndex, address: ip(text), prefixLength: 64 }) as const;

describe("a wanted link", () => {
    it("is made upon its base, once, then prepared and set up", () => {
        const links = machine([WANTED], BASE);
        expect(links.orders()).toEqual([{ type: "make", link: WANTED, baseIndex: 2, group: 0, masterIndex: 0 }]);
        links.hear({ type: "link", link: { ...BASE, index: 9, name: "eth9" } });
        expect(links.orders()).toEqual([]);
        links.hear({ type: "link", link: { ...STANDING, isUp: false } });
        expect(links.orders()).toEqual([
            { type: "prepare", link: WANTED, index: 7 },
            { type: "raise", link: WANTED, index: 7 },
        ]);
        links.hear({ type: "link", link: STANDING });
        expect(links.orders()).toEqual([]);
    });

    it("is taken over as it stands when a predecessor made it, and nothing of it changes", () => {
        const links = machine([WANTED], BASE, STANDING);
        expect(links.orders()).toEqual([{ type: "prepare", link: WANTED, index: 7 }]);
        expect(links.standing).toEqual([WANTED]);
    });

    it("waits for its base, and comes when that comes", () => {
        const links = machine([WANTED]);
        expect(links.orders()).toEqual([]);
        expect(links.hear({ type: "link", link: BASE })).toBe(true);
        expect(typesOf(links.orders())).toEqual(["make"]);
    });

    it("is not made where no MAC address can be had", () => {
        const { mac: _mac, ...withoutMac } = BASE;
        expect(machine([WANTED], withoutMac).orders()).toEqual([]);
    });

    it("is made again when somebody removes it", () => {
        const links = machine([WANTED], BASE, STANDING);
        links.orders();
        links.hear({ type: "link-gone", interfaceIndex: 7 });
        expect(typesOf(links.orders())).toEqual(["make"]);
    });

    it("is made again under its name when somebody renames it, after the renamed one is gone", () => {
        const links = machine([WANTED], BASE, STANDING);
        links.orders();
        links.hear({ type: "link", link: { ...STANDING, name: "other" } });
        expect(links.orders()).toEqual([
            { type: "remove", name: "vrrp.51", index: 7 },
            { type: "make", link: WANTED, baseIndex: 2, group: 0, masterIndex: 0 },
        ]);
    });

    it("gets its MAC address, mode, group and VRF back in place", () => {
        const vrf: Link = { index: 5, name: "red", kind: "vrf", ...FLAGS };
        const bridge: Link = { index: 6, name: "br0", kind: "bridge", ...FLAGS };
        const changed = (base: Link, standing: Link) =>
            machine([WANTED], vrf, bridge, base, standing)
                .orders()
                .filter(({ type }) => type === "change");
        const change = { type: "change", link: WANTED, index: 7, group: 0, masterIndex: 0 };
        expect(changed(BASE, { ...STANDING, mac: BASE_MAC })).toEqual([{ ...change, mac: MAC }]);
        expect(changed(BASE, { ...STANDING, mode: 4 })).toEqual([{ ...change, mac: MAC }]);
        expect(changed({ ...BASE, group: 3 }, STANDING)).toEqual([{ ...change, group: 3 }]);
        expect(changed({ ...BASE, masterIndex: 5 }, STANDING)).toEqual([{ ...change, masterIndex: 5 }]);
        expect(changed({ ...BASE, masterIndex: 6 }, STANDING)).toEqual([]);
        expect(changed(BASE, { ...STANDING, masterIndex: 5 })).toEqual([change]);
    });

    it("is not made over something of another kind, or of somebody else upon another base", () => {
        for (const foreign of [
            { ...STANDING, kind: "vxlan" },
            { ...STANDING, baseIndex: 3, mac: BASE_MAC },
        ]) {
            const links = machine([WANTED], BASE, foreign);
            expect(links.orders()).toEqual([]);
            expect(links.conflicts()).toEqual([{ link: WANTED, standing: foreign }]);
            expect(links.leftovers(true)).toEqual([]);
            expect(links.guarded()).toEqual([]);
        }
    });

    it("moves to another base: the one upon the former goes first", () => {
        const links = machine([WANTED], BASE, { ...STANDING, baseIndex: 3 });
        expect(links.orders()).toEqual([{ type: "remove", name: "vrrp.51", index: 7 }]);
        links.hear({ type: "link-gone", interfaceIndex: 7 });
        expect(typesOf(links.orders())).toEqual(["make"]);
    });

    it("is not set up before its base is", () => {
        const links = machine([WANTED], { ...BASE, isUp: false }, { ...STANDING, isUp: false });
        expect(typesOf(links.orders())).toEqual(["prepare"]);
        links.hear({ type: "link", link: BASE });
        expect(typesOf(links.orders())).toEqual(["raise"]);
    });

    it("has its base's state told again where that is asked for", () => {
        const links = machine([{ ...WANTED, isNotified: true }], { ...BASE, group: 4 }, { ...STANDING, group: 4, isUp: false });
        expect(links.orders().slice(1)).toMatchObject([{ type: "raise" }, { type: "renew", index: 2, group: 4 }]);
    });

    it("is tried again after a refusal", () => {
        const links = machine([WANTED], BASE);
        links.orders();
        links.refused("vrrp.51");
        expect(typesOf(links.orders())).toEqual(["make"]);
    });
});

describe("the link-local address", () => {
    it("is the base's, never a virtual one", () => {
        const links = machine([WANTED_6], BASE, STANDING_6);
        links.hear(address(2, "fe80::51"));
        links.hear(address(2, "fe80::1"));
        expect(links.orders().slice(1)).toEqual([{ type: "add-address", link: WANTED_6, index: 8, address: ip("fe80::1") }]);
    });

    it("is made of the base's MAC address where that has none, and changes with the base's", () => {
        const links = machine([WANTED_6], BASE, STANDING_6);
        expect(links.orders().at(-1)).toMatchObject({ type: "add-address", address: ip("fe80::ff:fe00:1") });
        links.hear(address(8, "fe80::ff:fe00:1"));
        links.hear(address(2, "fe80::2"));
        expect(links.orders()).toMatchObject([
            { type: "add-address", address: ip("fe80::2") },
            { type: "remove-address", address: ip("fe80::ff:fe00:1") },
        ]);
    });

    it("stays when the base loses its own", () => {
        const links = machine([WANTED_6], BASE, STANDING_6);
        links.hear(address(2, "fe80::1"));
        links.hear(address(8, "fe80::1"));
        links.orders();
        links.hear({ ...address(2, "fe80::1"), type: "address-removed", isOurs: false });
        expect(links.orders()).toEqual([]);
    });

    it("of an ipvlan is its own; the address that is written is put on it", () => {
        const ipvlan: VirtualLink = { ...WANTED, form: { kind: "ipvlan", mode: "bridge", address: ip("10.0.0.5") } };
        const links = machine([ipvlan], BASE, { ...STANDING, kind: "ipvlan", mode: 0, mac: BASE_MAC });
        expect(links.orders().at(-1)).toEqual({ type: "add-address", link: ipvlan, index: 7, address: ip("10.0.0.5") });
        expect(links.guarded()).toEqual([]);
    });
});

describe("what is left", () => {
    it("is what nobody wants any more; at the end everything of ours, and nothing else", () => {
        const links = machine([WANTED, WANTED_6], BASE, STANDING, STANDING_6, { ...STANDING, index: 9, name: "theirs" });
        links.orders();
        expect(links.leftovers(false)).toEqual([]);
        links.want({ links: [WANTED_6], virtualAddresses: [], silencesReports: false });
        expect(links.leftovers(false)).toEqual([{ type: "remove", name: "vrrp.51", index: 7 }]);
        expect(links.leftovers(true).map((order) => order.type === "remove" && order.index)).toEqual([7, 8]);
    });
});

describe("reports of multicast memberships", () => {
    it("are guarded on every macvlan, for the families that it carries", () => {
        const links = machine([{ ...WANTED, hasIpv6: true }, WANTED_6], BASE, STANDING, STANDING_6);
        links.hear(address(2, "fe80::1"));
        const [ends, linkLocal] = [{ interfaceIndex: 7, baseIndex: 2 }, ip("fe80::1")];
        expect(links.guarded()).toEqual([
            { family: 4, ...ends },
            { family: 6, ...ends, linkLocal },
            { family: 6, interfaceIndex: 8, baseIndex: 2, linkLocal },
        ]);
    });

    it("of IPv4 need no guard where the kernel sends none", () => {
        const links = machine([WANTED], BASE, STANDING);
        links.want({ links: [WANTED], virtualAddresses: [], silencesReports: true });
        expect(links.guarded()).toEqual([]);
    });
});

it("several routers' links are one where they share it, with the families of all", () => {
    const other = { ...WANTED, hasIpv4: false, hasIpv6: true };
    expect(gatherLinks([{ virtualLinks: [WANTED] }, {}, { virtualLinks: [WANTED_6, other] }])).toEqual([
        { ...WANTED, hasIpv6: true },
        WANTED_6,
    ]);
});
