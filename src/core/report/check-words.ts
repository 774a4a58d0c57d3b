import type { ProbeKind } from "../service/probe/probe.ts";

/** How lines speak of a check. */
interface CheckWords {
    /** What it is called in a configuration. */
    readonly name: string;
    /** What mails call it. */
    readonly mail: string;
    /** The line about a success. */
    success(server: string): string;
}

const WORDS: Readonly<Record<ProbeKind, CheckWords>> = {
    tcp: { name: "TCP_CHECK", mail: "TCP CHECK", success: (server) => `TCP connection to ${server} success.` },
};

/** How lines speak of checks of a kind. */
export function wordsFor(kind: ProbeKind): CheckWords {
    return WORDS[kind];
}
