import { after, between, inSeconds, instant, times } from "../core/base/instant.ts";
import { effectivePriority } from "../core/vrrp/priority.ts";
import type { RouterPlan, Scenario } from "./scenario.ts";
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
 * 4. nobody changes state any more: no flapping without a cause, and the virtual routers of one machine are in the same state;
 * 5. a world without faults sees each router become active once at most.
 */
export function judge(scenario: Scenario): Verdict {
    const world = new World(scenario);
    world.runUntil(after(world.quietFrom, world.settlingTime));
    const before = totalTransitions(world);
    // On a segment that is cut where others are whole, a part may have to do without an active router.
    const whole = [...world.networks.keys()].filter((segment) => segment !== scenario.cutSegment);
    const violations = whole.flatMap((segment) => partsOf(world, segment).flatMap((part) => judgePart(world, segment, part)));
    violations.push(...judgeGroups(world));
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

function judgePart(world: World, segment: number, part: readonly number[]): string[] {
    const active = part.filter((index) => world.routers[index]?.stateOn(segment) === "active");
    const holders = part.filter((index) => world.routers[index]?.holdsAddressOn(segment));
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

function judgeGroups(world: World): string[] {
    return world.routers.flatMap((router, index) => {
        const states = world.networks.map((_, segment) => router.stateOn(segment));
        return new Set(states).size > 1 ? [`the virtual routers of ${index} are ${states.join(", ")}`] : [];
    });
}

function judgeCalmWorld(world: World): string[] {
    return world.routers.flatMap((router, index) => {
        const became = router.transitions.filter(({ to, router: name }) => to === "active" && name === "VI_1").length;
        return became > 1 ? [`router ${index} became active ${became} times though nothing ever went wrong`] : [];
    });
}

/** The routers of each part, by number. */
function partsOf(world: World, segment: number): readonly (readonly number[])[] {
    const parts = new Map<number, number[]>();
    for (const index of world.routers.keys()) {
        const part = world.networks[segment]?.partOf(index) ?? 0;
        parts.set(part, [...(parts.get(part) ?? []), index]);
    }
    return [...parts.values()];
}

/** Higher priority, then higher address; addresses rise with the number. */
function bestOf(scenario: Scenario, able: readonly number[]): number | undefined {
    const priority = (index: number) => priorityOf(scenario.routers[index]);
    return [...able].sort((left, right) => priority(right) - priority(left) || right - left)[0];
}

/**
 * Whether the best router has to be the active one: everybody preempts, and the best priority is not shared. (A backup of equal priority
 * and higher address waits: only an active router is outranked by address, RFC 9568 §6.4.2.)
 */
function mustPreempt(scenario: Scenario, able: readonly number[]): boolean {
    const plans = able.flatMap((index) => scenario.routers[index] ?? []);
    const highest = Math.max(...plans.map(priorityOf));
    return plans.every((plan) => plan.preempt) && plans.filter((plan) => priorityOf(plan) === highest).length === 1;
}

/** The effective priority in the quiet, when every script succeeds. */
function priorityOf(plan: RouterPlan | undefined): number {
    const { weight, isReversed } = plan?.tracker ?? { weight: 0, isReversed: false };
    const added = Math.max(weight, 0);
    return effectivePriority(plan?.priority ?? 0, isReversed ? -added : added);
}

function totalTransitions(world: World): number {
    return world.routers.reduce((total, router) => total + router.transitions.length, 0);
}

function historyOf(world: World): readonly string[] {
    const faults = world.scenario.faults.map((fault) => ({ at: instant(fault.at), text: JSON.stringify(fault) }));
    const changes = world.routers.flatMap((router: SimRouter, index) =>
        router.transitions.map(({ at, router: name, to, cause }) => ({ at, text: `router ${index} ${name} → ${to} (${cause.type})` })),
    );
    return [...faults, ...changes]
        .sort((left, right) => left.at - right.at)
        .map(({ at, text }) => `${inSeconds(between(instant(0), at)).toFixed(6)} s  ${text}`);
}
