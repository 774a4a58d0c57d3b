import type { Instant } from "../base/instant.ts";
import type { Digest } from "./authenticator.ts";
import type { BfdEffect } from "./effects.ts";

/** What one event brings forth. */
export interface Turn {
    readonly now: Instant;
    readonly effects: BfdEffect[];
    /** What other processes are told: behind the packets of the turn, which must not wait for it. */
    readonly news: BfdEffect[];
}

/** What sessions are given instead of a machine's own chance and arithmetic. */
export interface Sources {
    /** From 0 up to but never 1; hard to guess. */
    readonly random: () => number;
    readonly digest: Digest;
}
