import { unreachable } from "../../base/result.ts";
import type { Probe } from "../../service/check-settings.ts";
import type { Outcome } from "../outcome.ts";

/** What is to be done next in a conversation; nothing of both means to listen. */
export interface Reply {
    readonly send?: Uint8Array;
    /** Ends it. */
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
}

const SUCCESS: Reply = { outcome: { type: "success" } };

/** `TCP_CHECK`: a connection is all that is wanted. */
const GREETING: Conversation = { opened: () => SUCCESS, received: () => SUCCESS, ended: () => SUCCESS };

/** What is to be said for a probe. */
export function conversationFor(probe: Probe): Conversation {
    switch (probe.kind) {
        case "tcp":
            return GREETING;
        default:
            return unreachable(probe.kind);
    }
}
