import { viewOf } from "../../../base/bytes.ts";
import { type Result, success } from "../../../base/result.ts";
import { type Fault, faulty } from "./fault.ts";

/*
 * RFC 9113 §4.1
 *
 * +-----------------------------------------------+
 * |                 Length (24)                   |
 * +---------------+---------------+---------------+
 * |   Type (8)    |   Flags (8)   |
 * +-+-------------+---------------+-------------------------------+
 * |R|                 Stream Identifier (31)                      |
 * +=+=============================================================+
 * |                   Frame Payload (0...)                      ...
 * +---------------------------------------------------------------+
 */

/** How long what stands before the payload is. */
export const FRAME_HEAD = 9;
/** SETTINGS_MAX_FRAME_SIZE as it is where nobody says otherwise, and we do not (RFC 9113 §6.5.2). */
export const LARGEST_PAYLOAD = 16_384;

const STREAM_BITS = 0x7fff_ffff;

/** RFC 9113 §6. */
export const FRAME = {
    DATA: 0x0,
    HEADERS: 0x1,
    PRIORITY: 0x2,
    RST_STREAM: 0x3,
    SETTINGS: 0x4,
    PUSH_PROMISE: 0x5,
    PING: 0x6,
    GOAWAY: 0x7,
    WINDOW_UPDATE: 0x8,
    CONTINUATION: 0x9,
} as const;

export const FLAG = { ACK: 0x1, END_STREAM: 0x1, END_HEADERS: 0x4, PADDED: 0x8, PRIORITY: 0x20 } as const;

/** What is sent over a connection of HTTP/2, both ways. */
export interface Frame {
    readonly type: number;
    readonly flags: number;
    /** 0 is the connection itself. */
    readonly stream: number;
    readonly payload: Uint8Array;
}

/** A frame without its payload. */
export interface FrameHead extends Omit<Frame, "payload"> {
    readonly length: number;
}

/** A frame as it is sent. */
export function encodeFrame({ type, flags, stream, payload }: Frame): Uint8Array {
    const bytes = new Uint8Array(FRAME_HEAD + payload.length);
    const view = viewOf(bytes);
    view.setUint32(0, payload.length * 0x100 + type);
    view.setUint8(4, flags);
    view.setUint32(5, stream);
    bytes.set(payload, FRAME_HEAD);
    return bytes;
}

/** @param bytes nine of them */
export function decodeFrameHead(bytes: Uint8Array): FrameHead {
    const view = viewOf(bytes);
    const [word, flags, stream] = [view.getUint32(0), view.getUint8(4), view.getUint32(5)];
    return { length: word >>> 8, type: word & 0xff, flags, stream: stream & STREAM_BITS };
}

/** What a frame of DATA or HEADERS holds besides its padding (RFC 9113 §6.1, §6.2). */
export function withoutPadding({ flags, payload }: Frame): Result<Uint8Array, Fault> {
    if ((flags & FLAG.PADDED) === 0) {
        return success(payload);
    }
    const [padding = 0] = payload;
    return padding < payload.length
        ? success(payload.subarray(1, payload.length - padding))
        : faulty("PROTOCOL_ERROR", "padding longer than its frame");
}
