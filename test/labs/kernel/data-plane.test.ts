import { expect, test } from "vitest";
import { missingKernel, runInKernel } from "./boot.ts";
import type { DataPlaneSeen } from "./inside/data-plane.ts";

const missing = missingKernel();
const BOOT_LIMIT = 300_000;

// Given a kernel with IPVS. When a load balancer's table is written, changed and read in it. Then it holds what the nftables data plane holds, too.
// When sync daemons are started that a predecessor has left. Then they go on, unless another one is wanted.
test.skipIf(missing !== undefined)(
    `IPVS holds the table that every data plane holds${missing === undefined ? "" : ` (${missing})`}`,
    async () => {
        const { steps, refusals, daemons } = await runInKernel<DataPlaneSeen>("test/labs/kernel/inside/data-plane.ts");
        expect(steps.map(({ name, seen }) => ({ name, seen }))).toEqual(steps.map(({ name, wanted }) => ({ name, seen: wanted })));
        expect(steps.length).toBeGreaterThan(7);
        expect(refusals).toEqual([]);
        expect(daemons).toEqual([
            ["master 5", "backup 5"],
            ["master 5", "backup 5"],
            ["master 5", "backup 6"],
        ]);
    },
    BOOT_LIMIT,
);
