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
    const names = text.toLowerCase();
    const lengths = new Set(valuesOf(text, names, CONTENT_LENGTH));
    const isChunked = valuesOf(text, names, TRANSFER_ENCODING).some((value) => /(^|,)[ \t]*chunked$/i.test(value));
    // RFC 9112 §6.3: what is chunked has no other length.
    if (isChunked || lengths.size === 0) {
        return success({ status: Number(status), isChunked });
    }
    const [length = ""] = lengths;
    return lengths.size === 1 && /^\d{1,15}$/.test(length)
        ? success({ status: Number(status), isChunked, length: Number(length) })
        : rejected("contradictory Content-Length received");
}

const CONTENT_LENGTH = "\r\ncontent-length:";
const TRANSFER_ENCODING = "\r\ntransfer-encoding:";

/** What a header says, as often as it is there. Looked up by hand: a pattern for it takes several times as long, for each of thousands of checks. @param names the text in lower case */
function valuesOf(text: string, names: string, header: string): readonly string[] {
    const values: string[] = [];
    for (let at = names.indexOf(header); at >= 0; at = names.indexOf(header, at + header.length)) {
        const from = at + header.length;
        const [feed, end] = [text.indexOf("\n", from), text.indexOf("\r", from)];
        values.push(text.slice(from, Math.min(feed < 0 ? text.length : feed, end < 0 ? text.length : end)).trim());
    }
    return values;
}
