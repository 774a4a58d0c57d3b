import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import type { SeededRandom } from "../../../src/sim/random.ts";
import type { ChaosNode } from "./chaos-node.ts";

/** What a fault may lay hands on. */
export interface Victims {
    readonly lab: Lab;
    readonly node: ChaosNode;
    readonly random: SeededRandom;
}

/** Something that may happen to a machine. */
export interface Fault {
    /** A client must not notice it: no takeover follows from it. */
    readonly isHarmless?: true;
    /** When the promise is kept the cause is over; its consequences may not be. */
    readonly strike: (victims: Victims) => Promise<void>;
}

/** Faults by what they are called in the history of a run. */
export type Faults = Readonly<Record<string, Fault>>;
