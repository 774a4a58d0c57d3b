import { integer } from "../arguments/numbers.ts";
import { orElse } from "../arguments/or-else.ts";
import { pattern } from "../arguments/pattern.ts";
import { block, keyword } from "../schema.ts";
import { CHECK, CONNECTION } from "./checker.ts";

/** `UDP_CHECK { … }` */
export const udpCheck = block({
    documentation: "Sends a datagram.",
    keywords: {
        ...CONNECTION,
        ...CHECK,
        payload: keyword(pattern("HEX", /^([\da-f]{2})+$/i), {
            documentation: "Bytes to send, hexadecimal.",
            defaultText: "32 bytes of text",
        }),
        require_reply: keyword(orElse(pattern("HEX", /^([\da-fx]{2})+$/i), true), {
            documentation: "A reply must come, and match where digits are given; X stands for any digit.",
            defaultText: "off",
            since: "2.3.3",
        }),
        min_reply_length: keyword(integer({ minimum: 0, maximum: 65_535 }), {
            documentation: "Least length of the reply.",
            defaultText: "0",
        }),
        max_reply_length: keyword(integer({ minimum: 0, maximum: 65_535 }), {
            documentation: "Greatest length of the reply.",
            defaultText: "255",
        }),
    },
});
