import { viewOf } from "../../core/base/bytes.ts";
import type { Family } from "../../core/base/ip.ts";

/*
 * A classic BPF instruction (linux/filter.h), in the machine's byte order; all machines that we build for are little endian.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             code              | jump if true  | if false      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           operand                             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

interface Instruction {
    readonly code: number;
    readonly operand: number;
    readonly jumpIfTrue?: number;
    readonly jumpIfFalse?: number;
}

const LENGTH_OF_IPV4_HEADER_INTO_X = 0xb1;
const LOAD_BYTE = 0x30;
const LOAD_BYTE_BEHIND_X = 0x50;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
const VRID_OFFSET = 1;
const WHOLE_PACKET = 0x40000;
/** SKF_NET_OFF, from where a filter counts in the IP header, and the first byte of an IPv6 destination behind it. */
const IPV6_DESTINATION = 0xfff00000 + 24;
const MULTICAST = 0xff;

/**
 * The filter that lets only advertisements of these virtual routers through, so that others' never wake the process.
 *
 * @param vrids 1..255 each, without repetition; absent means all
 */
export function advertisementFilter(wanted: {
    readonly family: Family;
    readonly isUnicast: boolean;
    readonly vrids?: readonly number[];
}): Uint8Array {
    const { family, isUnicast, vrids } = wanted;
    return assemble([
        // A raw IPv6 socket hears every multicast of its interface, whatever IPV6_MULTICAST_ALL says.
        ...(family === 6 && isUnicast ? REFUSE_IPV6_MULTICAST : []),
        ...(vrids === undefined ? [] : acceptVrids(family, vrids)),
        { code: RETURN, operand: WHOLE_PACKET },
    ]);
}

const REFUSE_IPV6_MULTICAST: readonly Instruction[] = [
    { code: LOAD_BYTE, operand: IPV6_DESTINATION },
    { code: JUMP_IF_EQUAL, operand: MULTICAST, jumpIfFalse: 1 },
    { code: RETURN, operand: 0 },
];

/** A raw IPv4 socket's filter sees packets from their IP header on, a raw IPv6 socket's from behind it. */
function acceptVrids(family: Family, vrids: readonly number[]): readonly Instruction[] {
    const load: readonly Instruction[] =
        family === 4
            ? [
                  { code: LENGTH_OF_IPV4_HEADER_INTO_X, operand: 0 },
                  { code: LOAD_BYTE_BEHIND_X, operand: VRID_OFFSET },
              ]
            : [{ code: LOAD_BYTE, operand: VRID_OFFSET }];
    const compare = vrids.map((vrid, index) => ({ code: JUMP_IF_EQUAL, operand: vrid, jumpIfTrue: vrids.length - index }));
    return [...load, ...compare, { code: RETURN, operand: 0 }];
}

function assemble(instructions: readonly Instruction[]): Uint8Array {
    const bytes = new Uint8Array(8 * instructions.length);
    const view = viewOf(bytes);
    for (const [index, instruction] of instructions.entries()) {
        view.setUint16(8 * index, instruction.code, true);
        view.setUint8(8 * index + 2, instruction.jumpIfTrue ?? 0);
        view.setUint8(8 * index + 3, instruction.jumpIfFalse ?? 0);
        view.setUint32(8 * index + 4, instruction.operand, true);
    }
    return bytes;
}
