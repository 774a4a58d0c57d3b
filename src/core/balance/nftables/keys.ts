import { concatBytes } from "../../base/bytes.ts";
import type { Family, IpAddress } from "../../base/ip.ts";
import type { ElementSet } from "../../netlink/nftables.ts";
import type { Expression, Register } from "../../netlink/nftables-expressions.ts";

/**
 * Keys of our sets: parts of a packet side by side in words of four bytes, and how a rule loads them.
 */

/** nft's numbers of types; a concatenation has six bits for each part. */
const TYPES = { ipv4Address: 7, ipv6Address: 8, protocol: 12, port: 13, mark: 19, priority: 23 } as const;
const CONCATENATION_BITS = 6;

/** Where addresses are in the two headers. */
const ADDRESSES = { 4: { source: 12, destination: 16, length: 4 }, 6: { source: 8, destination: 24, length: 16 } } as const;
const PORTS = { source: 0, destination: 2, length: 2 } as const;

/** One part of a key. */
type Part = "source" | "destination" | "protocol" | "source-port" | "destination-port";

/** A key: of which parts. */
export interface KeyShape {
    readonly family: Family;
    readonly parts: readonly Part[];
    /** Leading bits of addresses that count. */
    readonly bits?: number;
}

/** Address, protocol and port of a service. */
export const endpointKey = (family: Family): KeyShape => ({ family, parts: ["destination", "protocol", "destination-port"] });
/** Address and protocol of a service for all ports. */
export const anyPortKey = (family: Family): KeyShape => ({ family, parts: ["destination", "protocol"] });
/** A client. */
export const clientKey = (family: Family, bits: number): KeyShape => ({ family, parts: ["source"], bits });
/** A connection to a service, among those of that service. */
export const flowKey = (family: Family, hasPort: boolean): KeyShape => ({
    family,
    parts: hasPort ? ["source", "source-port"] : ["source", "source-port", "destination-port"],
});

function keyTypeOf({ family, parts }: KeyShape): Pick<ElementSet, "keyType" | "keyLength"> {
    const types = parts.map((part) => typeOf(part, family));
    return {
        keyType: types.reduce((all, type) => (all << CONCATENATION_BITS) | type, 0),
        keyLength: parts.reduce((sum, part) => sum + 4 * wordsOf(part, family), 0),
    };
}

type SetShape = Omit<ElementSet, "name" | "filledByRules">;

/** From numbers of servers to chains. */
export const BY_SERVER: SetShape = { keyType: TYPES.priority, keyLength: 4, isNumbered: "keys", data: "verdict" };

/** From marks or numbers of slots to chains. */
export const BY_NUMBER: SetShape = { keyType: TYPES.mark, keyLength: 4, isNumbered: "keys", data: "verdict" };

/** From such keys to numbers of servers. */
export function serversBy(key: KeyShape): SetShape {
    return { ...keyTypeOf(key), isNumbered: "data", data: { type: TYPES.priority, length: 4 } };
}

/** From such keys to firewall marks. */
export function marksBy(key: KeyShape): SetShape {
    return { ...keyTypeOf(key), isNumbered: "data", data: { type: TYPES.mark, length: 4 } };
}

/** From such keys to chains. */
export function chainsBy(key: KeyShape): SetShape {
    return { ...keyTypeOf(key), data: "verdict" };
}

/** The first word of the registers: a key may fill all but the last four words. */
export const KEY_REGISTER: Register = 8;
/** A word that no key reaches. */
export const DATA_REGISTER: Register = 4;

/** Loads the key. */
export function loadKey({ family, parts, bits }: KeyShape): readonly Expression[] {
    const steps: Expression[] = [];
    let word = KEY_REGISTER as number;
    for (const part of parts) {
        const register = word as Register;
        steps.push(loadPart(part, family, register));
        const length = ADDRESSES[family].length;
        if (bits !== undefined && bits < 8 * length && (part === "source" || part === "destination")) {
            steps.push({ type: "mask", register, mask: maskOf(length, bits) });
        }
        word += wordsOf(part, family);
    }
    return steps;
}

/** A service's key as it stands in a set. */
export function endpointBytes(address: IpAddress, protocol: number, port?: number): Uint8Array {
    const ending = port === undefined ? [] : [port >> 8, port & 0xff, 0, 0];
    return concatBytes(address.bytes, Uint8Array.of(protocol, 0, 0, 0, ...ending));
}

/** A number as it stands in a set: in the machine's own byte order, little-endian. */
export function numberBytes(value: number): Uint8Array {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return bytes;
}

function loadPart(part: Part, family: Family, register: Register): Expression {
    const { source, destination, length } = ADDRESSES[family];
    switch (part) {
        case "source":
            return { type: "payload", base: "network", offset: source, length, register };
        case "destination":
            return { type: "payload", base: "network", offset: destination, length, register };
        case "protocol":
            return { type: "meta", key: "protocol", register };
        case "source-port":
            return { type: "payload", base: "transport", offset: PORTS.source, length: PORTS.length, register };
        case "destination-port":
            return { type: "payload", base: "transport", offset: PORTS.destination, length: PORTS.length, register };
    }
}

function typeOf(part: Part, family: Family): number {
    switch (part) {
        case "source":
        case "destination":
            return family === 4 ? TYPES.ipv4Address : TYPES.ipv6Address;
        case "protocol":
            return TYPES.protocol;
        case "source-port":
        case "destination-port":
            return TYPES.port;
    }
}

function wordsOf(part: Part, family: Family): number {
    return part === "source" || part === "destination" ? ADDRESSES[family].length / 4 : 1;
}

function maskOf(length: number, bits: number): Uint8Array {
    return Uint8Array.from({ length }, (_, index) => 0xff & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * index))));
}
