import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../../src/app/cli/lab/lab-daemon.ts";
import type { BfdPlan } from "./bfd-neighbors.ts";
import { programOf, UNDER_TEST } from "./daemon-kind.ts";

/** The end on r1 of a session between two routers, and the one on r2. */
export const OURS: BfdPlan = { neighbor: "10.77.0.2", source: "10.77.0.1", interval: 50, multiplier: 5 };
export const THEIRS: BfdPlan = { ...OURS, neighbor: OURS.source, source: OURS.neighbor };
/** What is logged of the session b1. */
export const UP = "(b1) Entering Up state";
export const DOWN = "(b1) Entering Down state";

/** Starts a daemon that logs in detail. */
export function startEnd(lab: Lab, node: "r1" | "r2", text: string): LabDaemon {
    return lab.start(node, { program: programOf(UNDER_TEST), configuration: text, flags: ["-D"] });
}
