import type { Duration, Instant } from "../base/instant.ts";

/** A user has a real server lose its clients: until the last one is gone, or the time is over. */
export interface DrainOrder {
    readonly since: Instant;
    /** How long it waits for them; absent for as long as it takes. */
    readonly timeout?: Duration;
    /** It has lost them, or its patience with them. */
    readonly isDrained: boolean;
}

/** What a user asks, with names as people write them. */
export interface DrainRequest {
    readonly service: string;
    readonly server: string;
    readonly timeout?: Duration;
    /** It is to get its weight back. */
    readonly isUndone: boolean;
}

/** What became of that. */
export type DrainReply =
    /** How the server stands now. `draining` and `drained` are an order's doing; `untouched`: there is no order to undo. */
    | {
          readonly type: "draining" | "drained" | "restored" | "untouched";
          readonly service: string;
          readonly server: string;
          readonly weight: number;
      }
    /** Nobody is called so, or several are. */
    | { readonly type: "unknown"; readonly reason: string };
