import type { Encapsulation } from "../../base/route.ts";
import { parseCInteger } from "../arguments/numbers.ts";
import type { EncapEntry } from "../arguments/routing.ts";
import type { Refusal } from "./route-entries.ts";

const LARGEST_LABEL = 0xf_ffff;
const MOST_LABELS = 2;
const LARGEST_ID = 0xffff_ffff_ffff_ffffn;

/** `encap …` of a route or of one of its gateways; undefined when it was refused. */
export function completeEncapsulation(entry: EncapEntry, refusal: Refusal): Encapsulation | undefined {
    if (entry.mpls !== undefined) {
        return mplsOf(entry.mpls, refusal);
    }
    if (entry.ila !== undefined) {
        return ilaOf(entry.ila, refusal);
    }
    if (!(entry.ip || entry.ip6)) {
        refusal.add("encap wants ip, ip6, mpls or ila");
        return undefined;
    }
    return tunnelOf(entry, refusal);
}

function tunnelOf(entry: EncapEntry, refusal: Refusal): Encapsulation {
    const family = entry.ip6 ? 6 : 4;
    if ([entry.dst, entry.src].some((address) => address !== undefined && address.family !== family)) {
        refusal.add(`the addresses of encap ${entry.ip6 ? "ip6" : "ip"} are of the other family`);
    }
    const id = entry.id === undefined ? undefined : idOf(entry.id, refusal);
    const tos = entry.tos === undefined ? undefined : numberOf(entry.tos, { what: "tos", largest: 0xff, refusal });
    const flags = entry.flags === undefined ? undefined : numberOf(entry.flags, { what: "flags", largest: 0xffff, refusal });
    return {
        type: entry.ip6 ? "ip6" : "ip",
        ...(id !== undefined && { id }),
        ...(entry.dst && { destination: entry.dst }),
        ...(entry.src && { source: entry.src }),
        ...(tos !== undefined && { tos }),
        ...(entry.ttl !== undefined && { ttl: entry.ttl }),
        ...(flags !== undefined && { flags }),
    };
}

function mplsOf(words: string, refusal: Refusal): Encapsulation | undefined {
    const labels = words.split("/").map(parseCInteger);
    if (labels.length > MOST_LABELS || labels.some((label) => label === undefined || label < 0 || label > LARGEST_LABEL)) {
        refusal.add(`'${words}' are not one or two MPLS labels`);
        return undefined;
    }
    return { type: "mpls", labels: labels.flatMap((label) => label ?? []) };
}

/** Sixty-four bits in four groups of hexadecimal digits. */
function ilaOf(word: string, refusal: Refusal): Encapsulation | undefined {
    const groups = word.split(":");
    if (groups.length !== 4 || groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) {
        refusal.add(`'${word}' is not a locator`);
        return undefined;
    }
    return { type: "ila", locator: eightBytes(groups.map((group) => group.padStart(4, "0")).join("")) };
}

function idOf(word: string, refusal: Refusal): Uint8Array | undefined {
    const id = /^(0x[0-9a-f]+|\d+)$/i.test(word) ? BigInt(word) : undefined;
    if (id === undefined || id > LARGEST_ID) {
        refusal.add(`'${word}' is not the number of a tunnel`);
        return undefined;
    }
    return eightBytes(id.toString(16).padStart(16, "0"));
}

function eightBytes(digits: string): Uint8Array {
    return Uint8Array.from({ length: 8 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

function numberOf(
    word: string,
    { what, largest, refusal }: { readonly what: string; readonly largest: number; readonly refusal: Refusal },
): number | undefined {
    const number = parseCInteger(word);
    if (number === undefined || number < 0 || number > largest) {
        refusal.add(`${what} '${word}' of encap is not a number from 0 to ${largest}`);
        return undefined;
    }
    return number;
}
