import { type Result, rejected, success } from "../../../base/result.ts";

/** What the beginning of an answer says that matters to a check. */
export interface ReplyHead {
    readonly status: number;
    /** How long the body is; absent when only the end of the connection tells. */
    readonly length?: number;
    /** The body comes in chunks (RFC 9112 §7.1). */
    readonly isChunked: boolean;
}

/** Status line and headers, up to the empty line. The failure is in words for people. */
export function parseReplyHead(text: string): Result<ReplyHead, string> {
    const status = /^HTTP\/\d\.\d (\d{3})(?![^ \r])/.exec(text)?.[1];
    if (status === undefined) {
        return rejected("no HTTP status line received");
    }
    const lengths = new Set(valuesOf(text, CONTENT_LENGTH));
    const isChunked = valuesOf(text, TRANSFER_ENCODING).some((value) => /(^|,)[ \t]*chunked$/i.test(value));
    // RFC 9112 §6.3: what is chunked has no other length.
    if (isChunked || lengths.size === 0) {
        return success({ status: Number(status), isChunked });
    }
    const [length = ""] = lengths;
    return lengths.size === 1 && /^\d{1,15}$/.test(length)
        ? success({ status: Number(status), isChunked, length: Number(length) })
        : rejected("contradictory Content-Length received");
}

const CONTENT_LENGTH = /\r\ncontent-length:([^\r\n]*)/gi;
const TRANSFER_ENCODING = /\r\ntransfer-encoding:([^\r\n]*)/gi;

function valuesOf(text: string, header: RegExp): readonly string[] {
    return Array.from(text.matchAll(header), ([, value = ""]) => value.trim());
}
