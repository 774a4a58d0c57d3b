import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import { virtualRouterMac } from "../../src/core/base/mac.ts";
import type { VirtualLink } from "../../src/core/link/virtual-link.ts";
import { VirtualLinks } from "../../src/core/link/virtual-links.ts";
import type { BulkWork } from "../../src/host/world.ts";
import { KernelLinks } from "../../src/io/link/kernel-links.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { LinkMonitor } from "../../src/io/netlink/link-monitor.ts";
import { OwnRemovals } from "../../src/io/netlink/own-removals.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT, until } from "./own-namespace.ts";

const address = (text: string) => parseIp(text) as IpAddress;
const macvlan = (name: string, family: 4 | 6, more: Partial<VirtualLink> = {}): VirtualLink => ({
    name,
    baseName: "va",
    form: { kind: "macvlan", mac: virtualRouterMac(family, 51) },
    hasIpv4: family === 4,
    hasIpv6: family === 6,
    ...more,
});
const parameter = (path: string) => Number(readFileSync(`/proc/sys/net/${path}`, "utf8"));
const shown = (name: string) => ip(`-d link show ${name}`);
const exists = (name: string) => ip("-br link").includes(`${name}@`);

/** The links of one process: what it knows of the kernel and what it does there. */
class Process {
    readonly links = new VirtualLinks();
    readonly refused: string[] = [];
    readonly monitor: LinkMonitor;
    readonly kernel: KernelLinks;
    publications = 0;
    #work: BulkWork | undefined;

    constructor(system: NativeAddon) {
        this.kernel = new KernelLinks({
            system,
            clock: new MonotonicClock(system),
            links: this.links,
            bulk: {
                add: (work) => {
                    this.#work = work;
                },
            },
            onRefused: (text) => this.refused.push(text),
            onParametersChanged: () => {
                this.publications += 1;
            },
        });
        const onNews = (news: Parameters<KernelLinks["hear"]>[0]) => this.kernel.hear(news);
        this.monitor = new LinkMonitor({ system, ownRemovals: new OwnRemovals(), onReady: () => this.listen(), onNews });
    }

    want(links: readonly VirtualLink[], silencesReports = false): void {
        this.kernel.want({ links, virtualAddresses: [address("fe80::51")], silencesReports }, () => this.listen());
        this.work();
    }

    listen(): void {
        while (this.monitor.drain()) {}
    }

    /** What the loop does: takes in what is told, and does what is to be done. */
    work(): void {
        for (let round = 0; round < 6; round++) {
            this.listen();
            const work = this.#work;
            this.#work = undefined;
            work?.step(0 as never);
        }
    }

    end(keepsLinks = false): void {
        this.kernel.end(keepsLinks);
        this.monitor.close();
    }
}

