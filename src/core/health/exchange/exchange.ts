import type { Outcome } from "../outcome.ts";

/** One datagram to a server, and what its answers are worth. Knows no sockets and no time. */
export interface Exchange {
    readonly request: Uint8Array;
    /** A datagram came; undefined: it is no answer, and the wait goes on. The memory is used again afterwards. */
    answered(bytes: Uint8Array): Outcome | undefined;
}
