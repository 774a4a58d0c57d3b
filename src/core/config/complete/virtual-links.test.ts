import { describe, expect, it } from "vitest";
import { formatMac } from "../../base/mac.ts";
import type { VirtualLink } from "../../link/virtual-link.ts";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";
import type { CompletedRouter } from "./completed-router.ts";

interface Outcome {
    readonly routers: readonly CompletedRouter[];
    readonly complaints: readonly string[];
}

function complete(...texts: readonly string[]): Outcome {
    const complaints: string[] = [];
    const { routers } = completeConfiguration(readForTest(root, texts.join("\n")).value, (_at, { errorClass, message, consequence }) => {
        if (errorClass !== "note") {
            complaints.push(`${message}: ${consequence}`);
        }
    });
    return { routers, complaints };
}

const list = (name: string, entries: readonly string[]): string => (entries.length === 0 ? "" : `${name} {\n${entries.join("\n")}\n}`);

interface Plan {
    readonly name?: string;
    readonly vrid?: number;
    readonly on?: string;
    readonly addresses?: readonly string[];
    readonly excluded?: readonly string[];
}

function instance(
    { name = "VI", vrid = 51, on = "eth0", addresses = ["10.0.0.9"], excluded = [] }: Plan,
    ...lines: readonly string[]
): string {
    const lists = [list("virtual_ipaddress", addresses), list("virtual_ipaddress_excluded", excluded)];
    return [`vrrp_instance ${name} {`, `interface ${on}`, `virtual_router_id ${vrid}`, "version 3", ...lines, ...lists, "}"].join("\n");
}

const linksOf = ({ routers }: Outcome): string[] =>
    routers.flatMap(({ virtualLinks = [] }) => virtualLinks.map((link) => `${link.name}@${link.baseName} ${macOf(link)}`));
const macOf = ({ form }: VirtualLink): string => (form.kind === "macvlan" ? formatMac(form.mac) : form.kind);
const placesOf = ({ routers }: Outcome): string[] =>
    routers.flatMap(({ addresses, excludedAddresses }) => [...addresses, ...excludedAddresses].map(({ interfaceName }) => interfaceName));

describe("use_vmac", () => {
    it("makes a link with the standard's MAC address, which carries addresses and advertisements", () => {
        const outcome = complete(instance({ vrid: 255 }, "use_vmac"));
        expect(linksOf(outcome)).toEqual(["vrrp.255@eth0 00:00:5e:00:01:ff"]);
        expect(outcome.routers[0]).toMatchObject({
            interfaceName: "eth0",
            virtualLink: { name: "vrrp.255", carriesAdvertisements: true },
            virtualLinks: [{ hasIpv4: true, hasIpv6: false }],
        });
        expect(placesOf(outcome)).toEqual(["vrrp.255"]);
    });

    it("takes a name, a MAC address, a group and netlink_notify_msg", () => {
        const outcome = complete(instance({}, "use_vmac vrf1 02:00:00:00:00:07 netlink_notify_msg group 12"));
        expect(linksOf(outcome)).toEqual(["vrf1@eth0 02:00:00:00:00:07"]);
        expect(outcome.routers[0]?.virtualLinks?.[0]).toMatchObject({ group: 12, isNotified: true });
        expect(linksOf(complete(instance({}, "use_vmac name group")))).toEqual(["group@eth0 00:00:5e:00:01:33"]);
        // The kernel has no such names: one is made up, as in Keepalived.
        for (const long of ["use_vmac a-name-that-is-too-long", "use_vmac name a-name-that-is-too-long"]) {
            expect(linksOf(complete(instance({}, long)))).toEqual(["vrrp.51@eth0 00:00:5e:00:01:33"]);
        }
        expect(linksOf(complete(instance({}, "use_vmac 02:00:00:00:00")))).toEqual(["vrrp.51@eth0 02:00:00:00:00:33"]);
    });

    it("refuses a MAC address of many, and in strict mode any but the standard's", () => {
        const standard = ["vrrp.51@eth0 00:00:5e:00:01:33"];
        const many = complete(instance({}, "use_vmac 01:00:5e:00:00:07"));
        expect(linksOf(many)).toEqual(standard);
        expect(many.complaints).toEqual(["(VI) 01:00:5e:00:00:07 is no address of one interface: 00:00:5e:00:01:33 is used"]);
        const strict = complete(instance({}, "strict_mode on", "use_vmac 02:00:00:00:00:07", "accept"));
        expect(linksOf(strict)).toEqual(standard);
        expect(strict.complaints.join()).toContain("strict mode knows no MAC address but the standard's");
    });

    it("names links by VRID and prefix, and tells IPv6 and other interfaces apart", () => {
        const outcome = complete(
            "global_defs {\nvmac_prefix vm\n}",
            instance({ name: "A" }, "use_vmac"),
            instance({ name: "B", addresses: ["fe80::9"] }, "use_vmac"),
            instance({ name: "C", on: "eth1" }, "use_vmac"),
            instance({ name: "D", on: "eth2", addresses: ["fe80::8"] }, "use_vmac"),
        );
        expect(linksOf(outcome)).toEqual([
            "vm.51@eth0 00:00:5e:00:01:33",
            "vm6.51@eth0 00:00:5e:00:02:33",
            "vm1.51@eth1 00:00:5e:00:01:33",
            "vm2.51@eth2 00:00:5e:00:02:33",
        ]);
    });

    it("leaves a written name to whoever wrote it, wherever it stands", () => {
        const outcome = complete(
            instance({ name: "A" }, "use_vmac"),
            instance({ name: "B", vrid: 52 }, "use_vmac vrrp.51"),
            instance({ name: "C", vrid: 53 }, "use_vmac vrrp.51"),
        );
        expect(linksOf(outcome).map((link) => link.split("@")[0])).toEqual(["vrrp1.51", "vrrp.51", "vrrp.53"]);
        expect(outcome.complaints).toEqual(["(C) interface name vrrp.51 is used for another virtual link: another name is made up"]);
    });
});

