import { execFileSync } from "node:child_process";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { GroupMarks } from "../../src/core/balance/nftables/group-marks.ts";
import type { TableCommand } from "../../src/core/balance/table.ts";
import { virtualServer } from "../../src/core/balance/test-bench.ts";
import { milliseconds } from "../../src/core/base/instant.ts";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import { SERVICE_FLAG } from "../../src/core/netlink/ipvs.ts";
import type { DataPlaneNews } from "../../src/host/data-plane.ts";
import type { BulkWork } from "../../src/host/world.ts";
import { MarkedGroups } from "../../src/io/balance/marked-groups.ts";
import { NftablesPlane } from "../../src/io/balance/nftables-plane.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { hasTool } from "../labs/harness/prerequisites.ts";
import { endpoint, type PlaneWorld, runSuite, server, service } from "./data-plane-suite.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair } from "./own-namespace.ts";

const CAN_RUN = CAN_HAVE_NAMESPACE && hasTool("nft");
const TABLE = "holdfast_lvs";
const WEB = endpoint("10.9.0.1", 80);

function nft(...words: readonly string[]): string {
    const path = `${process.env["PATH"]}:/usr/sbin:/sbin`;
    return execFileSync("nft", words, { encoding: "utf8", env: { ...process.env, PATH: path } });
}

/** What `nft` shows, without white space that only makes it pretty. */
const ruleset = (): string => nft("list", "ruleset").replace(/\s+/g, " ").trim();

/**
 * Given a network namespace of our own,
 * when a load balancer's table is written, changed and read in it,
 * then nf_tables holds it so that nft can show it, and nothing that is not ours is touched.
 */
