import { type Family, formatIp, type IpAddress, isMulticast, parseIp } from "../../base/ip.ts";
import { type Argument, REFUSED, type Words } from "../schema.ts";
import { integer } from "./numbers.ts";

/** An address with the length of its prefix, where that was written. */
export interface IpNetwork {
    readonly address: IpAddress;
    /** 0..32 or 0..128. */
    readonly prefixLength: number | undefined;
}

/** Addresses from `first` to `last`, both included; equal when only one was written. */
export interface IpRange {
    readonly first: IpAddress;
    readonly last: IpAddress;
}

export interface IpOptions {
    readonly name?: string;
    readonly family?: Family;
    readonly multicast?: boolean;
}

/** One IP address. */
export function ip(options: IpOptions = {}): Argument<IpAddress> {
    const name =
        options.name ?? (options.multicast === true ? "MULTICAST-IP" : options.family === undefined ? "IP" : `IPV${options.family}`);
    return {
        syntax: name,
        completion: { kind: "address" },
        dump: formatIp,
        read(words) {
            const word = words.take(name);
            const address = word === undefined ? undefined : parseIp(word);
            if (address !== undefined && fits(address, options)) {
                return address;
            }
            return word === undefined ? REFUSED : refuseAddress(words, word, name);
        },
    };
}

function fits(address: IpAddress, { family, multicast }: IpOptions): boolean {
    return (family === undefined || address.family === family) && (multicast !== true || isMulticast(address));
}

/** Letters, digits and hyphens, as hosts are called; with a dot, and a last label that is no number, so that no slip of an address is a name. */
const HOST_NAME = /^(?=.{1,253}$)(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)+(?=[a-z0-9-]*[a-z])(?!-)[a-z0-9-]{1,63}(?<!-)\.?$/i;

/** One IP address, or the name of a host, in small letters. */
export function ipOrHost(): Argument<IpAddress | string> {
    const address = ip({ name: "IP|NAME" });
    return {
        ...address,
        dump: (value) => (typeof value === "string" ? value : formatIp(value)),
        read(words) {
            const word = words.next;
            const known = word === undefined ? undefined : words.addressOf(word);
            if (word === undefined || (known === undefined && !HOST_NAME.test(word))) {
                return address.read(words);
            }
            words.take("NAME");
            return known ?? word.toLowerCase().replace(/\.$/, "");
        },
    };
}

export interface IpNetworkOptions {
    readonly name?: string;
    /** Words that stand for all addresses: `default`, `any`, `all` for 0.0.0.0/0 and `default6` for ::/0. */
    readonly mayBeDefault?: boolean;
}

/** An IP address with or without a prefix length: `10.0.0.1/24`. */
export function ipNetwork(options: IpNetworkOptions = {}): Argument<IpNetwork> {
    const name = options.name ?? "IP[/LENGTH]";
    return {
        syntax: options.mayBeDefault === true ? `${name}|default` : name,
        completion: { kind: "address", ...(options.mayBeDefault === true ? { words: Object.keys(EVERYWHERE) } : {}) },
        dump: formatNetwork,
        read(words) {
            const word = words.take(name);
            if (word === undefined) {
                return REFUSED;
            }
            const special = options.mayBeDefault === true ? EVERYWHERE[word] : undefined;
            return special ?? parseNetwork(word) ?? withWholeLength(words, word) ?? refuseAddress(words, word, name);
        },
    };
}

/** An address behind which no prefix length of its family stands is taken for itself alone, as Keepalived does. */
function withWholeLength(words: Words, word: string): IpNetwork | undefined {
    const slash = word.indexOf("/");
    const address = slash < 0 ? undefined : parseIp(word.slice(0, slash));
    if (address === undefined) {
        return undefined;
    }
    const most = address.bytes.length * 8;
    words.complain({
        code: "prefix-length",
        errorClass: "invalid-number",
        message: `'${word.slice(slash + 1)}' is no prefix length of an IPv${address.family} address`,
        allowed: `0..${most}`,
        consequence: `/${most} is used`,
    });
    return { address, prefixLength: undefined };
}

const ALL_IPV4: IpNetwork = { address: { family: 4, bytes: new Uint8Array(4) }, prefixLength: 0 };
const ALL_IPV6: IpNetwork = { address: { family: 6, bytes: new Uint8Array(16) }, prefixLength: 0 };
const EVERYWHERE: Readonly<Record<string, IpNetwork>> = { default: ALL_IPV4, any: ALL_IPV4, all: ALL_IPV4, default6: ALL_IPV6 };

/** Reads `IP` or `IP/LENGTH`; undefined when it is neither. */
export function parseNetwork(word: string): IpNetwork | undefined {
    const slash = word.indexOf("/");
    const address = parseIp(slash < 0 ? word : word.slice(0, slash));
    if (address === undefined) {
        return undefined;
    }
    if (slash < 0) {
        return { address, prefixLength: undefined };
    }
    const digits = word.slice(slash + 1);
    const prefixLength = Number(digits);
    const isLength = /^\d{1,3}$/.test(digits) && prefixLength <= address.bytes.length * 8;
    return isLength ? { address, prefixLength } : undefined;
}

/** Writes `IP`, or `IP/LENGTH` where there is one. */
export function formatNetwork({ address, prefixLength }: IpNetwork): string {
    return prefixLength === undefined ? formatIp(address) : `${formatIp(address)}/${prefixLength}`;
}

/** The network that an address with its prefix length lies in: the same without the host's bits. */
export function wholeNetwork({ address, prefixLength }: IpNetwork): IpNetwork {
    const length = prefixLength ?? address.bytes.length * 8;
    const bytes = address.bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, length - index * 8))));
    return { address: { family: address.family, bytes }, prefixLength };
}

/**
 * One address or a run of them: `10.0.0.1`, `10.0.0.1-20` (the last octet, decimal), `fe80::1-ff` (the last 16 bits, hexadecimal),
 * `10.0.0.1-10.0.1.1`.
 */
export function parseRange(word: string): IpRange | undefined {
    const dash = word.indexOf("-");
    const first = parseIp(dash < 0 ? word : word.slice(0, dash));
    if (first === undefined || dash < 0) {
        return first && { first, last: first };
    }
    const end = word.slice(dash + 1);
    const last = /[.:]/.test(end) ? parseIp(end) : lastPart(first, end);
    return last === undefined || last.family !== first.family ? undefined : { first, last };
}

function lastPart(first: IpAddress, end: string): IpAddress | undefined {
    const bytes = first.bytes.slice();
    if (first.family === 4) {
        bytes[3] = Number(end);
        return /^\d{1,3}$/.test(end) && Number(end) <= 255 ? { family: 4, bytes } : undefined;
    }
    const part = Number.parseInt(end, 16);
    bytes.set([part >> 8, part & 0xff], 14);
    return /^[0-9a-fA-F]{1,4}$/.test(end) ? { family: 6, bytes } : undefined;
}

/** Writes a range as `FIRST-LAST`, or the one address. */
export function formatRange({ first, last }: IpRange): string {
    return formatIp(first) === formatIp(last) ? formatIp(first) : `${formatIp(first)}-${formatIp(last)}`;
}

/** A TCP, UDP or SCTP port. */
export function port(minimum: 0 | 1 = 1): Argument<number> {
    return integer({ name: "PORT", minimum, maximum: 65535 });
}

function refuseAddress(words: Words, word: string, allowed: string): typeof REFUSED {
    words.complain({ code: "not-an-address", errorClass: "general", message: `'${word}' is not such an address`, allowed });
    return REFUSED;
}
