import type { Outcome } from "../outcome.ts";

/** What is to be done next in a conversation; nothing of both means to listen. */
export interface Reply {
    readonly send?: Uint8Array;
    /** Ends it. What is to be sent with it is a farewell, for which nobody waits. */
    readonly outcome?: Outcome;
}

/** What is said with a server over one connection, and what its answers are worth. Knows no sockets and no time. */
export interface Conversation {
    /** The connection stands. */
    opened(): Reply;
    /** The server said something; the memory is used again afterwards. */
    received(bytes: Uint8Array): Reply;
    /** The server has said all that it will say. */
    ended(): Reply;
    /** The network refuses the connection or breaks it; absent: that is a failure of the server. */
    broken?(reason: string): Outcome;
}
