import type { BfdState } from "../packet/bfd.ts";

const STATES: Readonly<Record<BfdState, string>> = { "admin-down": "AdminDown", down: "Down", init: "Init", up: "Up" };

/** RFC 5880 §4.1, in Keepalived's spelling. */
const DIAGNOSTICS: readonly string[] = [
    "No Diagnostic",
    "Control Detection Time Expired",
    "Echo Function Failed",
    "Neighbor Signaled Session Down",
    "Forwarding Plane Reset",
    "Path Down",
    "Concatenated Path Down",
    "Administratively Down",
    "Reverse Concatenated Path Down",
];

/** A session's state as Keepalived's users know it. */
export function bfdStateWord(state: BfdState): string {
    return STATES[state];
}

/** What a diagnostic code says. */
export function diagnosticWords(diagnostic: number): string {
    return DIAGNOSTICS[diagnostic] ?? `Diagnostic ${diagnostic}`;
}
