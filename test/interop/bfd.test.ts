import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { type BfdPlan, bfdInstance, NEIGHBORS, type NeighborKind, startNeighbor } from "../labs/harness/bfd-neighbors.ts";
import { programOf, UNDER_TEST } from "../labs/harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "../labs/harness/prerequisites.ts";
import { openPair, untilLogged } from "../labs/harness/router-pair.ts";

/** Never earlier than the protocol allows; how much later is a matter of the machine's load, so this margin is wide. */
const LATE = 1_500;

const CASES = [
    { family: 4, interval: 10, own: "10.77.0.1", other: "10.77.0.2" },
    { family: 4, interval: 50, own: "10.77.0.1", other: "10.77.0.2" },
    { family: 6, interval: 10, own: "fd77::1", other: "fd77::2" },
    { family: 6, interval: 50, own: "fd77::1", other: "fd77::2" },
] as const;
const MULTIPLIER = 5;

const kinds = Object.keys(NEIGHBORS) as NeighborKind[];

describe.runIf(canRunLabs()).each(kinds)("with %s", (kind) => {
    describe.runIf(hasTool(NEIGHBORS[kind])).each(CASES)("IPv$family, $interval ms", ({ interval, own, other }) => {
        let lab: Lab;
        const mine: BfdPlan = { neighbor: other, source: own, interval, multiplier: MULTIPLIER };
        const theirs: BfdPlan = { ...mine, neighbor: own, source: other };

        beforeEach(() => {
            lab = openPair();
        });

        afterEach(() => {
            lab.close();
        });

        function start() {
            return lab.start("r1", { program: programOf(UNDER_TEST), configuration: bfdInstance("b1", mine), flags: [] });
        }

        test("comes up at the agreed rates, and down when the neighbour dies; up again when it is back", async () => {
            const ours = start();
            const neighbor = await startNeighbor(lab, "r2", kind, theirs);
            await untilLogged(ours, "(b1) Entering Up state", 20_000);
            await until(() => neighbor.isUp(), { what: "the neighbour to be up", limit: 10_000, every: 100 });
            await until(() => lab.capture.bfd("r1").at(-1)?.seen.isPoll === false, { what: "the poll sequence to end", limit: 10_000 });
            await pause(10 * interval);
            expect(lab.capture.bfd("r1").at(-1)?.seen).toMatchObject({
                state: "Up",
                minTx: interval * 1_000,
                minRx: interval * 1_000,
                ttl: 255,
            });

            lab.network.cut("r2");
            const end = Math.max(...lab.capture.bfd("r2").map(({ at }) => at));
            await until(() => lab.capture.bfd("r1").at(-1)?.seen.state === "Down", { what: "the session to be down", limit: 20_000 });
            const down = lab.capture.bfd("r1").find(({ at, seen }) => at > end && seen.state === "Down");
            expect(down?.seen.diagnostic).toBe(1);
            expect((down?.at ?? 0) - end).toBeGreaterThan(MULTIPLIER * interval * 0.99);
            expect((down?.at ?? 0) - end).toBeLessThan(MULTIPLIER * interval + LATE);
            await untilLogged(ours, "(b1) Entering Down state (Local diagnostic - Control Detection Time Expired");

            const upsSoFar = ours.log().split("Entering Up state").length;
            lab.network.join("r2");
            await until(() => ours.log().split("Entering Up state").length > upsSoFar, {
                what: "the session to be up again",
                limit: 20_000,
            });
            await neighbor.killDead();
        });

        test("the neighbour goes down when we die", async () => {
            const neighbor = await startNeighbor(lab, "r2", kind, theirs);
            const ours = start();
            await untilLogged(ours, "(b1) Entering Up state", 20_000);
            await until(() => neighbor.isUp(), { what: "the neighbour to be up", limit: 10_000, every: 100 });
            await ours.killDead();
            await until(() => !neighbor.isUp(), { what: "the neighbour to be down", limit: 10_000, every: 100 });
        });
    });
});