describe("addresses", () => {
    it("go to the router's link, also with its own interface; those of other interfaces and families do not", () => {
        const addresses = ["10.0.0.9", "10.0.0.10 dev eth0", "10.0.0.11 dev eth1"];
        const outcome = complete(instance({ addresses, excluded: ["fd00::9"] }, "use_vmac"));
        expect(placesOf(outcome)).toEqual(["vrrp.51", "vrrp.51", "eth1", "eth0"]);
    });

    it("have links of their own upon other interfaces where that is asked for, shared by all who want the same", () => {
        const addresses = ["10.0.0.9", "10.0.0.10 dev eth1 use_vmac", "10.0.0.11 dev eth1 use_vmac"];
        const outcome = complete(
            "global_defs {\nvmac_addr_prefix va\n}",
            instance({ name: "A", addresses }, "use_vmac"),
            instance({ name: "B", on: "eth1", addresses: ["10.0.1.9"] }, "use_vmac"),
        );
        expect(placesOf(outcome)).toEqual(["vrrp.51", "va.51", "va.51", "va.51"]);
        expect(linksOf(outcome)).toEqual([
            "vrrp.51@eth0 00:00:5e:00:01:33",
            "va.51@eth1 00:00:5e:00:01:33",
            "va.51@eth1 00:00:5e:00:01:33",
        ]);
    });

    it("all of them with use_vmac_addr, also without use_vmac", () => {
        const plan = { addresses: ["10.0.0.9", "10.0.0.11 dev eth1"], excluded: ["fd00::9"] };
        expect(placesOf(complete(instance(plan, "use_vmac_addr")))).toEqual(["eth0", "vrrp.51", "vrrp6.51"]);
        const outcome = complete(instance(plan, "use_vmac", "use_vmac_addr"));
        expect(placesOf(outcome)).toEqual(["vrrp.51", "vrrp1.51", "vrrp6.51"]);
        expect(linksOf(outcome)).toContain("vrrp6.51@eth0 00:00:5e:00:02:33");
    });

    it("of both families on one link give it both", () => {
        const { routers } = complete(
            instance({ name: "A", on: "eth0" }, "use_vmac 02:00:00:00:00:01"),
            instance({ name: "B", on: "eth0", addresses: ["fe80::1"] }, "use_vmac 02:00:00:00:00:01"),
        );
        expect(routers.map(({ virtualLink }) => virtualLink?.name)).toEqual(["vrrp.51", "vrrp.51"]);
    });
});

describe("vmac_xmit_base", () => {
    const carries = (outcome: Outcome) => outcome.routers[0]?.virtualLink?.carriesAdvertisements;

    it("sends advertisements over the interface itself", () => {
        expect(carries(complete(instance({}, "use_vmac", "vmac_xmit_base")))).toBe(false);
    });

    it("is assumed for unicast, with an error, and left out in strict mode", () => {
        const unicast = complete(instance({}, "use_vmac", "unicast_peer {\n10.0.0.2\n}"));
        expect([carries(unicast), unicast.complaints]).toEqual([
            false,
            ["(VI) unicast cannot be sent from a virtual MAC: vmac_xmit_base is assumed"],
        ]);
        const strict = complete(instance({}, "use_vmac", "vmac_xmit_base", "strict_mode on", "accept"));
        expect(carries(strict)).toBe(true);
        expect(strict.complaints).toContain("(VI) strict mode sends from the virtual MAC only: vmac_xmit_base is left out");
    });
});

describe("use_ipvlan", () => {
    it("makes an ipvlan, which sends from the address that is written", () => {
        const outcome = complete(instance({}, "use_ipvlan ipv1 10.0.0.5 private group 4"));
        expect(outcome.routers[0]).toMatchObject({
            virtualLinks: [
                {
                    name: "ipv1",
                    baseName: "eth0",
                    form: { kind: "ipvlan", mode: "private", address: { bytes: Uint8Array.of(10, 0, 0, 5) } },
                    group: 4,
                },
            ],
            sourceAddress: { bytes: Uint8Array.of(10, 0, 0, 5) },
        });
        expect(placesOf(outcome)).toEqual(["ipv1"]);
        expect(linksOf(complete(instance({}, "use_ipvlan 10.0.0.5")))).toEqual(["vrrp.51@eth0 ipvlan"]);
    });

    it("complains of an address that is missing or of the wrong family", () => {
        expect(complete(instance({}, "use_ipvlan")).complaints).toEqual([
            "(VI) use_ipvlan needs an address with IPv4: advertisements are sent from the interface's own address",
        ]);
        expect(complete(instance({}, "use_ipvlan fe80::1", "mcast_src_ip 10.0.0.3")).complaints).toEqual([
            "(VI) the address of use_ipvlan is of the other address family: it is left out",
        ]);
        expect(complete(instance({ addresses: ["fe80::9"] }, "use_ipvlan")).complaints).toEqual([]);
    });
});
