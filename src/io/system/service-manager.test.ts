import { expect, it } from "vitest";
import { watchdogLimit } from "./service-manager.ts";

it.each([
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "77" }, 30_000],
    [{ WATCHDOG_USEC: "30000000" }, 30_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "78" }, undefined],
    [{ WATCHDOG_USEC: "0" }, undefined],
    [{ WATCHDOG_USEC: "soon" }, undefined],
    [{}, undefined],
])("the watchdog of %j waits for %s ms", (environment, limit) => {
    expect(watchdogLimit(environment, 77)).toBe(limit);
});
