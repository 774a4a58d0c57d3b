import { viewOf } from "../base/bytes.ts";
import { align } from "./alignment.ts";
import { AttributeTable, attribute } from "./attributes.ts";
import { text } from "./layout.ts";

/**
 * Netlink messages: one header and a payload each, several in a datagram (include/uapi/linux/netlink.h).
 *
 * ```
 *  0                   1                   2                   3
 * +---------------------------------------------------------------+
 * |                       length (header included)                |
 * +-------------------------------+-------------------------------+
 * |             type              |             flags             |
 * +-------------------------------+-------------------------------+
 * |                       sequence number                         |
 * +---------------------------------------------------------------+
 * |                       port id of the sender                   |
 * +---------------------------------------------------------------+
 * ```
 *
 * Numbers are in the machine's own byte order; all machines that are supported are little-endian.
 */

const HEADER_LENGTH = 16;
const ERRNO_LENGTH = 4;

export const NETLINK = {
    NLMSG_ERROR: 2,
    NLMSG_DONE: 3,
    NLMSG_OVERRUN: 4,
    NLM_F_REQUEST: 0x1,
    NLM_F_MULTI: 0x2,
    NLM_F_ACK: 0x4,
    NLM_F_DUMP_INTR: 0x10,
    NLM_F_DUMP: 0x300,
    NLM_F_REPLACE: 0x100,
    NLM_F_EXCL: 0x200,
    NLM_F_CREATE: 0x400,
    NLM_F_APPEND: 0x800,
    NLM_F_CAPPED: 0x100,
    NLM_F_ACK_TLVS: 0x200,
} as const;

/** One message. The payload is a part of the datagram's own memory. */
export interface NetlinkMessage {
    readonly type: number;
    readonly flags: number;
    readonly sequence: number;
    /** Of the socket whose request it answers, or tells the consequences of; 0 for the kernel's own doing. */
    readonly port: number;
    readonly payload: Uint8Array;
}

/** The messages of one datagram, up to the first one that is cut or malformed. */
export function readMessages(datagram: Uint8Array): NetlinkMessage[] {
    const view = viewOf(datagram);
    const messages: NetlinkMessage[] = [];
    let offset = 0;
    while (offset + HEADER_LENGTH <= datagram.length) {
        const length = view.getUint32(offset, true);
        if (length < HEADER_LENGTH || length > datagram.length - offset) {
            break;
        }
        messages.push({
            type: view.getUint16(offset + 4, true),
            flags: view.getUint16(offset + 6, true),
            sequence: view.getUint32(offset + 8, true),
            port: view.getUint32(offset + 12, true),
            payload: datagram.subarray(offset + HEADER_LENGTH, offset + length),
        });
        offset += align(length);
    }
    return messages;
}

/** What the kernel says at the end: 0 for done, or a positive errno, with its own words where it has some. */
export interface Verdict {
    readonly errno: number;
    readonly text?: string;
}

/** NLMSGERR_ATTR_MSG: the kernel's words. */
const EXTENDED = new AttributeTable({ text: attribute(1, text) });

/** What NLMSG_ERROR says about one request, acknowledgements included; undefined when it is cut. */
export function readError({ payload, flags }: NetlinkMessage): Verdict | undefined {
    if (payload.length < ERRNO_LENGTH + HEADER_LENGTH) {
        return undefined;
    }
    const isCapped = (flags & NETLINK.NLM_F_CAPPED) !== 0;
    const echoed = isCapped ? HEADER_LENGTH : align(Math.min(payload.length, viewOf(payload).getUint32(ERRNO_LENGTH, true)));
    return readVerdict(payload, flags, ERRNO_LENGTH + echoed);
}

/** What NLMSG_DONE says about a dump: it may have failed half-way. Old kernels say nothing, which means that all went well. */
export function readDone({ payload, flags }: NetlinkMessage): Verdict {
    return payload.length < ERRNO_LENGTH ? { errno: 0 } : readVerdict(payload, flags, ERRNO_LENGTH);
}

function readVerdict(payload: Uint8Array, flags: number, wordsAt: number): Verdict {
    const view = viewOf(payload);
    const errno = Math.abs(view.getInt32(0, true));
    const hasWords = (flags & NETLINK.NLM_F_ACK_TLVS) !== 0 && wordsAt < payload.length;
    const words = hasWords ? EXTENDED.read(view, wordsAt, payload.length - wordsAt).text : undefined;
    return words === undefined ? { errno } : { errno, text: words };
}