/**
 * Given an interface of our own,
 * when virtual links are wanted upon it,
 * then they stand as they are wanted, whatever others do, and at the end all is as it was.
 */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`virtual links in the kernel${NEEDS_ROOT}`, () => {
    let system: NativeAddon;
    let running: Process;

    beforeAll(() => {
        system = enterOwnNamespace();
    });

    beforeEach(() => {
        makeVethPair("va", "vb");
        running = new Process(system);
    });

    afterEach(() => {
        running.end();
        ip("link del va");
    });

    it("stand with the virtual MAC address, in private mode, up, and are gone at the end", () => {
        running.want([macvlan("vrrp.51", 4), macvlan("vrrp6.51", 6, { group: 7 })]);
        expect(shown("vrrp.51")).toMatch(/UP.*\n.*00:00:5e:00:01:33[\s\S]*macvlan mode private/);
        expect(shown("vrrp6.51")).toMatch(/group 7[\s\S]*00:00:5e:00:02:33/);
        running.end();
        expect([exists("vrrp.51"), exists("vrrp6.51")]).toEqual([false, false]);
        running = new Process(system);
    });

    it("have the kernel's parameters that they need, and so have their bases until the end", () => {
        running.want([macvlan("vrrp.51", 4), macvlan("vrrp6.51", 6)]);
        const ipv4 = (name: string) =>
            ["arp_ignore", "arp_filter", "accept_local", "rp_filter", "promote_secondaries"].map((one) =>
                parameter(`ipv4/conf/${name}/${one}`),
            );
        expect([ipv4("vrrp.51"), ipv4("va"), ipv4("vb")]).toEqual([
            [1, 0, 1, 0, 1],
            [1, 1, 0, 0, 0],
            [0, 0, 0, 0, 0],
        ]);
        const ipv6 = (name: string) => ["addr_gen_mode", "accept_ra", "autoconf"].map((one) => parameter(`ipv6/conf/${name}/${one}`));
        expect([parameter("ipv6/conf/vrrp.51/disable_ipv6"), parameter("ipv6/conf/vrrp6.51/disable_ipv6")]).toEqual([1, 0]);
        expect([ipv6("vrrp6.51"), ipv6("va")]).toEqual([
            [1, 0, 0],
            [0, 1, 1],
        ]);
        expect(running.publications).toBeGreaterThan(0);
        running.want([macvlan("vrrp6.51", 6)]);
        running.kernel.clear();
        running.work();
        expect([exists("vrrp.51"), ipv4("va")]).toEqual([false, [0, 0, 0, 0, 0]]);
    });

    it("have all's rp_filter moved to each interface, and moved back at the end, also by a successor; not where somebody changed it since", () => {
        writeFileSync("/proc/sys/net/ipv4/conf/all/rp_filter", "1");
        const filters = () => ["all", "default", "va", "vb", "vrrp.51"].map((name) => parameter(`ipv4/conf/${name}/rp_filter`));
        running.want([macvlan("vrrp.51", 4)]);
        expect(filters()).toEqual([0, 1, 1, 1, 0]);
        const { changedParameters } = running.kernel;
        running.end(true);
        running = new Process(system);
        running.kernel.adopt(structuredClone(changedParameters));
        running.want([macvlan("vrrp.51", 4)]);
        expect(filters()).toEqual([0, 1, 1, 1, 0]);
        writeFileSync("/proc/sys/net/ipv4/conf/vb/rp_filter", "2");
        running.end();
        expect(filters).toThrow("vrrp.51");
        expect(["all", "default", "va", "vb"].map((name) => parameter(`ipv4/conf/${name}/rp_filter`))).toEqual([1, 0, 0, 2]);
        expect(parameter("ipv4/conf/va/arp_ignore")).toBe(0);
        writeFileSync("/proc/sys/net/ipv4/conf/all/rp_filter", "0");
        running = new Process(system);
    });

    it("of a predecessor are taken over: same number, nothing set down", () => {
        running.want([macvlan("vrrp.51", 4)]);
        ip("addr add 10.1.0.9/24 dev vrrp.51");
        const before = ip("-br addr show vrrp.51") + system.ifNameToIndex("vrrp.51");
        running.end(true);
        running = new Process(system);
        running.want([macvlan("vrrp.51", 4)]);
        expect(ip("-br addr show vrrp.51") + system.ifNameToIndex("vrrp.51")).toBe(before);
        running.end();
        expect(exists("vrrp.51")).toBe(false);
        running = new Process(system);
    });

    it("come back when somebody removes, renames, mutes or changes them", async () => {
        running.want([macvlan("vrrp.51", 4)]);
        const isRight = () => {
            running.work();
            return exists("vrrp.51") && /UP.*\n.*00:00:5e:00:01:33[\s\S]*mode private/.test(shown("vrrp.51"));
        };
        ip("link del vrrp.51");
        await until(isRight);
        ip("link set vrrp.51 down");
        ip("link set vrrp.51 name other");
        await until(isRight);
        expect(exists("other")).toBe(false);
        ip("link set vrrp.51 down");
        await until(isRight);
        ip("link set vrrp.51 address 02:00:00:00:00:77");
        await until(isRight);
        ip("link set vrrp.51 type macvlan mode bridge");
        await until(isRight);
    });

    it("wait for their base, and come again with another one of the same name", async () => {
        running.want([macvlan("vrrp.51", 4, { baseName: "vc" })]);
        expect(exists("vrrp.51")).toBe(false);
        for (let round = 0; round < 2; round++) {
            makeVethPair("vc", "vd");
            await until(() => {
                running.work();
                return exists("vrrp.51") && shown("vrrp.51").includes("UP");
            });
            expect(parameter("ipv4/conf/vc/arp_ignore")).toBe(1);
            ip("link del vc");
            running.work();
        }
    });

    it("of IPv6 have their base's link-local address, and follow it", async () => {
        running.want([macvlan("vrrp6.51", 6)]);
        const linkLocals = (name: string) => [...ip(`-6 addr show ${name}`).matchAll(/fe80\S+/g)].map(([text]) => text);
        await until(() => {
            running.work();
            return linkLocals("va").length === 1 && String(linkLocals("vrrp6.51")) === String(linkLocals("va"));
        });
        expect(ip("-6 addr show vrrp6.51")).toMatch(/nodad deprecated/);
        ip(`addr del ${linkLocals("va")[0]} dev va`);
        ip("addr add fe80::77/64 dev va nodad");
        await until(() => {
            running.work();
            return String(linkLocals("vrrp6.51")) === "fe80::77/64";
        });
    });

    it("are in their base's group", async () => {
        running.want([macvlan("vrrp.51", 4)]);
        ip("link set va group 12");
        await until(() => {
            running.work();
            return shown("vrrp.51").includes("group 12 ");
        });
    });

    it("have the kernel tell of their base once more where that is asked for", () => {
        running.want([macvlan("vrrp.51", 4, { isNotified: true })]);
        expect([running.refused, shown("vrrp.51").includes("LOWER_UP")]).toEqual([[], true]);
    });

    it("do not take the place of something else", () => {
        ip("link add vrrp.51 type bridge");
        running.want([macvlan("vrrp.51", 4)]);
        expect(running.refused).toEqual(["cannot make macvlan vrrp.51 on va: an interface of that name (bridge) is there already"]);
        running.end();
        expect(ip("-br link")).toContain("vrrp.51 ");
        ip("link del vrrp.51");
        running = new Process(system);
    });

    it("of a kind that the kernel does not have are refused in clear words, once", () => {
        running.want([macvlan("ipv", 4, { form: { kind: "ipvlan", mode: "bridge", address: address("10.1.0.5") } })]);
        running.work();
        if (exists("ipv")) {
            expect(ip("-d link show ipv")).toMatch(/ipvlan.*mode l2 bridge/);
            expect(ip("addr show ipv")).toContain("10.1.0.5/32");
        } else {
            expect(running.refused).toEqual([expect.stringMatching(/^cannot make ipvlan ipv on va: EOPNOTSUPP/)]);
        }
    });

    it("with disable_local_igmp no membership report leaves, until the end", () => {
        running.want([macvlan("vrrp.51", 4)], true);
        expect(parameter("ipv4/igmp_link_local_mcast_reports")).toBe(0);
        running.want([]);
        running.kernel.clear();
        running.work();
        expect(parameter("ipv4/igmp_link_local_mcast_reports")).toBe(1);
    });
});
