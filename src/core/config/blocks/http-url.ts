import { escapedText } from "../arguments/commands.ts";
import { oneOrMore, sequence } from "../arguments/composites.ts";
import { integer } from "../arguments/numbers.ts";
import { pattern } from "../arguments/pattern.ts";
import { REGEX_OPTIONS } from "../arguments/regex-options.ts";
import { bool, oneOf, path, text } from "../arguments/words.ts";
import { block, flag, keyword } from "../schema.ts";

const PAGE = {
    path: keyword(path("PATH"), { documentation: "What to ask for. Required.", status: "acts" }),
    digest: keyword(pattern("MD5", /^[\da-f]{32}$/i), {
        documentation: "MD5 of the page, as 32 hexadecimal digits; `holdfast genhash` tells it.",
        status: "acts",
    }),
    status_code: keyword(oneOrMore(pattern("CODE[-CODE]", /^[1-5]\d\d(-[1-5]\d\d)?$/)), {
        documentation: "Status codes, or ranges of them, that are good.",
        defaultText: "200-299",
        status: "acts",
    }),
    virtualhost: keyword(text("NAME"), { documentation: "Host name to ask for.", defaultText: "the checker's", status: "acts" }),
    regex: keyword(escapedText("PATTERN"), { documentation: "Pattern that must be found in the page.", status: "acts" }),
    regex_no_match: flag({ documentation: "The pattern must not be found.", status: "acts" }),
    regex_options: keyword(oneOrMore(oneOf(REGEX_OPTIONS)), { documentation: "How the pattern is to be read.", status: "acts" }),
    regex_min_offset: keyword(integer({ minimum: 0 }), {
        documentation: "Where in the page the match may begin at the earliest.",
        defaultText: "0",
        status: "acts",
    }),
    regex_max_offset: keyword(integer({ minimum: 0 }), {
        documentation: "Where in the page the match may begin at the latest.",
        status: "acts",
    }),
    regex_stack: keyword(sequence({ start: integer({ name: "START", minimum: 1 }), most: integer({ name: "MOST", minimum: 1 }) }), {
        documentation: "Memory for matching: first and greatest number of bytes. Matching needs none here.",
        defaultText: "the library's",
        status: "acts",
    }),
    contains: keyword(escapedText("TEXT"), { documentation: "Text that must stand in the page. An addition of Holdfast.", status: "acts" }),
    method: keyword(pattern("METHOD", /^[A-Z]+$/), {
        documentation: "Method of the request. An addition of Holdfast.",
        defaultText: "GET",
        status: "acts",
    }),
    header: keyword(sequence({ name: pattern("NAME", /^[\w!#$%&'*+.^`|~-]+$/), value: text("VALUE") }), {
        documentation: "A further header of the request. May be given several times. An addition of Holdfast.",
        repeat: "append",
        status: "acts",
    }),
    body: keyword(escapedText("TEXT"), { documentation: "What is sent with the request. An addition of Holdfast.", status: "acts" }),
} as const;

/** `url { … }` of `HTTP_GET`. */
export const httpUrl = block({ documentation: "One page to fetch.", keywords: PAGE });

/** `url { … }` of `SSL_GET`. */
export const sslUrl = block({
    documentation: "One page to fetch over TLS.",
    keywords: {
        ...PAGE,
        tls_compliant: keyword(bool(), {
            documentation: "Takes an end without a TLS farewell for an error.",
            defaultText: "the checker's",
            status: "acts",
        }),
    },
});
