import { METRIC, type RouteMetrics } from "../../base/route.ts";
import type { RouteEntry } from "../blocks/route-entry.ts";
import type { EntryScope, Refusal } from "./route-entries.ts";

/** TCP's least time-out, in milliseconds: what is to be expected of a route is not shorter. */
const LEAST_TIME = 200;
const LARGEST = 2 ** 32;
/** RTAX_FEATURE_ECN. */
const FEATURE_ECN = 1;
/** Parts of a millisecond in which the kernel counts. */
const TIME_UNITS = { rtt: 8, rttvar: 4, rto_min: 1 } as const;

/** Numbers as they are written, with or without `lock`. */
const LOCKABLE = ["mtu", "advmss", "reordering", "cwnd", "ssthresh"] as const;
const PLAIN = ["window", "hoplimit", "initcwnd", "initrwnd", "quickack", "fastopen_no_cookie"] as const;
const TIMES = ["rtt", "rttvar", "rto_min"] as const;

/** Where complaints go. */
interface MetricScope {
    readonly scope: EntryScope;
    readonly refusal: Refusal;
}

/** What TCP is told of a route; undefined when that is nothing. */
export function completeMetrics(entry: RouteEntry, scope: MetricScope): RouteMetrics | undefined {
    const values = new Map<number, number>();
    let locked = 0;
    for (const name of LOCKABLE) {
        const written = entry[name];
        if (written !== undefined) {
            values.set(METRIC[name], written.value);
            locked |= written.lock ? 1 << METRIC[name] : 0;
        }
    }
    for (const name of TIMES) {
        const written = entry[name];
        if (written !== undefined) {
            values.set(METRIC[name], timeOf(written.value, name, entry, scope));
            locked |= written.lock ? 1 << METRIC[name] : 0;
        }
    }
    for (const name of PLAIN) {
        const written = entry[name];
        if (written !== undefined) {
            values.set(METRIC[name], written);
        }
    }
    if (entry.features !== undefined) {
        values.set(METRIC.features, FEATURE_ECN);
    }
    locked |= entry.congctl?.lock === true ? 1 << METRIC.congctl : 0;
    if (values.size === 0 && entry.congctl === undefined) {
        return undefined;
    }
    const congestionControl = entry.congctl?.value;
    return {
        locked,
        values: [...values].toSorted(([left], [right]) => left - right),
        ...(congestionControl !== undefined && { congestionControl }),
    };
}

/** With `s` or `ms` a time; without, the kernel's own number, as with `ip route`. */
function timeOf(word: string, name: keyof typeof TIME_UNITS, entry: RouteEntry, { scope, refusal }: MetricScope): number {
    const unit = TIME_UNITS[name];
    const number = Number.parseFloat(word);
    const value = Math.round(word.endsWith("ms") ? number * unit : word.endsWith("s") ? number * 1_000 * unit : number);
    if (value >= LARGEST / unit) {
        refusal.add(`${name} ${word} of a route is too long`);
        return 0;
    }
    if (name === "rto_min" || value >= LEAST_TIME * unit) {
        return value;
    }
    scope.report(entry.at, {
        code: "time-too-short",
        errorClass: "general",
        message: `${scope.owner}${name} ${word} of a route is shorter than ${LEAST_TIME} ms`,
        consequence: `${LEAST_TIME} ms is used`,
    });
    return LEAST_TIME * unit;
}
