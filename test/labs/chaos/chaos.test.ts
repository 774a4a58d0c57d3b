import { randomInt } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { echoesOf, outagesOf } from "../../../src/app/cli/lab/echo-record.ts";
import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import { Probe } from "../../../src/app/cli/lab/probe.ts";
import { pause, until } from "../../../src/app/cli/lab/until.ts";
import { SeededRandom } from "../../../src/sim/random.ts";
import { type InstancePlan, SERVICE_ADDRESS } from "../harness/configuration.ts";
import { UNDER_TEST } from "../harness/daemon-kind.ts";
import { canRunLabs } from "../harness/prerequisites.ts";
import { openPair, untilMaster } from "../harness/router-pair.ts";
import { ChaosNode } from "./chaos-node.ts";
import { FAULTS } from "./faults.ts";

const VIP = SERVICE_ADDRESS[4];
const BRISK = { version: 3, family: 4, interval: 0.1 } as const satisfies Partial<InstancePlan>;

/** More for a long run: `CHAOS_FAULTS=200 CHAOS_SEED=7 npx vitest run --project labs test/labs/chaos`. */
const FAULT_COUNT = Number(process.env["CHAOS_FAULTS"] ?? 24);
const SEED = Number(process.env["CHAOS_SEED"] ?? randomInt(2 ** 31));
/** In milliseconds. Master_Down_Interval is 0.4 s; the machine may be busy with other things, and no cause lasts longer than two seconds. */
const LONGEST_OUTAGE = 8_000;
const QUIET = 500;
const QUIET_LIMIT = 20_000;
const MOST_DESCRIPTORS = 64;
const MOST_MEGABYTES = 250;

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("chaos", () => {
    let lab: Lab;

    afterEach(() => {
        lab.close();
    });

    // Given two routers and a client. When anything happens to them, again and again. Then one of them owns the address after each quiet moment, the
    // client is never without it for longer than the protocol needs, and nothing is left behind.
    test(`${FAULT_COUNT} faults of seed ${SEED}`, { timeout: 60_000 + FAULT_COUNT * 25_000 }, async () => {
        const random = new SeededRandom(SEED);
        lab = openPair();
        const nodes = [
            new ChaosNode(lab, "r1", { ...BRISK, priority: 150 }),
            new ChaosNode(lab, "r2", { ...BRISK, priority: 100 }),
        ] as const;
        await untilMaster(lab, "r1");
        const probe = Probe.start(lab.addon, lab.network, { node: "client", address: VIP, every: 10 });
        const history: string[] = [];
        for (let count = 0; count < FAULT_COUNT; count++) {
            const name = random.pick(Object.keys(FAULTS));
            const node = random.pick(nodes);
            history.push(`${Math.round(lab.capture.now)}: ${name} (${node.name})`);
            node.note();
            await FAULTS[name]?.({ lab, node, random });
            node.revive();
            await untilOneOwner(lab, history);
        }
        await pause(QUIET);
        probe.stop();
        const outages = outagesOf(echoesOf(lab.capture.frames, VIP)).filter(({ from, to }) => to - from > LONGEST_OUTAGE);
        expect(outages, history.join("\n")).toEqual([]);
        for (const node of nodes) {
            expect(node.stray, `processes left behind on ${node.name}\n${history.join("\n")}`).toEqual([]);
            expect(node.belongings.descriptors).toBeLessThan(MOST_DESCRIPTORS);
            expect(node.belongings.megabytes).toBeLessThan(MOST_MEGABYTES);
            await node.daemon.terminate();
            expect(lab.network.addresses(node.name)).not.toContain(VIP);
        }
        expect(nodes.flatMap(({ daemon }) => daemon.log().match(/[Dd]efect.*/g) ?? [])).toEqual([]);
    });
});

/** Waits until exactly one machine has had the address for a while, and answers. */
async function untilOneOwner(lab: Lab, history: readonly string[]): Promise<void> {
    let since: number | undefined;
    let last: string | undefined;
    await until(
        () => {
            const owners = ["r1", "r2"].filter((name) => lab.network.addresses(name).includes(VIP));
            const answeredBy = echoesOf(lab.capture.frames.slice(-200), VIP).findLast((echo) => echo.answeredBy !== undefined)?.answeredBy;
            const owner = owners.length === 1 && owners[0] === answeredBy ? owners[0] : undefined;
            since = owner === undefined || owner !== last ? lab.capture.now : since;
            last = owner;
            return owner !== undefined && since !== undefined && lab.capture.now - since >= QUIET;
        },
        { what: `one owner of the address (seed ${SEED}) after\n${history.join("\n")}`, limit: QUIET_LIMIT, every: 50 },
    );
}
