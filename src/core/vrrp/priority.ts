import { OWNER_PRIORITY } from "./timers.ts";

/**
 * The priority that a virtual router advertises and compares: the configured one and what it tracks, kept within what a priority of one who
 * is no owner may be. An owner's never changes.
 *
 * @example effectivePriority(100, -200) // 1
 */
export function effectivePriority(configured: number, weight: number): number {
    return configured === OWNER_PRIORITY ? OWNER_PRIORITY : Math.min(Math.max(configured + weight, LOWEST), HIGHEST_OF_OTHERS);
}

const LOWEST = 1;
const HIGHEST_OF_OTHERS = OWNER_PRIORITY - 1;
