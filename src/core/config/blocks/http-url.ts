import { escapedText } from "../arguments/commands.ts";
import { oneOrMore, sequence } from "../arguments/composites.ts";
import { integer } from "../arguments/numbers.ts";
import { pattern } from "../arguments/pattern.ts";
import { REGEX_OPTIONS } from "../arguments/regex-options.ts";
import { bool, oneOf, path, text } from "../arguments/words.ts";
import { block, flag, keyword } from "../schema.ts";

/** `url { … }` of `HTTP_GET`. */
export const httpUrl = block({
    documentation: "One page to fetch.",
    keywords: {
        path: keyword(path("PATH"), { documentation: "What to ask for. Required." }),
        digest: keyword(pattern("MD5", /^[\da-f]{32}$/i), { documentation: "MD5 of the page, as 32 hexadecimal digits." }),
        status_code: keyword(oneOrMore(pattern("CODE[-CODE]", /^[1-5]\d\d(-[1-5]\d\d)?$/)), {
            documentation: "Status codes, or ranges of them, that are good.",
            defaultText: "200-299",
        }),
        virtualhost: keyword(text("NAME"), { documentation: "Host name to ask for.", defaultText: "the checker's" }),
        regex: keyword(escapedText("PATTERN"), { documentation: "Pattern that must be found in the page." }),
        regex_no_match: flag({ documentation: "The pattern must not be found." }),
        regex_options: keyword(oneOrMore(oneOf(REGEX_OPTIONS)), { documentation: "How the pattern is to be read." }),
        regex_min_offset: keyword(integer({ minimum: 0 }), {
            documentation: "Where in the page the match may begin at the earliest.",
            defaultText: "0",
        }),
        regex_max_offset: keyword(integer({ minimum: 0 }), { documentation: "Where in the page the match may begin at the latest." }),
        regex_stack: keyword(sequence({ start: integer({ name: "START", minimum: 1 }), most: integer({ name: "MOST", minimum: 1 }) }), {
            documentation: "Memory for matching: first and greatest number of bytes.",
            defaultText: "the library's",
        }),
    },
});

/** `url { … }` of `SSL_GET`. */
export const sslUrl = block({
    documentation: "One page to fetch over TLS.",
    keywords: {
        path: keyword(path("PATH"), { documentation: "What to ask for. Required." }),
        digest: keyword(pattern("MD5", /^[\da-f]{32}$/i), { documentation: "MD5 of the page, as 32 hexadecimal digits." }),
        status_code: keyword(oneOrMore(pattern("CODE[-CODE]", /^[1-5]\d\d(-[1-5]\d\d)?$/)), {
            documentation: "Status codes, or ranges of them, that are good.",
            defaultText: "200-299",
        }),
        virtualhost: keyword(text("NAME"), { documentation: "Host name to ask for.", defaultText: "the checker's" }),
        regex: keyword(escapedText("PATTERN"), { documentation: "Pattern that must be found in the page." }),
        regex_no_match: flag({ documentation: "The pattern must not be found." }),
        regex_options: keyword(oneOrMore(oneOf(REGEX_OPTIONS)), { documentation: "How the pattern is to be read." }),
        regex_min_offset: keyword(integer({ minimum: 0 }), {
            documentation: "Where in the page the match may begin at the earliest.",
            defaultText: "0",
        }),
        regex_max_offset: keyword(integer({ minimum: 0 }), { documentation: "Where in the page the match may begin at the latest." }),
        regex_stack: keyword(sequence({ start: integer({ name: "START", minimum: 1 }), most: integer({ name: "MOST", minimum: 1 }) }), {
            documentation: "Memory for matching: first and greatest number of bytes.",
            defaultText: "the library's",
        }),
        tls_compliant: keyword(bool(), {
            documentation: "Takes an end without a TLS farewell for an error.",
            defaultText: "the checker's",
        }),
    },
});
