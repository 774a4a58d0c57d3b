import { expect, it } from "vitest";
import { virtualRouterMac } from "../base/mac.ts";
import { baseParameters, parametersOf, reversePathParameters } from "./link-parameters.ts";
import type { VirtualLink } from "./virtual-link.ts";

const LINK: VirtualLink = {
    name: "vrrp.51",
    baseName: "eth0",
    form: { kind: "macvlan", mac: virtualRouterMac(4, 51) },
    hasIpv4: true,
    hasIpv6: false,
};
const asText = (parameters: readonly { readonly path: string; readonly value: number }[]) =>
    parameters.map(({ path, value }) => `${path}=${value}`);

it("an IPv4 link answers for its own addresses only, and has no IPv6", () => {
    expect(asText(parametersOf(LINK))).toEqual([
        "ipv4/conf/vrrp.51/arp_ignore=1",
        "ipv4/conf/vrrp.51/accept_local=1",
        "ipv4/conf/vrrp.51/rp_filter=0",
        "ipv4/conf/vrrp.51/promote_secondaries=1",
        "ipv6/conf/vrrp.51/disable_ipv6=1",
    ]);
});

it("an IPv6 link makes no address and takes none from routers", () => {
    expect(asText(parametersOf({ ...LINK, hasIpv4: false, hasIpv6: true }))).toEqual([
        "ipv4/conf/vrrp.51/arp_ignore=1",
        "ipv6/conf/vrrp.51/addr_gen_mode=1",
        "ipv6/conf/vrrp.51/accept_ra=0",
        "ipv6/conf/vrrp.51/autoconf=0",
    ]);
});

it("an ipvlan is an ordinary interface", () => {
    expect(parametersOf({ ...LINK, form: { kind: "ipvlan", mode: "bridge" } })).toEqual([]);
});

it("a base neither answers ARP for what stands above it nor asks in its name", () => {
    expect(asText(baseParameters("eth0"))).toEqual([
        "ipv4/conf/eth0/arp_ignore=1",
        "ipv4/conf/eth0/arp_filter=1",
        "ipv4/conf/eth0/arp_announce=2",
    ]);
});

it("rp_filter of all goes to each interface that has less, and then off", () => {
    const present = new Map([
        ["all", 1],
        ["default", 0],
        ["eth0", 2],
        ["eth1", 0],
    ]);
    expect(asText(reversePathParameters(present))).toEqual([
        "ipv4/conf/default/rp_filter=1",
        "ipv4/conf/eth1/rp_filter=1",
        "ipv4/conf/all/rp_filter=0",
    ]);
    expect(
        reversePathParameters(
            new Map([
                ["all", 0],
                ["eth0", 2],
            ]),
        ),
    ).toEqual([]);
});
