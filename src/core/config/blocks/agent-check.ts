import { text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";
import { CHECK, CONNECTION } from "./checker.ts";

/** `AGENT_CHECK { … }` */
export const agentCheck = block({
    documentation:
        "Asks an agent beside the server how it is: one line of `up`, `ready`, `75%`, `drain`, `maint`, `down`, `failed` or `stopped`, as for HAProxy. Needs connect_port. An addition of Holdfast.",
    keywords: {
        ...CONNECTION,
        ...CHECK,
        send: keyword(text("STRING"), {
            documentation: "Text to send first, with an end of line.",
            defaultText: "nothing",
            status: "acts",
        }),
    },
});