describe.skipIf(!CAN_RUN)(`the nftables data plane${CAN_RUN ? "" : " (skipped: needs root and nft)"}`, () => {
    let system: NativeAddon;
    const works = new Set<BulkWork>();
    const refusals: string[] = [];
    const open = ({ bulk, onNews }: PlaneWorld): NftablesPlane =>
        new NftablesPlane({ system, table: TABLE, bulk, onNews, onRefused: (text) => refusals.push(text) });
    const news: DataPlaneNews[] = [];
    const world: PlaneWorld = { bulk: { add: (work) => works.add(work) }, onNews: (one) => news.push(one) };
    const work = (): DataPlaneNews | undefined => {
        for (const each of works) {
            while (each.step(milliseconds(1)) !== false) {}
        }
        works.clear();
        return news.at(-1);
    };
    const apply = (plane: NftablesPlane, ...commands: readonly TableCommand[]): DataPlaneNews | undefined => {
        plane.apply(commands);
        return work();
    };
    const link = (name: string) => {
        const flags = { isUp: true, isRunning: true, isMulticast: true, isLoopback: false, isNoArp: false };
        return { type: "link", link: { index: system.ifNameToIndex(name), name, mtu: 1500, mac: new Uint8Array(6), ...flags } } as const;
    };

    beforeAll(() => {
        system = enterOwnNamespace();
        makeVethPair("va", "vb");
        ip("addr add 10.9.0.1/24 dev va");
    });
    afterEach(() => {
        nft("flush", "ruleset");
        refusals.length = 0;
    });

    it("holds the table that every data plane holds", () => {
        nft("add", "table", "ip", "theirs");
        const steps = runSuite(open);
        expect(steps.map(({ name, seen }) => ({ name, seen }))).toEqual(steps.map(({ name, wanted }) => ({ name, seen: wanted })));
        expect(steps.length).toBeGreaterThan(7);
        expect(ruleset()).toBe("table ip theirs { }");
        expect(refusals).toEqual([]);
    });

    it("can be read by people: services, servers and who has which turn", () => {
        const plane = open(world);
        plane.hear(link("va"));
        const persistent = service(WEB, { scheduler: "wrr", flags: SERVICE_FLAG.persistent, persistence: 300 });
        const servers = [server("10.9.0.3", { weight: 2 }), server("10.9.0.4", { forwarding: "route" })];
        expect(
            apply(
                plane,
                { type: "add-service", service: persistent },
                ...servers.map((destination) => ({ type: "add-destination", identity: WEB, destination }) as const),
            ),
        ).toEqual({ type: "applied" });
        const shown = ruleset();
        expect(shown).toContain("elements = { 10.9.0.1 . tcp . 80 : goto service-1 }");
        expect(shown).toContain('dnat to 10.9.0.3:80 comment "server 10.9.0.3 80 nat 2 0 0 of 1"');
        expect(shown).toContain('fwd ip to 10.9.0.4 device "va" comment "server 10.9.0.4 80 route 1 0 0 of 1"');
        expect(shown).toContain("update @clients-1 { ip saddr : 0:2 }");
        expect(shown).toContain('type filter hook ingress device "va" priority -500; policy accept;');
        plane.close();
    });

    it("is taken over with all that it remembers: rules are written again, and read the same", () => {
        const first = open(world);
        first.hear(link("va"));
        const persistent = service(WEB, { flags: SERVICE_FLAG.persistent, persistence: 300 });
        const servers = [server("10.9.0.3"), server("10.9.0.4", { forwarding: "route" })];
        const commands = servers.map((destination) => ({ type: "add-destination", identity: WEB, destination }) as const);
        apply(first, { type: "add-service", service: persistent }, ...commands);
        first.close();
        nft("add", "element", "ip", TABLE, "clients-1", "{ 10.9.0.77 : 0:2 }");
        const withoutExpiry = (text: string): string => text.replace(/ expires \S+/g, "");
        const before = withoutExpiry(ruleset());
        const second = open(world);
        second.hear(link("va"));
        second.read();
        expect(withoutExpiry(ruleset())).toBe(before);
        expect(before).toContain("10.9.0.77");
        second.close();
    });

    it("is made anew when somebody has thrown it away", () => {
        const plane = open(world);
        apply(plane, { type: "add-service", service: service(WEB) });
        nft("flush", "ruleset");
        expect(apply(plane, { type: "add-destination", identity: WEB, destination: server("10.9.0.3") })).toEqual({ type: "applied" });
        expect(ruleset()).toContain("dnat to 10.9.0.3:80");
        plane.close();
    });

    it("leaves a table of its name alone that is somebody else's", () => {
        nft("add", "table", "ip6", TABLE);
        expect(() => open(world)).toThrow(`the nftables table ip6 ${TABLE} is somebody else's`);
    });

    it("takes hundreds of servers, and changes one of them", () => {
        const plane = open(world);
        const servers = Array.from({ length: 300 }, (_, index) => server(`10.10.${index >> 8}.${index & 255}`));
        const commands = servers.map((destination) => ({ type: "add-destination", identity: WEB, destination }) as const);
        expect(apply(plane, { type: "add-service", service: service(WEB) }, ...commands)).toEqual({ type: "applied" });
        expect(ruleset().match(/dnat to/g)).toHaveLength(300);
        apply(plane, { type: "edit-destination", identity: WEB, destination: server("10.10.0.0", { weight: 0 }) });
        expect(ruleset()).toContain("numgen inc mod 299 vmap @slots-1");
        plane.close();
    });

    it("goes when it is told to, and only when no service is left", () => {
        const plane = open(world);
        apply(plane, { type: "add-service", service: service(WEB) });
        plane.restore();
        expect(ruleset()).toContain(TABLE);
        apply(plane, { type: "delete-service", identity: WEB });
        plane.restore();
        expect(ruleset()).toBe("");
        plane.close();
    });

    it("nftables_ipvs: marks the addresses of groups, in place, and leaves nothing behind", () => {
        const first = parseIp("10.9.0.1") as IpAddress;
        const entry = { type: "addresses", first, port: 80, protocol: "tcp" } as const;
        const group = (count: number) => virtualServer({ key: "[web]:0 tcp", entries: [{ ...entry, count }] });
        const groups = new MarkedGroups(system, { table: "keepalived_ipvs", priority: -5, first: 1_000 }, (text) => refusals.push(text));
        expect(groups.apply([group(2)])[0]?.entries).toEqual(new GroupMarks(1_000).mark([group(2)]).servers[0]?.entries);
        groups.apply([group(3)]);
        const shown = ruleset();
        expect(shown).toContain("10.9.0.3 . tcp . 80 : 0x000003e8");
        expect(shown).toContain(
            "meta mark set ip daddr . meta l4proto map @marks-all-ports meta mark set ip daddr . meta l4proto . th dport map @marks }",
        );
        expect(shown).toContain("hook prerouting priority filter - 5;");
        expect(groups.apply([group(1)])).toEqual([group(1)]);
        expect(ruleset()).toBe("");
        expect(refusals).toEqual([]);
        groups.close();
    });
});
