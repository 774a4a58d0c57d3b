/**
 * IPv4 and IPv6 addresses as bytes, and their text forms. An address is immutable: nobody writes into `bytes`.
 */

/** Which Internet Protocol. */
export type Family = 4 | 6;

/** One address of either family. */
export interface IpAddress {
    readonly family: Family;
    /** 4 or 16 bytes, network order. */
    readonly bytes: Uint8Array;
}

/** An address out of 4 or 16 bytes, which are copied. Any other length is the caller's mistake and throws. */
export function ipFromBytes(bytes: Uint8Array): IpAddress {
    if (bytes.length !== 4 && bytes.length !== 16) {
        throw new RangeError(`an IP address has 4 or 16 bytes, not ${bytes.length}`);
    }
    return { family: bytes.length === 4 ? 4 : 6, bytes: bytes.slice() };
}

/** Reads dotted decimal or RFC 4291 text; undefined when it is neither. No zone, no prefix length, no leading zeros in dotted decimal. */
export function parseIp(text: string): IpAddress | undefined {
    return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** Writes dotted decimal, or the shortest form of RFC 5952 for IPv6. */
export function formatIp(address: IpAddress): string {
    const { family, bytes } = address;
    return family === 4 ? `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}` : formatIpv6(bytes);
}

/** Negative, zero or positive as `left` is lower than, equal to or higher than `right`: unsigned, network order (RFC 9568 §6.4.3). */
export function compareIp(left: IpAddress, right: IpAddress): number {
    const length = Math.min(left.bytes.length, right.bytes.length);
    for (let index = 0; index < length; index++) {
        const difference = (left.bytes[index] ?? 0) - (right.bytes[index] ?? 0);
        if (difference !== 0) {
            return difference;
        }
    }
    return left.bytes.length - right.bytes.length;
}

/** Whether both are the same address of the same family. */
export function equalIp(left: IpAddress | undefined, right: IpAddress | undefined): boolean {
    return left === right || (left !== undefined && right !== undefined && compareIp(left, right) === 0);
}

/** A short string that is equal for equal addresses: the key for a Map or a Set. Not for people. */
export function ipKey({ bytes }: IpAddress): string {
    // A list of arguments costs many times as much, and IPv4 addresses come by the thousand.
    return bytes.length === 4
        ? String.fromCharCode(bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0, bytes[3] ?? 0)
        : String.fromCharCode(...bytes);
}

/** 224.0.0.0/4 or ff00::/8. */
export function isMulticast(address: IpAddress): boolean {
    const first = address.bytes[0] ?? 0;
    return address.family === 4 ? first >= 224 && first < 240 : first === 0xff;
}

/** fe80::/10; an IPv4 address never is. */
export function isLinkLocal(address: IpAddress): boolean {
    return address.family === 6 && address.bytes[0] === 0xfe && ((address.bytes[1] ?? 0) & 0xc0) === 0x80;
}

const FULL_STOP = 0x2e;
const DIGIT_ZERO = 0x30;

function parseIpv4(text: string): IpAddress | undefined {
    const bytes = new Uint8Array(4);
    let place = 0;
    let value = -1;
    for (let index = 0; index <= text.length; index++) {
        const code = index < text.length ? text.charCodeAt(index) : FULL_STOP;
        if (code === FULL_STOP) {
            if (value < 0 || value > 255 || place === 4) {
                return undefined;
            }
            bytes[place++] = value;
            value = -1;
        } else if (code < DIGIT_ZERO || code > DIGIT_ZERO + 9 || value === 0 || value > 255) {
            return undefined;
        } else {
            value = Math.max(value, 0) * 10 + code - DIGIT_ZERO;
        }
    }
    return place === 4 ? { family: 4, bytes } : undefined;
}

function parseIpv6(text: string): IpAddress | undefined {
    const halves = text.split("::");
    if (halves.length > 2) {
        return undefined;
    }
    const head = parseGroups(halves[0] ?? "", halves.length === 1);
    const tail = halves.length === 2 ? parseGroups(halves[1] ?? "", true) : [];
    if (head === undefined || tail === undefined) {
        return undefined;
    }
    const missing = 16 - head.length - tail.length;
    if (halves.length === 2 ? missing < 2 : missing !== 0) {
        return undefined;
    }
    return { family: 6, bytes: Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]) };
}

function parseGroups(text: string, mayEndDotted: boolean): number[] | undefined {
    if (text === "") {
        return [];
    }
    const bytes: number[] = [];
    const groups = text.split(":");
    for (const [index, group] of groups.entries()) {
        if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
            const value = Number.parseInt(group, 16);
            bytes.push(value >> 8, value & 0xff);
            continue;
        }
        const dotted = mayEndDotted && index === groups.length - 1 ? parseIpv4(group) : undefined;
        if (dotted === undefined) {
            return undefined;
        }
        bytes.push(...dotted.bytes);
    }
    return bytes;
}

function formatIpv6(bytes: Uint8Array): string {
    const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0));
    if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
        return `::ffff:${bytes.slice(12).join(".")}`;
    }
    const run = longestZeroRun(groups);
    const hex = groups.map((group) => group.toString(16));
    if (run.length < 2) {
        return hex.join(":");
    }
    return `${hex.slice(0, run.start).join(":")}::${hex.slice(run.start + run.length).join(":")}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
    let best = { start: 0, length: 0 };
    let start = 0;
    for (let index = 0; index <= groups.length; index++) {
        if (groups[index] === 0) {
            continue;
        }
        if (index - start > best.length) {
            best = { start, length: index - start };
        }
        start = index + 1;
    }
    return best;
}
