import type { Conversation, Reply } from "./conversation.ts";

const SUCCESS: Reply = { outcome: { type: "success" } };

/** `TCP_CHECK`: a connection is all that is wanted. */
export const GREETING: Conversation = { opened: () => SUCCESS, received: () => SUCCESS, ended: () => SUCCESS };
