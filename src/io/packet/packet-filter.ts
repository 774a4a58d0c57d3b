import type { Family } from "../../core/base/ip.ts";
import { assemble, BPF, type Instruction, WHOLE_PACKET } from "../native/socket-filter.ts";

const VRID_OFFSET = 1;
/** With HMAC-MD5-96. */
const AUTHENTICATION_HEADER_LENGTH = 24;
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
    readonly hasAuthenticationHeader?: boolean;
}): Uint8Array {
    const { family, isUnicast, vrids } = wanted;
    const vridAt = VRID_OFFSET + (wanted.hasAuthenticationHeader === true ? AUTHENTICATION_HEADER_LENGTH : 0);
    return assemble([
        // A raw IPv6 socket hears every multicast of its interface, whatever IPV6_MULTICAST_ALL says.
        ...(family === 6 && isUnicast ? REFUSE_IPV6_MULTICAST : []),
        ...(vrids === undefined ? [] : acceptVrids(family, vrids, vridAt)),
        { code: BPF.RETURN, operand: WHOLE_PACKET },
    ]);
}

const REFUSE_IPV6_MULTICAST: readonly Instruction[] = [
    { code: BPF.LOAD_BYTE, operand: IPV6_DESTINATION },
    { code: BPF.JUMP_IF_EQUAL, operand: MULTICAST, jumpIfFalse: 1 },
    { code: BPF.RETURN, operand: 0 },
];

/** A raw IPv4 socket's filter sees packets from their IP header on, a raw IPv6 socket's from behind it. */
function acceptVrids(family: Family, vrids: readonly number[], vridAt: number): readonly Instruction[] {
    const load: readonly Instruction[] =
        family === 4
            ? [
                  { code: BPF.LENGTH_OF_IPV4_HEADER_INTO_X, operand: 0 },
                  { code: BPF.LOAD_BYTE_BEHIND_X, operand: vridAt },
              ]
            : [{ code: BPF.LOAD_BYTE, operand: vridAt }];
    const compare = vrids.map((vrid, index) => ({ code: BPF.JUMP_IF_EQUAL, operand: vrid, jumpIfTrue: vrids.length - index }));
    return [...load, ...compare, { code: BPF.RETURN, operand: 0 }];
}
