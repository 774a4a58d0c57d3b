import { oneOrMore } from "../arguments/composites.ts";
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
        payload: keyword(oneOrMore(pattern("HEX", /^[\da-f]+$/i)), {
            documentation: "Bytes to send, hexadecimal.",
            defaultText: "32 bytes of text",
            status: "acts",
        }),
        require_reply: keyword(orElse(oneOrMore(pattern("HEX", /^[\da-fx]+$/i)), true), {
            documentation: "A reply must come, and match where digits are given; X stands for any digit.",
            defaultText: "off",
            since: "2.3.3",
            status: "acts",
        }),
        min_reply_length: keyword(integer({ minimum: 0, maximum: 65_535 }), {
            documentation: "Least length of a reply of which the form is given.",
            status: "acts",
            defaultText: "0",
        }),
        max_reply_length: keyword(integer({ minimum: 0, maximum: 65_535 }), {
            documentation: "Greatest length of a reply of which the form is given.",
            status: "acts",
            defaultText: "255",
        }),
    },
});
