import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { UNDER_TEST } from "../harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "../harness/prerequisites.ts";
import { ChaosRun } from "./chaos-run.ts";

const SEED = Number(process.env["CHAOS_SEED"] ?? randomInt(2 ** 31));
/** In milliseconds; more, and everything about a failing seed, with `npm run chaos`. */
const LIMIT = 45_000;

describe.runIf(canRunLabs() && hasTool("cc") && UNDER_TEST === "holdfast")("chaos", () => {
    // Given two routers and a client. When anything happens to them, again and again. Then one of them owns the addresses after each fault, the client
    // is never without an answer for longer than the protocol needs, and nothing is left behind: in the kernel, of processes, on the disk.
    test(`as many faults of seed ${SEED} as there is time for`, { timeout: 200_000 }, async () => {
        const { faults, violations } = await ChaosRun.run({ seed: SEED, faults: Number.POSITIVE_INFINITY, limit: LIMIT });
        expect(violations.join("\n")).toBe("");
        expect(faults).toBeGreaterThan(0);
    });
});
