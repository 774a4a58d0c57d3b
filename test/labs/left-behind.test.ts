import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { runTool } from "../../src/app/cli/lab/run-tool.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan } from "./harness/configuration.ts";
import { programOf } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { untilAddresses, untilLogged } from "./harness/router-pair.ts";

const KEPT = "10.77.0.100/16";
const DROPPED = ["10.77.0.101/16", "fd77::101/64"] as const;
const BY_HAND = "10.77.0.102/16";
const BOTH = { version: 3, interval: 0.1, priority: 200, state: "MASTER" } as const satisfies Partial<InstancePlan>;
const V4 = { ...BOTH, name: "V4", family: 4, addresses: [KEPT, DROPPED[0], BY_HAND] } as const satisfies InstancePlan;
const V6 = { ...BOTH, name: "V6", family: 6, vrid: 52, addresses: ["fe80::77:101/64", DROPPED[1]] } as const satisfies InstancePlan;
const ROUTING = [
    "virtual_routes {\n 10.88.0.0/16 via 10.77.0.9 dev eth0\n 10.89.0.0/16 via 10.77.0.9 dev eth0\n }",
    "virtual_rules {\n from 10.88.0.0/16 table 188\n }",
];

// What the kernel holds for a daemon outlives it when everything is killed; Keepalived's next start removes only what it is configured for.
describe.runIf(canRunLabs())("the next start after a SIGKILL of everything", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "client" }] });
    });

    afterEach(() => {
        lab.close();
    });

    // Given a daemon with addresses, routes, a rule and a table, all killed at once. When one starts that wants one address and one route of them.
    // Then it has these once it is active, the others go for good, and what somebody has put up again by hand meanwhile stays.
    test("removes what is not wanted any more, keeps what is, and says so", async () => {
        const first = await startWithEverything(lab);
        await first.killDead();
        expect(lab.network.addresses("r1")).toEqual(expect.arrayContaining(["10.77.0.100", "10.77.0.101", "fd77::101"]));
        lab.network.ip("r1", "address", "del", BY_HAND, "dev", "eth0");
        lab.network.ip("r1", "address", "add", BY_HAND, "dev", "eth0");
        const next = start(
            lab,
            first,
            configuration({ ...V4, addresses: [KEPT], lines: ["virtual_routes {\n 10.88.0.0/16 via 10.77.0.9 dev eth0\n }"] }),
        );
        await untilLogged(next, "Startup complete");
        await untilAddresses(lab, "r1", { addresses: ["10.77.0.101", "fd77::101", "fe80::77:101"], held: false });
        await until(() => !routes(lab).includes("10.89.0.0/16"), { what: `the old route to go: ${routes(lab)}`, limit: 5_000 });
        await until(() => !lab.network.ip("r1", "rule").includes("188"), { what: "the old rule to go", limit: 5_000 });
        await until(() => tables(lab) === "", { what: `the tables to go: ${tables(lab)}`, limit: 5_000 });
        await untilAddresses(lab, "r1", { addresses: ["10.77.0.100", "10.77.0.102"], held: true });
        await until(() => routes(lab).includes("10.88.0.0/16"), { what: "the route that is wanted", limit: 5_000 });
        expect(next.log()).toContain("Removing 10.77.0.101/16 from eth0: left behind");
        expect(next.log()).not.toContain("Removing 10.77.0.100/16");
        expect(next.log()).toMatch(/Removing .*10\.89\.0\.0\/16.*: left behind/);
    });

    // Given the same. When a daemon starts that has no virtual router at all. Then nothing of the old is left.
    test("removes it even when no virtual router is configured any more", async () => {
        const first = await startWithEverything(lab);
        await first.killDead();
        const next = start(lab, first, "global_defs {\n router_id lab\n}\n");
        await untilAddresses(lab, "r1", { addresses: ["10.77.0.100", "10.77.0.101", "10.77.0.102", "fd77::101"], held: false });
        await until(() => tables(lab) === "" && !routes(lab).includes("10.88"), { what: "tables and routes to go", limit: 5_000 });
        await next.terminate();
    });

    // Given a virtual router with a MAC address of its own. When all is killed, and one without starts. Then its link is gone.
    test("removes links of virtual MACs", async () => {
        const first = start(lab, undefined, configuration({ ...V4, addresses: [KEPT], lines: ["use_vmac vrrp.51"] }));
        await until(() => lab.network.ip("r1", "address").includes("10.77.0.100"), { what: "the address", limit: 10_000 });
        await first.killDead();
        expect(lab.network.ip("r1", "link")).toContain("vrrp.51");
        const next = start(lab, first, configuration({ ...V4, addresses: [KEPT] }));
        await until(() => !lab.network.ip("r1", "link").includes("vrrp.51"), { what: "the link to go", limit: 10_000 });
        await untilAddresses(lab, "r1", { addresses: ["10.77.0.100"], held: true });
        expect(next.log()).toContain("Removing macvlan vrrp.51: left behind");
    });

    // Given a virtual router with a MAC address of its own, which has changed how the interface below asks by ARP. When all is killed, and one starts that
    // wants the same, or none. Then the interface is as it was before the first one: once the next one has ended, or at once.
    test.each(["the same", "none"])(
        "puts back what was changed of interfaces below virtual MACs, also where the next one wants %s",
        async (wanted) => {
            const announce = () =>
                runTool(["ip", "netns", "exec", lab.network.namespace("r1"), "cat", "/proc/sys/net/ipv4/conf/eth0/arp_announce"]).trim();
            const text = configuration({ ...V4, addresses: [KEPT], lines: ["use_vmac vrrp.51"] });
            const usual = announce();
            const first = start(lab, undefined, text);
            await until(() => announce() === "2", { what: "the changed parameter", limit: 10_000 });
            const note = join(first.directory, "parent.state");
            await until(() => readFileSync(note, "utf8").includes("arp_announce"), { what: "a note of it", limit: 10_000 });
            await first.killDead();
            expect([usual === "2", announce()]).toEqual([false, "2"]);
            const next = start(lab, first, wanted === "none" ? "global_defs {\n router_id lab\n}\n" : text);
            await untilLogged(next, wanted === "none" ? "Startup complete" : "Entering MASTER STATE");
            if (wanted === "the same") {
                expect(announce()).toBe("2");
                await next.terminate();
            }
            await until(() => announce() === usual, { what: "the parameter as it was", limit: 10_000 });
        },
    );

    // Given a daemon. When it leaves in good order. Then it leaves no note either.
    test("has nothing to look for after an orderly end", async () => {
        const daemon = await startWithEverything(lab);
        const note = join(daemon.directory, "parent.state");
        expect(existsSync(note)).toBe(true);
        await daemon.terminate();
        expect(existsSync(note)).toBe(false);
    });
});

async function startWithEverything(lab: Lab): Promise<LabDaemon> {
    const daemon = start(lab, undefined, configuration({ ...V4, lines: ["no_accept", ...ROUTING] }, { ...V6, lines: ["no_accept"] }));
    await untilAddresses(lab, "r1", { addresses: ["10.77.0.100", "10.77.0.101", "10.77.0.102", "fd77::101"], held: true });
    await until(() => routes(lab).includes("10.89.0.0/16") && tables(lab) !== "", { what: "routes and tables", limit: 5_000 });
    return daemon;
}

function start(lab: Lab, inPlaceOf: LabDaemon | undefined, text: string): LabDaemon {
    return lab.start("r1", { program: programOf("holdfast"), configuration: text, ...(inPlaceOf !== undefined && { inPlaceOf }) });
}

function routes(lab: Lab): string {
    return lab.network.ip("r1", "route");
}

function tables(lab: Lab): string {
    return runTool(["ip", "netns", "exec", lab.network.namespace("r1"), "nft", "list", "tables"]).trim();
}
