import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { echoesOf, longestOutage } from "../../src/app/cli/lab/echo-record.ts";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { Probe } from "../../src/app/cli/lab/probe.ts";
import { runTool } from "../../src/app/cli/lab/run-tool.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { type InstancePlan, LINK_LOCAL_ADDRESS, SERVICE_ADDRESS, VRID } from "./harness/configuration.ts";
import { type DaemonKind, UNDER_TEST } from "./harness/daemon-kind.ts";
import { FrrRouter } from "./harness/frr.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { masterDownInterval } from "./harness/protocol-limits.ts";
import { openPair, startRouter, untilMaster } from "./harness/router-pair.ts";

const MAC = { 4: "00:00:5e:00:01:33", 6: "00:00:5e:00:02:33" } as const;
const IPV4 = { version: 3, family: 4, interval: 0.2, lines: ["use_vmac"] } as const satisfies Partial<InstancePlan>;
const IPV6 = { ...IPV4, family: 6 } as const satisfies Partial<InstancePlan>;

/** Addresses of a machine's interface; none while there is no such interface. */
function addressesOn(lab: Lab, node: string, device: string): string {
    return (
        lab.network
            .ip(node, "-brief", "address")
            .split("\n")
            .find((line) => line.startsWith(`${device}@`)) ?? ""
    );
}

/** What the client's kernel believes of an address. */
function neighbour(lab: Lab, address: string): string {
    return /lladdr (\S+)/.exec(lab.network.ip("client", "neighbour", "show", address))?.[1] ?? "";
}

function ping(lab: Lab, address: string): boolean {
    try {
        runTool(["ip", "netns", "exec", lab.network.namespace("client"), "ping", "-c", "1", "-W", "1", address]);
        return true;
    } catch {
        return false;
    }
}

async function untilServed(lab: Lab, address: string): Promise<void> {
    await until(() => ping(lab, address), { what: `an answer from ${address}`, limit: 15_000, every: 50 });
}

/**
 * Keepalived's own machine asks by ARP for its clients, in the name of the virtual address and from its interface's own MAC address, which they learn then:
 * operators have to prevent that by themselves.
 */
function start(lab: Lab, node: string, kind: DaemonKind, plan: InstancePlan): LabDaemon {
    if (kind === "keepalived") {
        const command = "echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce";
        runTool(["ip", "netns", "exec", lab.network.namespace(node), "sh", "-c", command]);
    }
    return startRouter(lab, node, kind, plan);
}

/** The Ethernet addresses that advertisements came from. */
function senders(lab: Lab, node: string): readonly string[] {
    return [...new Set(lab.capture.advertisements({ node }).map(({ bytes }) => [...bytes.subarray(6, 12)].map(octet).join(":")))];
}

const octet = (value: number): string => value.toString(16).padStart(2, "0");

