import { viewOf } from "../../core/base/bytes.ts";

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

/** One step of a filter: the operand is a constant or an offset, the jumps count instructions. */
export interface Instruction {
    readonly code: number;
    readonly operand: number;
    readonly jumpIfTrue?: number;
    readonly jumpIfFalse?: number;
}

/** Codes of instructions (linux/bpf_common.h). Words and half words are loaded most significant byte first. */
export const BPF = {
    LOAD_WORD: 0x20,
    LOAD_HALF_WORD: 0x28,
    LOAD_BYTE: 0x30,
    LOAD_BYTE_BEHIND_X: 0x50,
    LENGTH_OF_IPV4_HEADER_INTO_X: 0xb1,
    JUMP_IF_EQUAL: 0x15,
    RETURN: 0x06,
} as const;

/** What a filter returns to let all of a packet through. */
export const WHOLE_PACKET = 0x40000;

/** The program as the kernel takes it. */
export function assemble(instructions: readonly Instruction[]): Uint8Array {
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
