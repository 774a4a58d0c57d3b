import type { Endpoint } from "./endpoint.ts";
import type { TlsSettings } from "./tls-settings.ts";

/** `HTTP_GET` and `SSL_GET`: one page is fetched. */
export interface HttpProbe {
    readonly kind: "http";
    readonly endpoint: Endpoint;
    readonly request: PageRequest;
    readonly expectation: PageExpectation;
    /** Absent: without TLS. */
    readonly tls?: TlsSettings;
    /** Sent before anything else: the PROXY protocol's word for a check of our own. */
    readonly preamble?: ProxyPreamble;
}

/** Version of HAProxy's PROXY protocol. */
export type ProxyPreamble = "v1" | "v2";

/** What is asked for. */
export interface PageRequest {
    readonly version: "1.0" | "1.1" | "2";
    /** `Connection: close` is said. */
    readonly closes: boolean;
    readonly method: string;
    readonly path: string;
    /** The Host header. */
    readonly host: string;
    readonly headers: readonly PageHeader[];
    readonly body?: string;
}

/** A header of a request. */
export interface PageHeader {
    readonly name: string;
    readonly value: string;
}

/** What the answer must be like. */
export interface PageExpectation {
    readonly statusCodes: readonly StatusRange[];
    /** MD5 of the body as it is sent, 32 lower-case hexadecimal digits. */
    readonly digest?: string;
    readonly pattern?: PagePattern;
    /** Must stand in the page. */
    readonly text?: string;
}

/** Status codes from `first` to `last`. */
export interface StatusRange {
    readonly first: number;
    readonly last: number;
}

/** What is looked for in a page. */
export interface PagePattern {
    /** In RE2's syntax. */
    readonly expression: string;
    readonly isCaseless: boolean;
    readonly isDotAll: boolean;
    readonly isMultiline: boolean;
    /** The page is UTF-8; otherwise a character is a byte. */
    readonly isUtf8: boolean;
    /** The page must not hold it. */
    readonly isUnwanted: boolean;
    /** Where a match may begin, in bytes. */
    readonly leastOffset: number;
    readonly mostOffset?: number;
    /** It must begin within the first line. */
    readonly isFirstLine: boolean;
}
