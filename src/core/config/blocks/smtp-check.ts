import { text } from "../arguments/words.ts";
import { block, keyword, subBlocks } from "../schema.ts";
import { CHECK, CONNECTION } from "./checker.ts";

/** `host { … }` within it. */
export const smtpHost = block({
    documentation: "One more connection to try.",
    keywords: {
        ...CONNECTION,
        ...CHECK,
    },
});

/** `SMTP_CHECK { … }` */
export const smtpCheck = block({
    documentation: "Speaks with a mail server.",
    keywords: {
        ...CONNECTION,
        ...CHECK,
        helo_name: keyword(text("STRING"), {
            documentation: "Name given in the HELO.",
            defaultText: "smtpchecker.keepalived.org",
            status: "acts",
        }),
        host: subBlocks(smtpHost, {
            documentation: "One more connection to try.",
            status: "acts",
            deprecated: "use connect_ip and connect_port of the checker",
        }),
    },
});
