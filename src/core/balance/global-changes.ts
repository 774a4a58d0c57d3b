import { isSameData } from "../base/same-data.ts";
import type { BalancerEffect } from "./effects.ts";
import type { BalancerSettings } from "./settings.ts";

/** What differs between two settings besides the virtual servers. */
export function globalChanges(before: BalancerSettings, { timeouts, daemons }: BalancerSettings): readonly BalancerEffect[] {
    const has = (list: BalancerSettings["daemons"], one: BalancerSettings["daemons"][number]) =>
        list.some((other) => isSameData(other, one));
    return [
        // Those that nobody wants any more become again what they were.
        ...(isSameData(timeouts, before.timeouts) ? [] : [{ type: "set-timeouts", timeouts: timeouts ?? {} } as const]),
        ...before.daemons.filter((one) => !has(daemons, one)).map((daemon) => ({ type: "stop-daemon", daemon }) as const),
        ...daemons.filter((one) => !has(before.daemons, one)).map((daemon) => ({ type: "start-daemon", daemon }) as const),
    ];
}

/** What a start does besides the virtual servers' own. @param isResumed a predecessor's work goes on */
export function openingEffects({ timeouts, daemons, flushesAtStart }: BalancerSettings, isResumed: boolean): readonly BalancerEffect[] {
    return [
        ...(flushesAtStart && !isResumed ? [{ type: "flush-table" } as const] : []),
        ...(timeouts === undefined ? [] : [{ type: "set-timeouts", timeouts } as const]),
        ...daemons.map((daemon) => ({ type: "start-daemon", daemon }) as const),
        { type: "read-table" },
    ];
}
