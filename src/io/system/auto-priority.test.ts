import { expect, it } from "vitest";
import { milliseconds } from "../../core/base/instant.ts";
import { AutoPriority } from "./auto-priority.ts";

function risen(maximum: number, configured?: number): (readonly [number, number | undefined])[] {
    const applied: number[] = [];
    const automatic = new AutoPriority({ maximum, delay: milliseconds(100) }, configured, {
        apply: ({ realtimePriority = 0 }) => {
            applied.push(realtimePriority);
            return [];
        },
        log: () => undefined,
    });
    return [50, 100, 3_000, 99, 200].map((lateness) => {
        const before = applied.length;
        automatic.late(milliseconds(lateness));
        return [lateness, applied[before]] as const;
    });
}

it("rises by one each time that a timer is late enough, up to the limit", () => {
    expect(risen(2)).toEqual([
        [50, undefined],
        [100, 1],
        [3_000, 2],
        [99, undefined],
        [200, undefined],
    ]);
});

it("goes on from the priority that was configured, and is off at zero", () => {
    expect(risen(99, 50).map(([, priority]) => priority)).toEqual([undefined, 51, 52, undefined, 53]);
    expect(risen(0).every(([, priority]) => priority === undefined)).toBe(true);
});
