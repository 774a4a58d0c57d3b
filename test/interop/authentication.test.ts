import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { defaultAddresses, type InstancePlan } from "../labs/harness/configuration.ts";
import { UNDER_TEST } from "../labs/harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "../labs/harness/prerequisites.ts";
import { masterDownInterval } from "../labs/harness/protocol-limits.ts";
import { openPair, startRouter, untilAddresses, untilLogged, untilMaster } from "../labs/harness/router-pair.ts";

const PASS = ["authentication {", "    auth_type PASS", "    auth_pass longer-than-eight", "}"];
const AH = ["authentication {", "    auth_type AH", "    auth_pass s3cret", "}"];

/** Addresses of the lab's first two machines. */
const ENDS = { 4: ["10.77.0.1", "10.77.0.2"], 6: ["fd77::1", "fd77::2"] } as const;

interface Case {
    readonly title: string;
    readonly plan: Pick<InstancePlan, "version" | "family" | "interval">;
    readonly lines: readonly string[];
    readonly isUnicast: boolean;
    /** The IP protocol of the advertisements. */
    readonly protocol: number;
    readonly globals?: readonly string[];
    /** Where advertisements go, if not to the group of the RFC. */
    readonly group?: string;
}

const CASES: readonly Case[] = [
    { title: "AH to the group", plan: { version: 2, family: 4, interval: 1 }, lines: AH, isUnicast: false, protocol: 51 },
    { title: "AH to a peer", plan: { version: 2, family: 4, interval: 1 }, lines: AH, isUnicast: true, protocol: 51 },
    { title: "a long password to the group", plan: { version: 2, family: 4, interval: 1 }, lines: PASS, isUnicast: false, protocol: 112 },
    { title: "a long password to a peer", plan: { version: 2, family: 4, interval: 1 }, lines: PASS, isUnicast: true, protocol: 112 },
    { title: "version 2 to a peer", plan: { version: 2, family: 4, interval: 1 }, lines: [], isUnicast: true, protocol: 112 },
    { title: "version 3 to a peer, IPv4", plan: { version: 3, family: 4, interval: 0.2 }, lines: [], isUnicast: true, protocol: 112 },
    { title: "version 3 to a peer, IPv6", plan: { version: 3, family: 6, interval: 0.2 }, lines: [], isUnicast: true, protocol: 112 },
    {
        ...{
            title: "version 3 to another group",
            plan: { version: 3, family: 4, interval: 0.2 },
            lines: [],
            isUnicast: false,
            protocol: 112,
        },
        ...{ globals: ["vrrp_mcast_group4 224.0.0.77"], group: "224.0.0.77" },
    },
];

/** The same virtual router on one of the machines, its own addresses filled in. */
function planFor({ plan, lines, isUnicast, globals = [] }: Case, node: "r1" | "r2", priority: number): InstancePlan {
    const [first, second] = ENDS[plan.family];
    const [own, peer] = node === "r1" ? [first, second] : [second, first];
    const ends = isUnicast ? [`unicast_src_ip ${own}`, "unicast_peer {", `    ${peer}`, "}"] : [`mcast_src_ip ${own}`];
    return { ...plan, priority, globals, lines: [...lines, ...ends] };
}

