import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { openPair, startRouter, untilMaster } from "./harness/router-pair.ts";

describe.runIf(canRunLabs())("a lab's capture", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = openPair();
    });

    afterEach(() => {
        lab.close();
    });

    // Given a router that advertises each 10 ms. When frames are read as soon as they come. Then the capture's own clock is past all of them.
    test("tells a time that is never earlier than a frame already read", async () => {
        startRouter(lab, "r1", UNDER_TEST, { version: 3, family: 4, interval: 0.01, priority: 150 });
        await untilMaster(lab, "r1");
        const last = () => lab.capture.frames.at(-1)?.at ?? 0;
        const ahead: number[] = [];
        for (let count = 0; count < 100; count++) {
            const before = last();
            await until(() => last() > before, { what: "the next frame", limit: 5_000, every: 0 });
            const { now } = lab.capture;
            if (now < last()) {
                ahead.push(last() - now);
            }
        }
        expect(ahead).toEqual([]);
    });
});
