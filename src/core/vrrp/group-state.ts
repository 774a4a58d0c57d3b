import type { VrrpState } from "./reports.ts";

/** Where a group is whose members are there: all alike or else, as none may be active without the others, in backup. */
export function commonState(states: readonly VrrpState[]): VrrpState {
    if (states.includes("fault")) {
        return "fault";
    }
    const [first = "initialize"] = states;
    return states.every((state) => state === first) ? first : "backup";
}
