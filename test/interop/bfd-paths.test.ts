import { afterEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import { runTool } from "../../src/app/cli/lab/run-tool.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { AUTHENTICATIONS, type BfdPlan, bfdInstance, NEIGHBORS, startNeighbor } from "../labs/harness/bfd-neighbors.ts";
import { programOf } from "../labs/harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "../labs/harness/prerequisites.ts";
import { openPair, untilLogged } from "../labs/harness/router-pair.ts";

const UP = "(b1) Entering Up state";
const DOWN = "Entering Down state";
const PATH: BfdPlan = { source: "10.77.0.1", neighbor: "10.77.0.2", interval: 50, multiplier: 5 };

let lab: Lab;

afterEach(() => {
    lab.close();
});

function mirrored(plan: BfdPlan): BfdPlan {
    return { ...plan, source: plan.neighbor, neighbor: plan.source };
}

/** Brings a session up between r1, ours, and r2, and returns our daemon. */
async function connect(kind: "frr" | "bird", plan: BfdPlan) {
    const ours = lab.start("r1", { program: programOf("holdfast"), configuration: bfdInstance("b1", plan), flags: [] });
    const neighbor = await startNeighbor(lab, "r2", kind, mirrored(plan));
    await untilLogged(ours, UP, 20_000);
    await until(() => neighbor.isUp(), { what: "the neighbour to be up", limit: 10_000, every: 100 });
    return { ours, neighbor };
}

// Keepalived has no peers for these in Debian: it knows no authentication, and 2.2.7 no multihop.
describe.runIf(canRunLabs() && hasTool(NEIGHBORS.bird))("BIRD", () => {
    // Given an end that sends once a second until it is up. When it says that it will send every 10 ms, and does so a little later. Then we do not lose it.
    test("is not given up while it still sends slowly", async () => {
        lab = openPair();
        const { ours } = await connect("bird", { ...PATH, interval: 10, idle: 1_000 });
        await pause(3_000);
        expect(lab.capture.bfd("r2").at(-1)?.seen).toMatchObject({ state: "Up", minTx: 10_000 });
        expect(ours.log()).not.toContain(DOWN);
    });

    // Given the same key at both ends. When packets are authenticated in any of the five ways. Then the session comes up, stays up, and goes down with it.
    test.each(Object.keys(AUTHENTICATIONS) as (keyof typeof AUTHENTICATIONS)[])("knows our authentication: %s", async (authentication) => {
        lab = openPair();
        const { ours, neighbor } = await connect("bird", { ...PATH, authentication });
        expect(lab.capture.bfd("r1").at(-1)?.seen.isAuthenticated).toBe(true);
        expect(lab.capture.bfd("r2").at(-1)?.seen.isAuthenticated).toBe(true);
        await pause(1_000);
        expect(ours.log()).not.toContain(DOWN);
        await neighbor.killDead();
        await untilLogged(ours, DOWN);
    });
});

describe.runIf(canRunLabs()).each(["frr", "bird"] as const)("with a router between us and %s", (kind) => {
    // Given two ends on segments of their own. When a router stands between them. Then the session comes up on the port of RFC 5883, and notices when
    // the path behind the router is cut. (BIRD sends with the kernel's own TTL: how far it came cannot be told.)
    test.runIf(hasTool(NEIGHBORS[kind])).each([
        { family: 4, own: "10.77.0.1", other: "10.78.0.3", networks: ["10.77.0.0/16", "10.78.0.0/16"], hub: ["10.77.0.2", "10.78.0.2"] },
        { family: 6, own: "fd77::1", other: "fd78::3", networks: ["fd77::/64", "fd78::/64"], hub: ["fd77::2", "fd78::2"] },
    ] as const)("IPv$family", async ({ own, other, networks, hub }) => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "hub" }, { name: "r2" }], interfaces: ["eth0", "eth1"] });
        const forward = "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding";
        runTool(["ip", "netns", "exec", lab.network.namespace("hub"), "sh", "-c", forward]);
        lab.network.ip("r1", "link", "set", "eth1", "down");
        lab.network.ip("r2", "link", "set", "eth0", "down");
        lab.network.ip("r1", "route", "add", networks[1], "via", hub[0]);
        lab.network.ip("r2", "route", "add", networks[0], "via", hub[1]);
        const { ours } = await connect(kind, { ...PATH, source: own, neighbor: other, hops: kind === "bird" ? -1 : 1 });
        expect(lab.capture.bfd("r1").at(-1)?.seen).toMatchObject({ port: 4784, ttl: 255 });
        await until(() => lab.capture.bfd("r1").at(-1)?.seen.isPoll === false, { what: "the poll sequence to end", limit: 10_000 });
        await pause(500);
        expect(ours.log()).not.toContain(DOWN);
        lab.network.setCarrier("r2", 1, "down");
        await untilLogged(ours, DOWN);
        expect(lab.capture.bfd("r1").findLast(({ seen }) => seen.state === "Down")?.seen.diagnostic).toBe(1);
    });
});
