import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/base/instant.ts";
import type { ScriptTrackerSnapshot } from "../../src/core/track/script-tracker.ts";
import { startHeardRunner } from "./heard-runner.ts";
import { until } from "./own-namespace.ts";

describe("a tracked script that takes too long", () => {
    // Given a script that does not mind SIGTERM. When its time is over. Then whoever would take the runner's place is told at once that it is down.
    it("is down for a successor, too, before it has ended", async () => {
        const changed: ScriptTrackerSnapshot[] = [];
        const runner = startHeardRunner({ log: [], done: [], changed });
        const command = { path: "/bin/sh", words: ["/bin/sh", "-c", "trap '' TERM; sleep 1; exit 0"] };
        const figures = { interval: seconds(60), timeout: milliseconds(100), rise: 1, fall: 1, startsFailed: false };
        runner.configure({ scripts: [{ name: "slow", command, ...figures }], pipes: [], scheduling: {} }, []);
        await until(() => changed.length > 0, 5_000);
        expect(changed).toEqual([{ name: "slow", isUp: false, streak: 0, lastStatus: undefined }]);
        await new Promise<void>((resolve) => runner.stop(resolve));
    });
});