describe.runIf(canRunLabs())("a virtual MAC address", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = openPair();
    });

    afterEach(() => {
        lab.close();
    });

    const PAIRS: readonly (readonly [DaemonKind, DaemonKind])[] = [
        [UNDER_TEST, UNDER_TEST],
        [UNDER_TEST, "keepalived"],
        ["keepalived", UNDER_TEST],
    ];
    const FAMILIES = [
        { title: "IPv4", plan: IPV4, address: SERVICE_ADDRESS[4] },
        { title: "IPv6", plan: IPV6, address: SERVICE_ADDRESS[6] },
    ] as const;

    // Given a master and a backup, both with use_vmac. When the master's host dies. Then the client reaches the service again with the entry
    // that it has: nothing of its neighbour table has changed.
    describe.each(FAMILIES)("over $title", ({ plan, address }) => {
        test.each(PAIRS)("master %s, backup %s: the client's neighbour entry does not change", async (first, second) => {
            const master = start(lab, "r1", first, { ...plan, priority: 200 });
            await untilMaster(lab, "r1");
            start(lab, "r2", second, { ...plan, priority: 100 });
            await untilServed(lab, address);
            expect(neighbour(lab, address)).toBe(MAC[plan.family]);
            await pause(masterDownInterval({ priority: 100, interval: plan.interval * 1_000 }));
            expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
            lab.network.cut("r1");
            await master.killDead();
            await untilMaster(lab, "r2");
            await untilServed(lab, address);
            expect(neighbour(lab, address)).toBe(MAC[plan.family]);
            expect([senders(lab, "r1"), senders(lab, "r2")]).toEqual([[MAC[plan.family]], [MAC[plan.family]]]);
        });
    });

    // Given link-local and global IPv6 addresses on a virtual MAC. When another takes over. Then all of them answer, from the virtual MAC.
    test("carries a link-local address and global ones", async () => {
        const addresses = [`${LINK_LOCAL_ADDRESS}/64`, "fd77::100/64", "fd77::101/64"];
        const master = startRouter(lab, "r1", UNDER_TEST, { ...IPV6, addresses, priority: 200 });
        startRouter(lab, "r2", "keepalived", { ...IPV6, addresses, priority: 100 });
        await untilMaster(lab, "r1");
        const asked = ["fd77::100", "fd77::101", `${LINK_LOCAL_ADDRESS}%eth0`];
        for (const address of asked) {
            await untilServed(lab, address);
        }
        await master.terminate();
        await untilMaster(lab, "r2");
        for (const address of asked) {
            await untilServed(lab, address);
            expect(neighbour(lab, address.split("%")[0] ?? "")).toBe(MAC[6]);
        }
    });

    // Given FRR, which knows no other way. When it is master, and when it dies. Then the client's entry does not change.
    test.runIf(hasTool("/usr/lib/frr/vrrpd"))("is shared with FRR", async () => {
        const frr = await FrrRouter.start(lab, "r2", { ...IPV4, priority: 200 });
        await untilMaster(lab, "r2");
        startRouter(lab, "r1", UNDER_TEST, { ...IPV4, priority: 100 });
        await untilServed(lab, SERVICE_ADDRESS[4]);
        expect(neighbour(lab, SERVICE_ADDRESS[4])).toBe(MAC[4]);
        lab.network.cut("r2");
        await frr.killDead();
        await untilMaster(lab, "r1");
        await untilServed(lab, SERVICE_ADDRESS[4]);
        expect([neighbour(lab, SERVICE_ADDRESS[4]), senders(lab, "r1")]).toEqual([MAC[4], [MAC[4]]]);
    });

    // Given vmac_xmit_base. When it is master. Then advertisements come from the interface's own MAC address, and ARP answers with the virtual one.
    test("answers for addresses while advertisements go over the base", async () => {
        startRouter(lab, "r1", UNDER_TEST, { ...IPV4, lines: ["use_vmac", "vmac_xmit_base"], priority: 200 });
        await untilMaster(lab, "r1");
        // Later: as master for a moment it would tell the client of its own address.
        startRouter(lab, "r2", "keepalived", { ...IPV4, priority: 100 });
        await untilServed(lab, SERVICE_ADDRESS[4]);
        expect([senders(lab, "r1"), neighbour(lab, SERVICE_ADDRESS[4])]).toEqual([["02:00:00:77:00:01"], MAC[4]]);
    });

    // Given a master with a virtual MAC. When its vrrp process is killed, thrice. Then its successor goes on with the same link: no flap, no gap.
    test.runIf(UNDER_TEST === "holdfast")("stays when the vrrp process is killed, with its addresses", async () => {
        const master = startRouter(lab, "r1", UNDER_TEST, { ...IPV4, interval: 1, priority: 200, state: "MASTER" });
        await untilMaster(lab, "r1");
        startRouter(lab, "r2", UNDER_TEST, { ...IPV4, interval: 1, priority: 100 });
        await untilServed(lab, SERVICE_ADDRESS[4]);
        const probe = Probe.start(lab.addon, lab.network, { node: "client", address: SERVICE_ADDRESS[4], every: 5 });
        const number = () => lab.network.ip("r1", "-oneline", "link", "show", `vrrp.${VRID}`).split(":")[0];
        const before = number();
        for (let round = 0; round < 3; round++) {
            const gone = await master.killVrrp();
            const at = lab.capture.now;
            await until(() => master.vrrpPid !== undefined && master.vrrpPid !== gone, { what: "a new vrrp process", limit: 3_000 });
            await until(() => lab.capture.lastAdvertisement({ node: "r1", after: at }), { what: "its first advertisement", limit: 3_000 });
        }
        probe.stop();
        expect([number(), lab.capture.advertisements({ node: "r2" })]).toEqual([before, []]);
        expect(longestOutage(echoesOf(lab.capture.frames, SERVICE_ADDRESS[4]))).toBeLessThan(50);
        await master.terminate();
        expect(addressesOn(lab, "r1", `vrrp.${VRID}`)).toBe("");
        const filter = runTool(["ip", "netns", "exec", lab.network.namespace("r1"), "cat", "/proc/sys/net/ipv4/conf/eth0/arp_ignore"]);
        expect(filter.trim()).toBe("0");
    });

    // Given a master whose link is upon an interface that vanishes. When one of the same name appears. Then the link is upon that, and it is master again.
    test("comes again with its interface, and when somebody removes it", async () => {
        startRouter(lab, "r1", UNDER_TEST, { ...IPV4, priority: 200, globals: ["dynamic_interfaces"] });
        await untilMaster(lab, "r1");
        await untilServed(lab, SERVICE_ADDRESS[4]);
        lab.network.unplug("r1");
        await until(() => addressesOn(lab, "r1", `vrrp.${VRID}`) === "", { what: "the end of the link", limit: 5_000 });
        lab.network.plug("r1");
        await untilServed(lab, SERVICE_ADDRESS[4]);
        lab.network.ip("r1", "link", "delete", `vrrp.${VRID}`);
        await until(() => addressesOn(lab, "r1", `vrrp.${VRID}`).includes(SERVICE_ADDRESS[4]), {
            what: "the link and its address",
            limit: 10_000,
        });
        await untilServed(lab, SERVICE_ADDRESS[4]);
        expect(neighbour(lab, SERVICE_ADDRESS[4])).toBe(MAC[4]);
    });

    // Given a backup. When it joins the group. Then its report leaves with its interface's own MAC address: a switch must not learn the virtual one from it.
    test("of a backup is never seen on the wire", async () => {
        startRouter(lab, "r1", UNDER_TEST, { ...IPV4, priority: 200 });
        await untilMaster(lab, "r1");
        const backup = startRouter(lab, "r2", UNDER_TEST, { ...IPV4, priority: 100 });
        await until(() => backup.log().includes("Entering BACKUP STATE"), { what: "the backup", limit: 10_000 });
        await pause(2_000);
        const fdb = runTool(["bridge", "-n", lab.network.switchNamespace, "fdb", "show"]);
        const learned = fdb.split("\n").filter((line) => line.includes(MAC[4]));
        expect(learned.map((line) => line.split(" ")[2])).toEqual([lab.network.port("r1")]);
    });
});
