import type { CheckerKind } from "../service/check-settings.ts";

/** A check that a line is about. */
export interface SpokenCheck {
    readonly service: string;
    readonly server: string;
    /** What it looks at besides the server. */
    readonly about?: string;
    /** Why it failed; empty where it succeeded. */
    readonly reason: string;
    /** Tries before this one that failed too. */
    readonly retries: number;
}

/** How lines speak of a kind of check. */
interface CheckWords {
    /** What it is called in a configuration. */
    readonly name: string;
    /** What mails call it, up to `succeed` or `failed`. */
    readonly mail: string;
    success(check: SpokenCheck): string;
    failure(check: SpokenCheck): string;
}

const WORDS: Readonly<Record<CheckerKind, CheckWords>> = {
    tcp: {
        name: "TCP_CHECK",
        mail: "TCP CHECK",
        success: ({ server }) => `TCP connection to ${server} success.`,
        failure: failedAs("TCP_CHECK"),
    },
    http: {
        name: "HTTP_CHECK",
        mail: "CHECK",
        success: ({ server }) => `Remote Web server ${server} succeed on service.`,
        failure: failedAs("HTTP_CHECK"),
    },
    grpc: {
        name: "GRPC_CHECK",
        mail: "GRPC CHECK",
        success: ({ server }) => `gRPC health check of ${server} success.`,
        failure: failedAs("GRPC_CHECK"),
    },
    smtp: {
        name: "SMTP_CHECK",
        mail: "CHECK",
        success: ({ server }) => `Remote SMTP server ${server} succeed on service.`,
        failure: failedAs("SMTP_CHECK"),
    },
    dns: {
        name: "DNS_CHECK",
        mail: "DNS_CHECK:",
        success: ({ server }) => `DNS_CHECK (${server}) success.`,
        failure: ({ server, reason, retries }) => `DNS_CHECK (${server}) failed${afterRetries(retries)}. (${reason})`,
    },
    udp: {
        name: "UDP_CHECK",
        mail: "UDP CHECK",
        success: ({ server }) => `UDP connection to ${server} success.`,
        failure: failedAs("UDP_CHECK"),
    },
    ping: {
        name: "PING_CHECK",
        mail: "ICMP CHECK",
        success: ({ server }) => `ICMP connection to ${server} success.`,
        failure: failedAs("ICMP CHECK"),
    },
    script: {
        name: "MISC_CHECK",
        mail: "MISC CHECK",
        success: ({ server, service, about }) => `Misc check for [${server} VS ${service}] by [${about}] succeeded.`,
        failure: ({ server, service, about, reason, retries }) =>
            `Misc check for [${server} VS ${service}] by [${about}] failed${afterRetries(retries)} (${reason}).`,
    },
    agent: {
        name: "AGENT_CHECK",
        mail: "AGENT CHECK",
        success: ({ server }) => `Agent of ${server} says that it is up.`,
        failure: failedAs("AGENT_CHECK"),
    },
    file: {
        name: "FILE_CHECK",
        mail: "FILE CHECK",
        success: ({ server, about }) => `File check of [${about}] RS(${server}) is UP`,
        failure: ({ server, about, reason }) => `File check of [${about}] RS(${server}) is DOWN (${reason})`,
    },
    bfd: {
        name: "BFD_CHECK",
        mail: "BFD CHECK",
        success: ({ server, about }) => `BFD check of [${about}] RS(${server}) is UP`,
        failure: ({ server, about }) => `BFD check of [${about}] RS(${server}) is DOWN`,
    },
};

/** How lines speak of checks of a kind. */
export function wordsFor(kind: CheckerKind): CheckWords {
    return WORDS[kind];
}

function failedAs(name: string): CheckWords["failure"] {
    return ({ server, reason, retries }) => `${name} on service ${server} failed${afterRetries(retries)}. (${reason})`;
}

function afterRetries(retries: number): string {
    return retries === 0 ? "" : ` after ${retries} retries`;
}
