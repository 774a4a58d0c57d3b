import { fromHex } from "../base/bytes.ts";
import { type Result, rejected, success } from "../base/result.ts";

const SHORTEST = 32;
const LONGEST = 64;
/** `hex:` */
const HEX_PREFIX = [0x68, 0x65, 0x78, 0x3a];
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * The bytes of an `auth_hmac` key out of what was written in the configuration or in a key file: `hex:` and digits, or the text itself.
 * The end of a file's last line does not belong to it.
 *
 * @returns the key, or what is wrong with it in words that do not give it away
 */
export function keyMaterial(written: Uint8Array): Result<Uint8Array, string> {
    const text = withoutLineEnd(written);
    const isHex = HEX_PREFIX.every((byte, index) => text[index] === byte);
    const bytes = isHex ? fromHex(String.fromCharCode(...text.subarray(HEX_PREFIX.length))) : text;
    if (bytes === undefined) {
        return rejected("is not hexadecimal after hex:");
    }
    if (bytes.length < SHORTEST || bytes.length > LONGEST) {
        return rejected(`has ${bytes.length} bytes instead of ${SHORTEST} to ${LONGEST}`);
    }
    return success(bytes);
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
    const end = bytes.at(-1) === LINE_FEED ? -1 : bytes.length;
    const text = bytes.slice(0, end);
    return text.at(-1) === CARRIAGE_RETURN ? text.slice(0, -1) : text;
}
