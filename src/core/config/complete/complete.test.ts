import { describe, expect, expectTypeOf, it } from "vitest";
import { centiseconds, seconds } from "../../base/instant.ts";
import { parseIp } from "../../base/ip.ts";
import type { VirtualRouterSettings } from "../../vrrp/settings.ts";
import { root } from "../blocks/root.ts";
import type { Complaint } from "../complaint.ts";
import { lineOf } from "../position.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";
import type { CompletedRouter } from "./completed-router.ts";

interface Outcome {
    readonly routers: readonly CompletedRouter[];
    readonly complaints: readonly Complaint[];
    /** `code@line` of all but advice. */
    readonly codes: readonly string[];
    readonly advice: readonly string[];
}

function complete(text: string): Outcome {
    const complaints: Complaint[] = [];
    const codes: string[] = [];
    const advice: string[] = [];
    const { routers } = completeConfiguration(readForTest(root, text).value, (at, complaint) => {
        complaints.push(complaint);
        (complaint.errorClass === "note" ? advice : codes).push(
            complaint.errorClass === "note" ? complaint.code : `${complaint.code}@${lineOf(at)}`,
        );
    });
    return { routers, complaints, codes, advice };
}

/** One instance with number, interface and address, and these lines on top (from line 4 on). */
function instance(...lines: readonly string[]): Outcome {
    return complete(
        ["vrrp_instance VI", "virtual_router_id 51", "interface eth0"]
            .join("\n")
            .replace("VI", "VI {")
            .concat("\n", [...lines, ...ADDRESS].join("\n")),
    );
}
const ADDRESS = ["virtual_ipaddress {", "10.0.0.9", "}", "}"];
const only = ({ routers }: Outcome): CompletedRouter => {
    expect(routers).toHaveLength(1);
    return routers[0] as CompletedRouter;
};

