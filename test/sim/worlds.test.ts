import { expect, it } from "vitest";
import { judge } from "../../src/sim/invariants.ts";
import { type Scenario, scenarioFromSeed } from "../../src/sim/scenario.ts";

/**
 * Given two to five machines on one to three segments (a sync group where there are several, and scripts that they track) with crashes, stops, stalls,
 * cut links, failing scripts, partitions, storms and deleted addresses, all from a seed,
 * when the last fault is over and an election had its time,
 * then in each part that hears itself exactly one router is active and holds the address, and nothing changes any more.
 */

const WORLDS = 10_000;
const FIRST_SEED = Number(process.env["HOLDFAST_SEED"] ?? 1);

it(`${WORLDS} seeded worlds come to rest with one active router`, () => {
    const failures: string[] = [];
    let transitions = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
        const verdict = judge(scenarioFromSeed(seed));
        transitions += verdict.transitions;
        if (verdict.violations.length > 0) {
            failures.push(`seed ${seed}: ${verdict.violations.join("; ")}`);
        }
    }
    expect(failures.slice(0, 20), `run one again with HOLDFAST_SEED; ${failures.length} failed`).toEqual([]);
    expect(transitions).toBeGreaterThan(WORLDS * 3);
});

it("the judge sees a split: a router with another VRID is active beside the rest", () => {
    const { routers, ...calm } = scenarioFromSeed(4711);
    const [first, ...others] = routers;
    const misconfigured = {
        ...calm,
        faults: [],
        finalParts: routers.map(() => 0),
        routers: [{ ...others[0], ...first, vrid: 99 }, ...others],
    };
    expect(judge(misconfigured as Scenario).violations.join()).toMatch(/routers 0 and \d are active in one part/);
});

it("the same seed gives the same world, to the last transition", () => {
    expect(judge(scenarioFromSeed(4711)).history).toEqual(judge(scenarioFromSeed(4711)).history);
});
