import type { Duplex } from "node:stream";
import type { Conversation, Reply } from "../../../core/health/conversation/conversation.ts";
import type { Talk } from "./stream-attempt.ts";

/** Holds a conversation over a stream. */
export function conversationTalk(conversation: Conversation): Talk {
    return (stream, tell) => {
        let isOver = false;
        const obey = ({ send, outcome }: Reply): void => {
            if (isOver) {
                return;
            }
            if (outcome !== undefined) {
                isOver = true;
                tell(outcome);
            } else if (send !== undefined) {
                stream.write(send);
            }
        };
        listen(stream, conversation, obey);
        obey(conversation.opened());
        return {
            close: () => {
                isOver = true;
            },
        };
    };
}

function listen(stream: Duplex, conversation: Conversation, obey: (reply: Reply) => void): void {
    stream.on("data", (bytes: Uint8Array) => obey(conversation.received(bytes)));
    stream.once("end", () => obey(conversation.ended()));
}
