import { encodeFrame, FLAG, FRAME, LARGEST_PAYLOAD } from "./frame.ts";
import { OUR_STREAM } from "./frame-rules.ts";
import { encodeFields } from "./hpack/encode-fields.ts";
import type { Field } from "./hpack/field.ts";

/** What is asked over HTTP/2. */
export interface Http2Request {
    readonly method: string;
    readonly scheme: "http" | "https";
    readonly authority: string;
    readonly path: string;
    readonly headers: readonly Field[];
    /** Empty: there is none. */
    readonly body: Uint8Array;
}

/** The request's header as frames, which end the stream where there is no body (RFC 9113 §8.3.1, §6.10). */
export function requestFrames({ method, scheme, authority, path, headers, body }: Http2Request): readonly Uint8Array[] {
    const block = encodeFields([
        { name: ":method", value: method },
        { name: ":scheme", value: scheme },
        { name: ":authority", value: authority },
        { name: ":path", value: path },
        ...headers,
    ]);
    const frames: Uint8Array[] = [];
    for (let at = 0; at < block.length; at += LARGEST_PAYLOAD) {
        const isFirst = at === 0;
        const isLast = at + LARGEST_PAYLOAD >= block.length;
        frames.push(
            encodeFrame({
                type: isFirst ? FRAME.HEADERS : FRAME.CONTINUATION,
                flags: (isFirst && body.length === 0 ? FLAG.END_STREAM : 0) | (isLast ? FLAG.END_HEADERS : 0),
                stream: OUR_STREAM,
                payload: block.subarray(at, at + LARGEST_PAYLOAD),
            }),
        );
    }
    return frames;
}
