import { viewOf } from "../base/bytes.ts";

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

export const HEADER_LENGTH = 16;

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
    NLM_F_CAPPED: 0x100,
    NLM_F_ACK_TLVS: 0x200,
} as const;

/** One message. The payload is a part of the datagram's own memory. */
export interface NetlinkMessage {
    readonly type: number;
    readonly flags: number;
    readonly sequence: number;
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
            payload: datagram.subarray(offset + HEADER_LENGTH, offset + length),
        });
        offset += align(length);
    }
    return messages;
}

/** What NLMSG_ERROR says: 0 is an acknowledgement, everything else the positive errno; extended text where the kernel gives one. */
export function readError(message: NetlinkMessage): { readonly errno: number; readonly text?: string } {
    const { payload, flags } = message;
    if (payload.length < 4) {
        return { errno: 0 };
    }
    const errno = Math.abs(viewOf(payload).getInt32(0, true));
    const text = (flags & NETLINK.NLM_F_ACK_TLVS) === 0 ? undefined : extendedText(payload, (flags & NETLINK.NLM_F_CAPPED) !== 0);
    return text === undefined ? { errno } : { errno, text };
}

/** NLMSGERR_ATTR_MSG, behind the error and the part of the request that is given back. */
function extendedText(payload: Uint8Array, isCapped: boolean): string | undefined {
    const view = viewOf(payload);
    if (payload.length < 4 + HEADER_LENGTH) {
        return undefined;
    }
    const echoed = isCapped ? HEADER_LENGTH : align(view.getUint32(4, true));
    let text: string | undefined;
    for (const [type, value] of readAttributes(payload.subarray(Math.min(payload.length, 4 + echoed)))) {
        text = type === 1 ? textOf(value) : text;
    }
    return text;
}

/** The attributes of a run of bytes, up to the first one that is cut; the two flag bits of the type are taken off. */
export function readAttributes(bytes: Uint8Array): [type: number, value: Uint8Array][] {
    const view = viewOf(bytes);
    const attributes: [number, Uint8Array][] = [];
    let offset = 0;
    while (offset + 4 <= bytes.length) {
        const length = view.getUint16(offset, true);
        if (length < 4 || length > bytes.length - offset) {
            break;
        }
        attributes.push([view.getUint16(offset + 2, true) & 0x3fff, bytes.subarray(offset + 4, offset + length)]);
        offset += align(length);
    }
    return attributes;
}

/** Text up to its terminating zero, a character a byte: interface names and labels. */
export function textOf(value: Uint8Array): string {
    const end = value.indexOf(0);
    return String.fromCharCode(...value.subarray(0, end < 0 ? Math.min(value.length, 4096) : Math.min(end, 4096)));
}

/** Rounded up to the next multiple of four, as everything in netlink is. */
export function align(length: number): number {
    return (length + 3) & ~3;
}
