import { setFlagsFromString } from "node:v8";

/**
 * Sets up the collection of garbage for a process that reads much, answers, and ends. Most of what it makes stays.
 *
 * So the space for new objects is kept as small as it is at the start: a larger one would not spare any copying, and its fresh pages would cost
 * more time than collecting a small one often. It is collected alone: helping threads are hardly awake when that is done. And the space for old
 * objects may grow to many times its size before it is looked through for garbage.
 */
export function expectShortLife(): void {
    collectLittleAndAlone();
    setFlagsFromString("--heap-growing-percent=1000");
}

/**
 * The same for one that sleeps most of the time, and is waited for when it has something to do: but what it leaves behind does not stay. What it does is
 * over before most of it would be optimized, which is left until it has gone on for longer.
 */
export function expectRareWork(): void {
    collectLittleAndAlone();
    setFlagsFromString("--interrupt-budget=1000000");
}

function collectLittleAndAlone(): void {
    setFlagsFromString("--semi-space-growth-factor=1");
    setFlagsFromString("--no-parallel-scavenge");
}
