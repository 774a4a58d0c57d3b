import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import { runTool } from "../../src/app/cli/lab/run-tool.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { type InstancePlan, LINK_LOCAL_ADDRESS, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { openPair, startRouter, untilAddresses, untilMaster } from "./harness/router-pair.ts";

const ROUTER = { version: 3, interval: 0.1, priority: 150 } as const satisfies Partial<InstancePlan>;
/** Both daemons side by side: what the original does is what is expected. */
const DAEMONS = UNDER_TEST === "keepalived" ? (["keepalived"] as const) : (["keepalived", "holdfast"] as const);

function inside(lab: Lab, node: string, ...command: readonly string[]): string {
    return runTool(["ip", "netns", "exec", lab.network.namespace(node), ...command]);
}

function pings(lab: Lab, address: string): boolean {
    try {
        inside(lab, "client", "ping", "-c1", "-W1", address);
        return true;
    } catch {
        return false;
    }
}

/** Whether the client knows under which MAC address it is reached: ARP or neighbour discovery was answered. */
function isResolved(lab: Lab, address: string): boolean {
    return / lladdr /.test(lab.network.ip("client", "neighbour", "show", address));
}

/** Sets and rules as nft shows them, without the mark by which a predecessor's tables are known. */
const ruleset = (lab: Lab): string =>
    inside(lab, "r1", "nft", "-n", "list", "ruleset")
        .replace(/\s*comment "holdfast"/g, "")
        .replace(/\s+/g, " ");

describe.runIf(canRunLabs() && hasTool("nft") && hasTool("keepalived"))("accept mode", () => {
    let lab: Lab;

    afterEach(() => {
        lab.close();
    });

    // Given a master with no_accept. When a client pings its addresses. Then it finds the router and gets no answer; the router's own address answers.
    test.each([4, 6] as const)("no_accept drops pings and answers ARP and ND, as Keepalived does: IPv%s", async (family) => {
        const seen: unknown[] = [];
        for (const kind of DAEMONS) {
            lab = openPair();
            startRouter(lab, "r1", kind, {
                ...ROUTER,
                family,
                lines: ["no_accept"],
                globals: ["nftables", "nftables_counters", "nftables_ifindex"],
            });
            await untilMaster(lab, "r1");
            const service = SERVICE_ADDRESS[family];
            await untilAddresses(lab, "r1", { addresses: [service], held: true });
            const linkLocal = family === 6 ? [`${LINK_LOCAL_ADDRESS}%eth0`] : [];
            const answers = [service, ...linkLocal].map((address) => pings(lab, address));
            const own = pings(lab, family === 4 ? "10.77.0.1" : "fd77::1");
            seen.push({ answers, own, isResolved: isResolved(lab, service), ruleset: ruleset(lab).replace(/packets \d+ bytes \d+/g, "") });
            lab.close();
        }
        expect(seen[0]).toMatchObject({ answers: family === 4 ? [false] : [false, false], own: true, isResolved: true });
        expect(seen[1] ?? seen[0]).toEqual(seen[0]);
    });

    // Given a master with accept. When a client pings its address. Then it answers; and after a reload to no_accept it does not, and after another it does.
    test("a reload changes between accept and no_accept", async () => {
        lab = openPair();
        const plan = { ...ROUTER, family: 4 } as const;
        const daemon = startRouter(lab, "r1", UNDER_TEST, { ...plan, lines: ["accept"] });
        await untilMaster(lab, "r1");
        const untilPinged = (answers: boolean) =>
            until(() => pings(lab, SERVICE_ADDRESS[4]) === answers, { what: `pings answered: ${answers}`, limit: 15_000 });
        await untilPinged(true);
        reconfigure(daemon.directory, "no_accept");
        daemon.signal("SIGHUP");
        await untilPinged(false);
        reconfigure(daemon.directory, "accept");
        daemon.signal("SIGHUP");
        await untilPinged(true);
    });

    // Given a master with no_accept. When its vrrp process is killed, and when the daemon ends. Then its successor goes on dropping, and in the end nothing is left.
    test.runIf(UNDER_TEST === "holdfast")("a successor takes the tables over, and the last one removes them", async () => {
        lab = openPair();
        const daemon = startRouter(lab, "r1", UNDER_TEST, { ...ROUTER, family: 4, lines: ["no_accept"] });
        await untilMaster(lab, "r1");
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: true });
        const former = daemon.vrrpPid;
        process.kill(former ?? 0, "SIGKILL");
        await until(() => daemon.vrrpPid !== undefined && daemon.vrrpPid !== former, { what: "a successor", limit: 10_000 });
        expect(pings(lab, SERVICE_ADDRESS[4])).toBe(false);
        await daemon.terminate();
        expect(ruleset(lab).trim()).toBe("");
    });
});

function reconfigure(directory: string, keyword: "accept" | "no_accept"): void {
    const file = join(directory, "keepalived.conf");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^ +(no_)?accept$/m, `    ${keyword}`));
}
