import { formatIp, parseIp } from "../base/ip.ts";
import { type Result, rejected, success } from "../base/result.ts";
import { nearest } from "../config/suggestion.ts";

/** So many names are told to somebody who asks for one that is not there. */
const MOST_TOLD = 5;
const ENDPOINT = /^(.+?):(?:(tcp|udp|sctp):)?(\d+)$/;

interface Named {
    readonly name: string;
}

/**
 * Those whom a word of a user means: by the name that logs show, `[10.0.0.1]:tcp:80`, or shorter, `10.0.0.1:80` and `10.0.0.1`, `web` for `[web]:0`.
 * Several have one and the same name; a failure says who was perhaps meant.
 *
 * @param kind what they are, in words
 */
export function findCalled<T extends Named>(kind: string, word: string, candidates: readonly T[]): Result<readonly T[], string> {
    const exact = candidates.filter(({ name }) => name === word);
    const found = exact.length > 0 ? exact : candidates.filter(({ name }) => isCalled(name, word));
    const names = [...new Set(found.map(({ name }) => name))];
    if (names.length > 1) {
        return rejected(`${word} is ${names.slice(0, MOST_TOLD).join(" or ")}: say which ${kind} is meant`);
    }
    return found.length > 0 ? success(found) : rejected(`no ${kind} is called ${word}${advice(word, candidates)}`);
}

function isCalled(name: string, word: string): boolean {
    const [full, spoken] = [partsOf(name), partsOf(word)];
    return (
        full.host === spoken.host &&
        (spoken.port === undefined || spoken.port === full.port) &&
        (spoken.protocol === undefined || spoken.protocol === full.protocol)
    );
}

function advice(word: string, candidates: readonly Named[]): string {
    const spellings = new Map(candidates.flatMap(({ name }) => [name, shortOf(name)].map((spelling) => [spelling, name] as const)));
    const near = nearest(word, spellings.keys());
    if (near !== undefined) {
        return `; did you mean ${spellings.get(near)}?`;
    }
    const names = [...new Set(spellings.values())];
    const more = names.length > MOST_TOLD ? ` and ${names.length - MOST_TOLD} more` : "";
    return names.length === 0
        ? "; there is none"
        : `; there ${names.length === 1 ? "is" : "are"} ${names.slice(0, MOST_TOLD).join(", ")}${more}`;
}

interface Parts {
    readonly host: string;
    readonly protocol?: string | undefined;
    readonly port?: string | undefined;
}

/** Addresses in their usual spelling, words in small letters, both without brackets. */
function partsOf(word: string): Parts {
    const lower = word.toLowerCase();
    const [, host = "", protocol, port] = parseIp(bare(lower)) === undefined ? (ENDPOINT.exec(lower) ?? [lower, lower]) : [lower, lower];
    const address = parseIp(bare(host));
    return { host: address === undefined ? bare(host) : formatIp(address), protocol, port };
}

function shortOf(name: string): string {
    const { host, port } = partsOf(name);
    return port === undefined || port === "0" ? host : `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function bare(host: string): string {
    return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}
