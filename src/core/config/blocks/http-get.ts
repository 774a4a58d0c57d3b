import { bool, oneOf, text } from "../arguments/words.ts";
import { block, flag, keyword, subBlocks } from "../schema.ts";
import { CHECK_WITH_OLD_RETRY, CONNECTION } from "./checker.ts";
import { httpUrl, sslUrl } from "./http-url.ts";

/** `HTTP_GET { … }` */
export const httpGet = block({
    documentation: "Fetches pages over HTTP.",
    keywords: {
        ...CONNECTION,
        ...CHECK_WITH_OLD_RETRY,
        virtualhost: keyword(text("NAME"), { documentation: "Host name to ask for.", defaultText: "the real server's" }),
        http_protocol: keyword(oneOf(["1.0", "1.0C", "1.0c", "1.1"]), {
            documentation: 'Form of the request; C adds "Connection: close".',
            defaultText: "1.0",
        }),
        enable_sni: flag({ documentation: "Names the host in the TLS handshake." }),
        sni_name: keyword(text("NAME"), {
            documentation: "Host named in the TLS handshake; turns enable_sni on.",
            defaultText: "virtualhost",
            since: "2.4.3",
        }),
        fast_recovery: keyword(bool(), {
            documentation: "Fetches all pages without a pause while the server comes up.",
            defaultText: "off",
        }),
        url: subBlocks(httpUrl, { documentation: "One page to fetch. Required." }),
    },
});

/** `SSL_GET { … }` */
export const sslGet = block({
    documentation: "Fetches pages over HTTPS.",
    keywords: {
        ...CONNECTION,
        ...CHECK_WITH_OLD_RETRY,
        virtualhost: keyword(text("NAME"), { documentation: "Host name to ask for.", defaultText: "the real server's" }),
        http_protocol: keyword(oneOf(["1.0", "1.0C", "1.0c", "1.1"]), {
            documentation: 'Form of the request; C adds "Connection: close".',
            defaultText: "1.0",
        }),
        enable_sni: flag({ documentation: "Names the host in the TLS handshake." }),
        sni_name: keyword(text("NAME"), {
            documentation: "Host named in the TLS handshake; turns enable_sni on.",
            defaultText: "virtualhost",
            since: "2.4.3",
        }),
        fast_recovery: keyword(bool(), {
            documentation: "Fetches all pages without a pause while the server comes up.",
            defaultText: "off",
        }),
        url: subBlocks(sslUrl, { documentation: "One page to fetch. Required." }),
        tls_compliant: keyword(bool(), { documentation: "Takes an end without a TLS farewell for an error.", defaultText: "off" }),
    },
});
