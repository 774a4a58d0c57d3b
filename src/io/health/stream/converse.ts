import type { Duplex } from "node:stream";
import type { Conversation, Reply } from "../../../core/health/conversation/conversation.ts";
import type { Outcome } from "../../../core/health/outcome.ts";

/** Holds a conversation over a stream that stands, until its outcome, which it tells once, or until it is closed. */
export function converse(stream: Duplex, conversation: Conversation, tell: (outcome: Outcome) => void): { close(): void } {
    let isOver = false;
    const obey = ({ send, outcome }: Reply): void => {
        if (isOver) {
            return;
        }
        if (send !== undefined) {
            stream.write(send);
        }
        if (outcome !== undefined) {
            isOver = true;
            tell(outcome);
        }
    };
    stream.on("data", (bytes: Uint8Array) => isOver || obey(conversation.received(bytes)));
    stream.once("end", () => isOver || obey(conversation.ended()));
    obey(conversation.opened());
    return {
        close: () => {
            isOver = true;
        },
    };
}
