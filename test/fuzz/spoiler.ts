import type { SeededRandom } from "../../src/sim/random.ts";

const LONGEST = 400;
/** Where lengths, counts and signs turn over. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** What a target is given: something kept with bytes changed, cut out, doubled or put behind, or any bytes at all. */
export function spoil(corpus: readonly Uint8Array[], random: SeededRandom): Uint8Array {
    const one = corpus[random.integer(0, corpus.length - 1)];
    if (one === undefined || random.integer(0, 4) === 0) {
        return anything(random);
    }
    const bytes = one.slice();
    for (let count = random.integer(0, 7); count > 0 && bytes.length > 0; count--) {
        const edge = EDGES[random.integer(0, 2 * EDGES.length - 1)];
        bytes[random.integer(0, bytes.length - 1)] = edge ?? random.integer(0, 255);
    }
    const [from, to] = [random.integer(0, bytes.length), random.integer(0, bytes.length)];
    switch (random.integer(0, 4)) {
        case 0:
            return bytes.slice(0, from);
        case 1:
            return Uint8Array.from([...bytes.subarray(0, Math.min(from, to)), ...bytes.subarray(Math.max(from, to))]);
        case 2:
            return Uint8Array.from([...bytes, ...bytes.subarray(Math.min(from, to), Math.max(from, to))]);
        case 3:
            return Uint8Array.from([...bytes, ...anything(random)]);
        default:
            return bytes;
    }
}

function anything(random: SeededRandom): Uint8Array {
    return Uint8Array.from({ length: random.integer(0, LONGEST - 1) }, () => random.integer(0, 255));
}
