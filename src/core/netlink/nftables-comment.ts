import { utf8 } from "../base/utf8.ts";

/**
 * Comments on tables and rules in the form that nft reads and shows: type, length, text and a zero byte.
 */

const COMMENT = 0;
/** NFTNL_UDATA_COMMENT_MAXLEN: nft shows no longer one. */
const LONGEST = 127;

/** The comment as user data; what is too long is cut. */
export function commentBytes(text: string): Uint8Array {
    const bytes = utf8(text).subarray(0, LONGEST);
    return Uint8Array.of(COMMENT, bytes.length + 1, ...bytes, 0);
}

/** The comment in user data; undefined when it does not begin with one. A character a byte. */
export function commentText(userData: Uint8Array): string | undefined {
    const [type, length = 0] = userData;
    return type !== COMMENT || length < 1 || userData.length < 2 + length
        ? undefined
        : String.fromCharCode(...userData.subarray(2, 1 + length));
}

/** On every table that is ours: by it we know one that a predecessor left. */
export const OUR_TABLE = commentBytes("holdfast");
