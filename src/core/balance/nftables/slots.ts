/**
 * Scheduling as a table: new connections go through numbered slots, in turn or by a hash of their addresses, and each slot has a server. So the
 * packet filter needs no more than a number and a map.
 */

/** A server as scheduling sees it. */
export interface Candidate {
    readonly id: number;
    readonly weight: number;
    /** The same on every machine and for as long as the server has this address. */
    readonly name: string;
}

/** How a number is found for a new connection: in turn, or from the source or destination address, the source with its port. */
export type Choice = "turn" | "source" | "source-and-port" | "destination";

/** Beyond that many slots weights are rounded, to less than a thousandth of the whole. */
const MOST_TURNS = 4_096;
/** Primes: sizes of the tables of hashes. */
const HASH_SIZES = [1_021, 4_093, 16_381] as const;
/** Slots for each server, so that shares are equal to within a few hundredths. */
const SLOTS_PER_SERVER = 100;

/** Who has which slot, for a scheduler that can be done so; servers of weight 0 have none. */
export function slotsOf(scheduler: string, candidates: readonly Candidate[]): readonly number[] {
    const willing = candidates.filter(({ weight }) => weight > 0);
    switch (scheduler) {
        case "rr":
        case "lc":
            return willing.map(({ id }) => id);
        case "fo": {
            const best = Math.max(...willing.map(({ weight }) => weight));
            return willing
                .filter(({ weight }) => weight === best)
                .map(({ id }) => id)
                .slice(0, 1);
        }
        case "sh":
        case "mh":
        case "dh":
            return hashed(willing);
        default:
            return interleaved(willing);
    }
}

/** By what a scheduler chooses. @param withPort the flag of sh and mh that takes the source port in */
export function choiceOf(scheduler: string, withPort: boolean): Choice {
    switch (scheduler) {
        case "sh":
        case "mh":
            return withPort ? "source-and-port" : "source";
        case "dh":
            return "destination";
        default:
            return "turn";
    }
}

/** Round after round, those whose weight is not used up: heavy servers are spread over the whole turn. */
function interleaved(willing: readonly Candidate[]): readonly number[] {
    const shares = sharesOf(willing, MOST_TURNS);
    const slots: number[] = [];
    for (let level = Math.max(0, ...shares); level > 0; level--) {
        for (const [index, { id }] of willing.entries()) {
            if ((shares[index] ?? 0) >= level) {
                slots.push(id);
            }
        }
    }
    return slots;
}

/**
 * Maglev hashing: each server has its own order of all slots and takes the next free one of it, as often in a round as its share says. When a
 * server comes or goes, hardly any slot of the others changes.
 */
function hashed(willing: readonly Candidate[]): readonly number[] {
    if (willing.length === 0) {
        return [];
    }
    const size = HASH_SIZES.find((candidate) => candidate >= willing.length * SLOTS_PER_SERVER) ?? HASH_SIZES[2];
    // Room for those whose share is rounded up to one slot.
    const shares = sharesOf(willing, size - willing.length);
    const slots = new Array<number>(size).fill(0);
    const isTaken = new Uint8Array(size);
    const walks = willing.map(({ name }) => ({ place: hashOf(name, 1) % size, step: (hashOf(name, 2) % (size - 1)) + 1 }));
    for (let left = size; left > 0; ) {
        for (const [index, walk] of walks.entries()) {
            for (let turn = shares[index] ?? 0; turn > 0 && left > 0; turn--, left--) {
                while (isTaken[walk.place] === 1) {
                    walk.place = (walk.place + walk.step) % size;
                }
                isTaken[walk.place] = 1;
                slots[walk.place] = willing[index]?.id ?? 0;
            }
        }
    }
    return slots;
}

/** Weights by their greatest common divisor; rounded, each at least 1, where they would take more than `most` slots. */
function sharesOf(willing: readonly Candidate[], most: number): readonly number[] {
    const divisor = willing.reduce((common, { weight }) => greatestCommonDivisor(common, weight), 0) || 1;
    const sum = willing.reduce((total, { weight }) => total + weight, 0) / divisor;
    return sum <= most
        ? willing.map(({ weight }) => weight / divisor)
        : willing.map(({ weight }) => Math.max(1, Math.floor((weight / divisor / sum) * most)));
}

function greatestCommonDivisor(one: number, other: number): number {
    return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/** FNV-1a. */
function hashOf(name: string, salt: number): number {
    let hash = 0x811c_9dc5 ^ salt;
    for (let index = 0; index < name.length; index++) {
        hash = Math.imul(hash ^ name.charCodeAt(index), 0x0100_0193);
    }
    return (hash ^ (hash >>> 15)) >>> 0;
}