describe("a virtual router", () => {
    it("has the shape of the machine's settings", () => {
        expectTypeOf<CompletedRouter>().toExtend<VirtualRouterSettings>();
        expectTypeOf<VirtualRouterSettings>().toExtend<CompletedRouter>();
    });

    it("gets every default of Keepalived", () => {
        const outcome = instance();
        expect(outcome.complaints).toEqual([]);
        expect(only(outcome)).toEqual({
            name: "VI",
            vrid: 51,
            version: 2,
            family: 4,
            interfaceName: "eth0",
            priority: 100,
            wantsMaster: false,
            advertisementInterval: seconds(1),
            downTimerAdverts: 3,
            preempt: true,
            preemptDelay: 0,
            accept: true,
            startupDelay: 0,
            authentication: { type: "none" },
            checksum: "standard",
            destination: { type: "multicast", group: parseIp("224.0.0.18") },
            tracksSourceAddress: false,
            tracksInterface: true,
            addresses: [{ address: parseIp("10.0.0.9"), prefixLength: 32, interfaceName: "eth0", scope: 0, flags: 0, isTracked: true }],
            excludedAddresses: [],
            announcements: {
                masterRepeat: 5,
                masterDelay: seconds(5),
                refresh: 0,
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
        });
    });

    it.each([
        ["without a number", "vrrp_instance A {\ninterface eth0\n}", ["keyword-missing@1"]],
        ["without an interface", "vrrp_instance A {\nvirtual_router_id 1\n}", ["keyword-missing@1"]],
        ["on the loopback", "vrrp_instance A {\ninterface lo\nvirtual_router_id 1\n}", ["loopback@2"]],
        ["of version 3 without an address", "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nversion 3\n}", ["no-addresses@1"]],
    ])("is left out %s", (_, text, codes) => {
        expect(complete(text)).toMatchObject({ routers: [], codes });
    });

    it("may own nothing in version 2, or when told so", () => {
        const start = "vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n";
        expect(complete(`${start}}`)).toMatchObject({ routers: [{ addresses: [] }], codes: ["no-addresses@1"] });
        expect(complete(`${start}version 3\nno_virtual_ipaddress\n}`)).toMatchObject({ routers: [{ addresses: [] }], codes: [] });
    });
});

describe("version and interval", () => {
    it.each([
        [["advert_int 0.5"], 2, seconds(1), ["advert-interval@4"]],
        [["advert_int 2.6"], 2, seconds(3), ["advert-interval@4"]],
        [["advert_int 255"], 2, seconds(255), []],
        [["advert_int 0.015", "version 3"], 3, centiseconds(2), ["advert-interval@4"]],
        [["advert_int 50", "version 3"], 3, centiseconds(4095), ["advert-interval@4"]],
        [["advert_int 0.01", "version 3"], 3, centiseconds(1), []],
    ])("%j", (lines, version, advertisementInterval, codes) => {
        const outcome = instance(...lines);
        expect(only(outcome)).toMatchObject({ version, advertisementInterval });
        expect(outcome.codes).toEqual(codes);
    });

    it("is 3 for IPv6 unless something else is written, and in strict mode always", () => {
        const ipv6 = (...lines: readonly string[]): Outcome =>
            complete(
                `vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n${lines.join("\n")}\nvirtual_ipaddress {\nfe80::1/64\n2001:db8::1\n}\n}`,
            );
        expect(only(ipv6())).toMatchObject({ family: 6, version: 3, destination: { group: parseIp("ff02::12") } });
        expect(only(ipv6("version 2"))).toMatchObject({ version: 2 });
        expect(ipv6("version 2", "strict_mode")).toMatchObject({ routers: [{ version: 3 }], codes: ["strict-version@4"] });
    });
});

describe("priority, state and preemption", () => {
    it.each([
        [["state MASTER"], { priority: 255, wantsMaster: true }, []],
        [["priority 255"], { priority: 255, wantsMaster: true }, []],
        [["state MASTER", "priority 90"], { priority: 90, wantsMaster: true }, []],
        [["state MASTER", "priority 90", "strict_mode"], { priority: 90, wantsMaster: false }, ["strict-owner@4"]],
        [["nopreempt"], { preempt: false }, []],
        [["nopreempt", "preempt"], { preempt: true }, []],
        [["preempt", "nopreempt"], { preempt: false }, []],
        [["state MASTER", "priority 90", "nopreempt"], { preempt: true }, ["nopreempt-ignored@6"]],
        [["priority 255", "nopreempt"], { preempt: true }, ["nopreempt-ignored@5"]],
        [["preempt_delay 7"], { preemptDelay: seconds(7) }, []],
        [["nopreempt", "preempt_delay 7"], { preemptDelay: 0 }, ["preempt-delay-ignored@5"]],
        [["state MASTER", "priority 90", "preempt_delay 7"], { preemptDelay: 0 }, ["preempt-delay-ignored@6"]],
        [["timer_expired_backup"], { timerExpiredBackup: 254 }, []],
        [["thread_timer_expired 120"], { timerExpiredBackup: 120 }, []],
        [["no_accept"], { accept: false }, []],
        [["strict_mode"], { accept: false, lowerPriorityNoAdvert: true, higherPrioritySendAdvert: false }, []],
        [["strict_mode", "version 3", "accept"], { accept: true }, []],
        [["strict_mode", "accept"], { accept: false }, ["strict-accept@5"]],
        [["strict_mode", "accept", "priority 255", "state MASTER"], { accept: true }, []],
    ])("%j", (lines, expected, codes) => {
        const outcome = instance(...lines);
        expect(only(outcome)).toMatchObject(expected);
        expect(outcome.codes).toEqual(codes);
    });
});

describe("authentication", () => {
    const pass = ["authentication {", "auth_type PASS", "auth_pass secret", "}"];

    it("carries the password as eight bytes", () => {
        expect(only(instance(...pass)).authentication).toEqual({
            type: "pass",
            password: Uint8Array.of(115, 101, 99, 114, 101, 116, 0, 0),
        });
    });

    it("is the key of a header with AH", () => {
        const outcome = instance("authentication {", "auth_type AH", "auth_pass a-longer-secret", "}");
        expect(only(outcome).authentication).toEqual({ type: "header", password: new TextEncoder().encode("a-longer") });
    });

    it.each([
        [["version 3", ...pass], ["authentication-ignored@5"]],
        [["version 3", ...pass.with(1, "auth_type AH")], ["authentication-ignored@5"]],
        [["strict_mode", ...pass], ["authentication-ignored@5"]],
        [["authentication {", "auth_type PASS", "}"], ["authentication-ignored@4"]],
    ])("is left out in %j", (lines, codes) => {
        const outcome = instance(...lines);
        expect(only(outcome).authentication).toEqual({ type: "none" });
        expect(outcome.codes).toEqual(codes);
    });
});

describe("unicast", () => {
    it("keeps each usable peer once", () => {
        const outcome = instance(
            "unicast_src_ip 10.0.0.1",
            "unicast_peer {",
            "10.0.0.2 min_ttl 250",
            "10.0.0.2",
            "fe80::1",
            "}",
            "unicast_ttl 3",
        );
        expect(only(outcome)).toMatchObject({
            destination: { type: "unicast", ttl: 3, peers: [{ address: parseIp("10.0.0.2"), minTtl: 250, maxTtl: 255 }] },
            sourceAddress: parseIp("10.0.0.1"),
            faultWithoutPeers: false,
        });
        expect(outcome.codes).toEqual(["peer-refused@7", "peer-refused@8"]);
    });

    it("never becomes multicast by an empty list", () => {
        const outcome = instance("unicast_peer {", "}");
        expect(only(outcome)).toMatchObject({ destination: { type: "unicast", peers: [] }, faultWithoutPeers: true });
        expect(outcome.codes).toEqual([expect.stringMatching(/^no-unicast-peers/)]);
    });

    it("is no part of strict mode", () => {
        const outcome = instance("strict_mode", "unicast_peer {", "10.0.0.2", "}");
        expect(only(outcome)).toMatchObject({ strict: true, destination: { type: "unicast" } });
        expect(outcome.codes).toEqual(["strict-unicast@6"]);
    });

    it("says so when its keywords stand there without a list", () => {
        const outcome = instance("unicast_src_ip 10.0.0.1");
        expect(only(outcome)).toMatchObject({ destination: { type: "multicast" }, sourceAddress: parseIp("10.0.0.1") });
        expect(outcome.codes).toEqual(["unicast-without-peers@4"]);
    });
});

describe("addresses", () => {
    const owning = (...lines: readonly string[]): Outcome =>
        complete(["vrrp_instance A {", "interface eth0", "virtual_router_id 1", "virtual_ipaddress {", ...lines, "}", "}"].join("\n"));

    it("carry every option to the kernel's form", () => {
        expect(only(owning("10.0.0.9/24 dev eth1 scope link brd + label eth1:1 no_track")).addresses).toEqual([
            {
                address: parseIp("10.0.0.9"),
                prefixLength: 24,
                interfaceName: "eth1",
                scope: 253,
                broadcast: parseIp("10.0.0.255"),
                label: "eth1:1",
                flags: 0,
                isTracked: false,
            },
        ]);
    });

    it("are kept from duplicate detection and, as /128, from being a source, when they are of IPv6", () => {
        expect(only(owning("fe80::1/64", "2001:db8::1", "2001:db8::2 -nodad preferred_lft forever")).addresses).toMatchObject([
            { prefixLength: 64, scope: 253, flags: 0x02 },
            { prefixLength: 128, scope: 0, flags: 0x02, preferredLifetime: 0 },
            { prefixLength: 128, flags: 0 },
        ]);
    });

    it("are refused when they stand twice or are of the other family", () => {
        const outcome = owning("10.0.0.1", "10.0.0.1", "fe80::1");
        expect(only(outcome).addresses).toHaveLength(1);
        expect(outcome.codes).toEqual(["address-refused@6", "address-refused@7"]);
    });

    it("are owned unlisted where an advertisement cannot hold them", () => {
        const lines = Array.from({ length: 300 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
        const outcome = owning(...lines);
        expect(only(outcome).addresses).toHaveLength(255);
        expect(only(outcome).excludedAddresses).toHaveLength(45);
        expect(outcome).toMatchObject({ codes: [], advice: ["too-many-addresses"] });
    });
});

describe("several routers", () => {
    const router = (name: string, ...lines: readonly string[]): string =>
        `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id 1\n${lines.join("\n")}\n${ADDRESS.join("\n")}\n`;

    it("of one number on one interface: the first stays", () => {
        const outcome = complete(router("A") + router("B"));
        expect(outcome.routers.map(({ name }) => name)).toEqual(["A"]);
        expect(outcome.codes).toEqual(["duplicate-router-id@11"]);
    });

    it("may share a number when groups or peers tell them apart", () => {
        const peers = (address: string): string => `unicast_peer {\n${address}\n}`;
        expect(complete(router("A") + router("B", "mcast_dst_ip 224.0.0.99")).codes).toEqual([]);
        expect(complete(router("A", peers("10.0.0.2")) + router("B", peers("10.0.0.3"))).codes).toEqual([]);
        expect(complete(router("A", peers("10.0.0.2")) + router("B", peers("10.0.0.2"))).routers).toHaveLength(1);
    });

    it("take a time in proportion to their number", () => {
        const text = Array.from({ length: 4000 }, (_, index) =>
            router(`R${index}`)
                .replace("_id 1", `_id ${(index % 255) + 1}`)
                .replace("eth0", `eth${index >> 7}`),
        );
        const { value } = readForTest(root, text.join(""));
        let complaints = 0;
        const { routers } = completeConfiguration(value, () => {
            complaints++;
        });
        expect(routers.length + complaints).toBe(4000);
    });
});

describe("names of things", () => {
    const base = instance().routers.length === 1 ? `vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n${ADDRESS.join("\n")}\n` : "";

    it.each([
        ["vrrp_sync_group G {\ngroup {\nA\nZ\n}\n}", ["group-member-refused@11", "group-of-one@8"]],
        ["vrrp_sync_group G {\n}", ["group-empty@8"]],
        ["vrrp_sync_group G {\ngroup {\nA\n}\ntrack_script {\nnope\n}\n}", ["tracker-refused@13", "group-of-one@8"]],
        ["vrrp_script s {\n}", ["definition-incomplete@8"]],
    ])("%j", (text, codes) => {
        expect([...complete(`${base}${text}`).codes].sort()).toEqual([...codes].sort());
    });
});

describe("advice", () => {
    it("tells what is seldom meant and never counts", () => {
        expect(instance("state MASTER").advice).toEqual(["owner-by-state"]);
        expect(instance("strict_mode").advice).toEqual(["strict-unreachable"]);
        expect(instance("authentication {", "auth_type PASS", "auth_pass x", "}").advice).toEqual(["password-is-no-protection"]);
        expect(instance("unicast_src_ip 10.0.0.2", "unicast_peer {", "10.0.0.2", "}").advice).toEqual(["peer-is-self"]);
    });

    it("tells of weights that can never move an address", () => {
        const weighted = ["track_interface {", "eth1 weight -20", "}"];
        expect(instance("nopreempt", ...weighted).advice).toEqual(["weight-without-preemption"]);
        expect(instance(...weighted).advice).toEqual([]);
        expect(instance("nopreempt", "track_interface {", "eth1", "}").advice).toEqual([]);
    });
});

describe("a virtual router without an interface", () => {
    const without = (...lines: readonly string[]) => complete(["vrrp_instance VI {", "virtual_router_id 51", ...lines, "}"].join("\n"));
    const unicast = ["unicast_src_ip 10.0.0.1", "unicast_peer {", "10.0.0.2", "}"];
    const address = ["virtual_ipaddress {", "10.0.0.9 dev eth1", "}"];

    it("advertises by unicast from a known address, wherever routing sends it", () => {
        const outcome = without(...unicast, ...address);
        expect(outcome.codes).toEqual([]);
        expect(only(outcome)).toMatchObject({ interfaceName: "", addresses: [{ interfaceName: "eth1" }] });
    });

    it("advertises in its VRF", () => {
        expect(only(without("vrf blue", ...unicast, ...address)).interfaceName).toBe("blue");
        expect(instance("vrf blue").codes).toEqual(["vrf-with-interface@4"]);
    });

    it("is nothing without unicast peers and a source address", () => {
        expect(without(...address)).toMatchObject({ routers: [], codes: ["keyword-missing@1"] });
        expect(without("unicast_src_ip 10.0.0.1", ...address)).toMatchObject({ routers: [], codes: ["keyword-missing@1"] });
    });

    it("needs dev for its addresses, and has nothing to put a virtual MAC on", () => {
        expect(without("use_vmac", ...unicast, "virtual_ipaddress {", "10.0.0.9", "}").codes).toEqual([
            "virtual-link@3",
            "address-refused@9",
            "no-addresses@1",
        ]);
    });
});