describe.runIf(canRunLabs() && hasTool("keepalived")).each(CASES)("beside Keepalived, $title", (one) => {
    let lab: Lab;
    const addresses = defaultAddresses(one.plan.family).map((address) => address.split("/")[0] ?? "");
    const settled = masterDownInterval({ priority: 1, interval: one.plan.interval * 1_000 });

    beforeEach(() => {
        lab = openPair();
    });

    afterEach(() => {
        lab.close();
    });

    function protocolOf(node: string): number | undefined {
        const frame = lab.capture.lastAdvertisement({ node });
        return frame?.bytes[one.plan.family === 4 ? 14 + 9 : 14 + 6];
    }

    // Given Keepalived as master. When we come as backup, Keepalived dies, and returns. Then we keep quiet, take over, and yield.
    test("we hear it", async () => {
        const dying = startRouter(lab, "r2", "keepalived", planFor(one, "r2", 200));
        await untilMaster(lab, "r2");
        const ours = startRouter(lab, "r1", UNDER_TEST, planFor(one, "r1", 100));
        await untilLogged(ours, "Entering BACKUP STATE");
        await pause(settled);
        expect(lab.capture.advertisements({ node: "r1" })).toEqual([]);
        expect(protocolOf("r2")).toBe(one.protocol);

        lab.network.cut("r2");
        await dying.killDead();
        // What goes to a peer that is dead may end with the question for its MAC address: the wire tells nothing then.
        await untilAddresses(lab, "r1", { addresses, held: true });

        const rejoined = lab.capture.now;
        lab.network.join("r2");
        startRouter(lab, "r2", "keepalived", planFor(one, "r2", 200));
        const heard = await until(() => lab.capture.advertisements({ node: "r1", after: rejoined })[0], {
            what: "an advertisement of ours",
            limit: 10_000,
        });
        expect(protocolOf("r1")).toBe(one.protocol);
        const [own, peer] = ENDS[one.plan.family];
        expect([heard.seen.source, heard.seen.destination]).toEqual([own, one.isUnicast ? peer : (one.group ?? "224.0.0.18")]);
        await untilMaster(lab, "r2");
        await untilAddresses(lab, "r1", { addresses, held: false });
    });

    // Given us as master. When Keepalived comes as backup, and we are stopped and return. Then it keeps quiet, takes over, and yields.
    test("it hears us", async () => {
        const ours = startRouter(lab, "r1", UNDER_TEST, planFor(one, "r1", 200));
        await untilMaster(lab, "r1");
        startRouter(lab, "r2", "keepalived", planFor(one, "r2", 100));
        await pause(settled + 1_000);
        expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);

        await ours.terminate();
        const farewell = lab.capture.lastAdvertisement({ node: "r1", priority: 0 })?.at ?? expect.fail("no farewell");
        const taken = await until(() => lab.capture.advertisements({ node: "r2", after: farewell })[0], {
            what: "Keepalived to take over",
            limit: 10_000,
        });
        // Skew_Time and not the whole interval: it believed our farewell.
        expect(taken.at - farewell).toBeLessThan(one.plan.interval * 1_000 + 500);
        startRouter(lab, "r1", UNDER_TEST, planFor(one, "r1", 200));
        await untilMaster(lab, "r1");
        await untilAddresses(lab, "r2", { addresses, held: false });
    });
});

// Given us as master with AH beside Keepalived as backup. When our vrrp process is killed. Then its successor goes on behind the sequence
// numbers that were sent, so that Keepalived, which remembers the last one, hears it and does not take over.
test.runIf(canRunLabs() && hasTool("keepalived") && UNDER_TEST === "holdfast")("AH goes on over the death of the process", async () => {
    const lab = openPair();
    try {
        const [ah] = CASES;
        const one = ah ?? expect.fail();
        const ours = startRouter(lab, "r1", UNDER_TEST, planFor(one, "r1", 200));
        await untilMaster(lab, "r1");
        const keepalived = startRouter(lab, "r2", "keepalived", planFor(one, "r2", 100));
        await until(() => lab.capture.advertisements({ node: "r1" }).length >= 8, { what: "eight advertisements", limit: 15_000 });
        const gone = await ours.killVrrp();
        await until(() => ours.vrrpPid !== undefined && ours.vrrpPid !== gone, { what: "a new vrrp process", limit: 3_000 });
        await pause(2 * masterDownInterval({ priority: 1, interval: 1_000 }));
        expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
        expect(keepalived.log()).not.toContain("already processed");
    } finally {
        lab.close();
    }
});
