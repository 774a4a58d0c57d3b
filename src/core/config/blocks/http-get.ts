import { integer } from "../arguments/numbers.ts";
import { bool, oneOf, path, text } from "../arguments/words.ts";
import { block, flag, keyword, subBlocks } from "../schema.ts";
import { CHECK_WITH_OLD_RETRY, CONNECTION } from "./checker.ts";
import { httpUrl, sslUrl } from "./http-url.ts";

/** Whether and how the host is named in the TLS handshake. */
export const SERVER_NAME = {
    enable_sni: flag({ documentation: "Names the host in the TLS handshake.", status: "acts" }),
    sni_name: keyword(text("NAME"), {
        documentation: "Host named in the TLS handshake; turns enable_sni on.",
        defaultText: "virtualhost",
        since: "2.4.3",
        status: "acts",
    }),
} as const;

const WEB = {
    ...CONNECTION,
    ...CHECK_WITH_OLD_RETRY,
    virtualhost: keyword(text("NAME"), { documentation: "Host name to ask for.", defaultText: "the real server's", status: "acts" }),
    http_protocol: keyword(oneOf(["1.0", "1.0C", "1.0c", "1.1", "2"]), {
        documentation: 'Form of the request; C adds "Connection: close". 2 is an addition of Holdfast.',
        defaultText: "1.0",
        status: "acts",
    }),
    ...SERVER_NAME,
    fast_recovery: keyword(bool(), {
        documentation: "Fetches all pages without a pause while the server comes up.",
        defaultText: "off",
        status: "acts",
    }),
} as const;

/** Sent before anything else. */
export const PREAMBLE = {
    proxy_protocol: keyword(oneOf(["v1", "v2"]), {
        documentation: "Sends a header of the PROXY protocol first, for servers that insist on one. An addition of Holdfast.",
        defaultText: "none",
        status: "acts",
    }),
} as const;

/** What a check over TLS has of its own: all additions to Keepalived. */
export const CERTIFICATES = {
    verify: keyword(bool(), {
        documentation: "The server's certificate must be valid, trusted and made out to the name. An addition of Holdfast.",
        defaultText: "off",
        status: "acts",
    }),
    verify_name: keyword(text("NAME"), {
        documentation: "Name or address that the certificate must bear; turns verify on. An addition of Holdfast.",
        defaultText: "sni_name, virtualhost, or the server's address",
        status: "acts",
    }),
    least_days: keyword(integer({ minimum: 0, maximum: 36_500 }), {
        documentation: "Fails when the certificate expires in fewer days. An addition of Holdfast.",
        status: "acts",
    }),
    ca: keyword(path("FILE"), {
        documentation: "Certificates of the authorities to trust. An addition of Holdfast.",
        defaultText: "that of the SSL block, else those that Node brings along",
        status: "acts",
    }),
    certificate: keyword(path("FILE"), {
        documentation: "Our own certificate. An addition of Holdfast.",
        defaultText: "that of the SSL block",
        status: "acts",
    }),
    key: keyword(path("FILE"), {
        documentation: "Our own private key. An addition of Holdfast.",
        defaultText: "that of the SSL block",
        status: "acts",
    }),
    password: keyword(text("STRING", { isSecret: true }), {
        documentation: "Opens the private key. An addition of Holdfast.",
        defaultText: "that of the SSL block",
        status: "acts",
    }),
} as const;

/** `HTTP_GET { … }` */
export const httpGet = block({
    documentation: "Fetches pages over HTTP.",
    keywords: { ...WEB, ...PREAMBLE, url: subBlocks(httpUrl, { documentation: "One page to fetch. Required.", status: "acts" }) },
});

/** `SSL_GET { … }` */
export const sslGet = block({
    documentation: "Fetches pages over HTTPS.",
    keywords: {
        ...WEB,
        ...PREAMBLE,
        ...CERTIFICATES,
        url: subBlocks(sslUrl, { documentation: "One page to fetch. Required.", status: "acts" }),
        tls_compliant: keyword(bool(), {
            documentation: "Takes an end without a TLS farewell for an error.",
            defaultText: "off",
            status: "acts",
        }),
    },
});
