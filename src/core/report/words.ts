import type { VrrpState } from "../vrrp/reports.ts";

/** What Keepalived's users call the states of RFC 9568: the one place where they are translated. */
export function stateWord(state: VrrpState): "INIT" | "BACKUP" | "MASTER" | "FAULT" {
    return STATE_WORDS[state];
}

/** The number of a state in Keepalived's JSON and on D-Bus. */
export function stateNumber(state: VrrpState): 0 | 1 | 2 | 3 {
    return STATE_NUMBERS[state];
}

const STATE_WORDS = { initialize: "INIT", backup: "BACKUP", active: "MASTER", fault: "FAULT" } as const;
const STATE_NUMBERS = { initialize: 0, backup: 1, active: 2, fault: 3 } as const;
