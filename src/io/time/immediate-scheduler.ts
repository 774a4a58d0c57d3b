import type { Scheduler } from "../../host/world.ts";

/** Goes on after Node has looked once for input on all descriptors. */
export class ImmediateScheduler implements Scheduler {
    soon(run: () => void): void {
        setImmediate(run);
    }
}
