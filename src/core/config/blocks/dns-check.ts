import { oneOf, text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";
import { CHECK, CONNECTION } from "./checker.ts";

/** `DNS_CHECK { … }` */
export const dnsCheck = block({
    documentation: "Asks a name server.",
    keywords: {
        ...CONNECTION,
        ...CHECK,
        type: keyword(oneOf(["A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA", "RRSIG", "DNSKEY"]), {
            documentation: "Type of the record asked for.",
            defaultText: "SOA",
            status: "acts",
        }),
        name: keyword(text("DOMAIN"), { documentation: "Name asked for.", defaultText: ".", status: "acts" }),
    },
});
