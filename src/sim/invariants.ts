import { after, between, inSeconds, instant, times } from "../core/base/instant.ts";
import type { Scenario } from "./scenario.ts";
import type { SimRouter } from "./sim-router.ts";
import { World } from "./world.ts";

/** What a world ended with. */
export interface Verdict {
    readonly scenario: Scenario;
    /** Each a sentence; empty when every invariant held. */
    readonly violations: readonly string[];
    /** What happened to whom, a line each, for people. */
    readonly history: readonly string[];
    readonly transitions: number;
}

/**
 * Lives through a scenario and judges it once all is quiet:
 *
 * 1. in each part of the segment that hears itself, exactly one router is active if any is able, and never more than one;
 * 2. the virtual address stands on the active router and nowhere else in its part;
 * 3. where everybody may preempt at once, the active one is the best by priority, then by address;
 * 4. nobody changes state any more: no flapping without a cause;
 * 5. a world without faults sees each router become active once at most.
 */
export function judge(scenario: Scenario): Verdict {
    const world = new World(scenario);
    world.runUntil(after(world.quietFrom, world.settlingTime));
    const before = totalTransitions(world);
    const violations = partsOf(world).flatMap((part) => judgePart(world, part));
    world.runUntil(after(world.agenda.now(), times(scenario.interval, 12)));
    const transitions = totalTransitions(world);
    if (transitions !== before) {
        violations.push(`${transitions - before} changes of state in the quiet`);
    }
    if (scenario.faults.length === 0 && new Set(scenario.finalParts).size === 1) {
        violations.push(...judgeCalmWorld(world));
    }
    return { scenario, violations, history: historyOf(world), transitions };
}

function judgePart(world: World, part: readonly number[]): string[] {
    const active = part.filter((index) => world.routers[index]?.state === "active");
    const holders = part.filter((index) => world.routers[index]?.holdsAddress);
    const able = part.filter((index) => world.routers[index]?.isAble);
    const violations: string[] = [];
    if (active.length > 1) {
        violations.push(`routers ${active.join(" and ")} are active in one part`);
    }
    if (active.length === 0 && able.length > 0) {
        violations.push(`nobody is active though ${able.join(", ")} could be`);
    }
    if (holders.join() !== active.join()) {
        violations.push(`the address stands on [${holders}] but active are [${active}]`);
    }
    const best = bestOf(world.scenario, able);
    if (mustPreempt(world.scenario, able) && active.length === 1 && active[0] !== best) {
        violations.push(`router ${active[0]} is active, but ${best} is better and may preempt`);
    }
    return violations;
}

function judgeCalmWorld(world: World): string[] {
    return world.routers.flatMap((router, index) => {
        const became = router.transitions.filter((transition) => transition.to === "active").length;
        return became > 1 ? [`router ${index} became active ${became} times though nothing ever went wrong`] : [];
    });
}

/** The routers of each part, by number. */
function partsOf(world: World): readonly (readonly number[])[] {
    const parts = new Map<number, number[]>();
    for (const index of world.routers.keys()) {
        const part = world.network.partOf(index);
        parts.set(part, [...(parts.get(part) ?? []), index]);
    }
    return [...parts.values()];
}

/** Higher priority, then higher address; addresses rise with the number. */
function bestOf(scenario: Scenario, able: readonly number[]): number | undefined {
    const priority = (index: number) => scenario.routers[index]?.priority ?? 0;
    return [...able].sort((left, right) => priority(right) - priority(left) || right - left)[0];
}

/**
 * Whether the best router has to be the active one: everybody preempts, and the best priority is not shared. (A backup of equal priority
 * and higher address waits: only an active router is outranked by address, RFC 9568 §6.4.2.)
 */
function mustPreempt(scenario: Scenario, able: readonly number[]): boolean {
    const plans = able.flatMap((index) => scenario.routers[index] ?? []);
    const highest = Math.max(...plans.map((plan) => plan.priority));
    return plans.every((plan) => plan.preempt) && plans.filter((plan) => plan.priority === highest).length === 1;
}

function totalTransitions(world: World): number {
    return world.routers.reduce((total, router) => total + router.transitions.length, 0);
}

function historyOf(world: World): readonly string[] {
    const faults = world.scenario.faults.map((fault) => ({ at: instant(fault.at), text: JSON.stringify(fault) }));
    const changes = world.routers.flatMap((router: SimRouter, index) =>
        router.transitions.map(({ at, to, cause }) => ({ at, text: `router ${index} → ${to} (${cause.type})` })),
    );
    return [...faults, ...changes]
        .sort((left, right) => left.at - right.at)
        .map(({ at, text }) => `${inSeconds(between(instant(0), at)).toFixed(6)} s  ${text}`);
}
