import { afterEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { type InstancePlan, LINK_LOCAL_ADDRESS, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { masterDownInterval } from "./harness/protocol-limits.ts";
import { openPair, startQuietly, startRouter, untilAddresses, untilLogged, untilMaster } from "./harness/router-pair.ts";
import { tsharkFields } from "./harness/tshark.ts";

const BRISK = { version: 3, family: 4, interval: 0.1 } as const satisfies Partial<InstancePlan>;
const LONGEST_WAIT = masterDownInterval({ priority: 1, interval: 100 });

describe.runIf(canRunLabs())("elections", () => {
    let lab: Lab;

    afterEach(() => {
        lab.close();
    });

    // Given three routers. When the best dies, then the second. Then the next one in order takes over, and only he. Their Skew_Times are most of a
    // second apart: a machine under load may be late by far less.
    test("three routers follow each other in the order of their priorities", async () => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "r3" }, { name: "client" }] });
        const calm = { ...BRISK, interval: 1 };
        startRouter(lab, "r1", UNDER_TEST, { ...calm, priority: 255 });
        await untilMaster(lab, "r1");
        for (const [node, priority] of [
            ["r2", 250],
            ["r3", 1],
        ] as const) {
            await untilLogged(startRouter(lab, node, UNDER_TEST, { ...calm, priority }), "Entering BACKUP STATE");
        }
        lab.network.cut("r1");
        await untilMaster(lab, "r2");
        await pause(masterDownInterval({ priority: 1, interval: 1_000 }));
        expect(lab.capture.advertisements({ node: "r3" })).toEqual([]);
        lab.network.cut("r2");
        await untilMaster(lab, "r3");
    });

    // Given two virtual routers without -D, one of them with debug. When both become master. Then only the log of that one has details.
    test("debug tells details of one virtual router", async () => {
        lab = openPair();
        const plans = [
            { ...BRISK, priority: 100, name: "LOUD", lines: ["debug 1"] },
            { ...BRISK, priority: 100, name: "QUIET", vrid: 52, addresses: ["10.77.0.101/16"] },
        ];
        const daemon = startQuietly(lab, "r1", UNDER_TEST, plans);
        await untilLogged(daemon, "(QUIET) Entering MASTER STATE");
        await untilLogged(daemon, "(LOUD) Sending/queueing gratuitous ARPs");
        expect(daemon.log()).not.toContain("(QUIET) Sending/queueing gratuitous ARPs");
    });

    // Given a master of low priority. When one of higher priority with nopreempt comes. Then nothing changes, until the master leaves.
    test.for([
        [UNDER_TEST, UNDER_TEST],
        ["keepalived", UNDER_TEST],
        [UNDER_TEST, "keepalived"],
    ] as const)("nopreempt leaves a lower master in place: %s, and %s with nopreempt", async ([lower, higher], { skip }) => {
        skip([lower, higher].includes("keepalived") && !hasTool("keepalived"), "needs keepalived");
        lab = openPair();
        const low = startRouter(lab, "r2", lower, { ...BRISK, priority: 100 });
        await untilMaster(lab, "r2");
        const high = startRouter(lab, "r1", higher, { ...BRISK, priority: 200, lines: ["nopreempt"] });
        await untilLogged(high, "Entering BACKUP STATE");
        await pause(2 * LONGEST_WAIT);
        expect(lab.capture.advertisements({ node: "r1" })).toEqual([]);
        await low.terminate();
        await untilMaster(lab, "r1");
    });

    // Given a master of low priority. When one of higher priority with preempt_delay comes. Then he waits that long, and then takes over.
    test("preempt_delay waits before it preempts", async () => {
        lab = openPair();
        startRouter(lab, "r2", UNDER_TEST, { ...BRISK, priority: 100 });
        await untilMaster(lab, "r2");
        const started = lab.capture.now;
        startRouter(lab, "r1", UNDER_TEST, { ...BRISK, priority: 200, lines: ["preempt_delay 2"] });
        await untilMaster(lab, "r1");
        expect((lab.capture.advertisements({ node: "r1" })[0]?.at ?? 0) - started).toBeGreaterThan(2_000);
        await untilAddresses(lab, "r2", { addresses: [SERVICE_ADDRESS[4]], held: false });
    });

    // Given two routers of equal priority, each master on its side of a cut. When the sides meet. Then the higher address stays master.
    test("equal priorities are decided by the address", async () => {
        lab = openPair();
        for (const node of ["r1", "r2"]) {
            startRouter(lab, node, UNDER_TEST, { ...BRISK, priority: 100 });
        }
        await until(() => lab.capture.master(), { what: "any master", limit: 10_000 });
        const isAlsoMaster = (node: string) => lab.network.addresses(node).includes(SERVICE_ADDRESS[4]);
        lab.network.isolate("r1", "r2");
        await until(() => isAlsoMaster("r1") && isAlsoMaster("r2"), { what: "both to be master", limit: 10_000, every: 50 });
        lab.network.unite("r1", "r2");
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: false });
        await untilMaster(lab, "r2");
        const united = lab.capture.now;
        await pause(2 * LONGEST_WAIT);
        expect(lab.capture.advertisements({ node: "r1", after: united })).toEqual([]);
        expect(isAlsoMaster("r2")).toBe(true);
    });

    // Given an address owner. When it starts. Then it advertises at once, without waiting for anybody.
    test("an address owner does not wait", async () => {
        lab = openPair();
        const started = lab.capture.now;
        startRouter(lab, "r1", UNDER_TEST, { ...BRISK, interval: 2, priority: 255, state: "MASTER" });
        await untilMaster(lab, "r1");
        const first = lab.capture.advertisements({ node: "r1" })[0];
        expect(first?.seen.priority).toBe(255);
        expect((first?.at ?? Number.POSITIVE_INFINITY) - started).toBeLessThan(masterDownInterval({ priority: 254, interval: 2_000 }));
    });

    // Given an IPv6 router with a link-local and two global addresses. When it is master. Then the link-local one stands first, all are announced.
    test("IPv6 advertises the link-local address first and announces all", async () => {
        lab = openPair();
        const addresses = [LINK_LOCAL_ADDRESS, "fd77::100", "fd77::101"];
        startRouter(lab, "r1", UNDER_TEST, { ...BRISK, family: 6, priority: 150, addresses: addresses.map((address) => `${address}/64`) });
        await untilMaster(lab, "r1");
        await untilAddresses(lab, "r1", { addresses, held: true });
        const isAnnounced = (address: string) =>
            lab.capture.frames.some(({ seen }) => seen.kind === "announcement" && seen.address === address);
        await until(() => addresses.every(isAnnounced), { what: "an announcement of each address", limit: 5_000 });
        const [listed] = tsharkFields(lab.directory, lab.capture.advertisements({ node: "r1" }).slice(0, 1), ["vrrp.ipv6_addr"]);
        expect(listed?.[0]).toBe(addresses.join(","));
    });
});
