import type { BfdState } from "../packet/bfd.ts";

/** RFC 5880 §6.8.6: the state that follows, by our own and by what the neighbour says. A state that follows itself means: nothing happens. */
export const NEXT_STATE: Readonly<Record<BfdState, Readonly<Record<BfdState, BfdState>>>> = {
    // Only we ourselves end it: packets are discarded.
    "admin-down": { "admin-down": "admin-down", down: "admin-down", init: "admin-down", up: "admin-down" },
    // A neighbour that is up already knows a former session: it must go down first.
    down: { "admin-down": "down", down: "init", init: "up", up: "down" },
    // A neighbour that is down has not heard us yet.
    init: { "admin-down": "down", down: "init", init: "up", up: "up" },
    up: { "admin-down": "down", down: "down", init: "up", up: "up" },
};
