import { type Argument, REFUSED } from "../schema.ts";
import { refined } from "./composites.ts";
import { pattern } from "./pattern.ts";

const RIGHTS: Readonly<Record<string, number>> = { R: 4, W: 2, X: 1 };
const SHIFTS: Readonly<Record<string, number>> = { USR: 6, GRP: 3, OTH: 0, U: 6, G: 3, O: 0 };
const ALL_RIGHTS = 0o777;

const FORM = /^(0x[\da-f]+|0[0-7]*|[1-9]\d*|I[RWX](USR|GRP|OTH)|IRWX[UGO])(\|(I[RWX](USR|GRP|OTH)|IRWX[UGO]))*$/i;

/** Rights withheld, as they are written. */
export const umask: Argument<string> = refined(pattern("MASK", FORM), (written, words) => {
    if (completeUmask(written) !== undefined) {
        return written;
    }
    words.complain({ code: "out-of-range", errorClass: "invalid-number", message: `${written} is out of range`, allowed: "0..0777" });
    return REFUSED;
});

/** The number of a `umask` as it is written: octal, hexadecimal or decimal as in C, or names such as `IXUSR|IRWXG`; undefined when it is too large. */
export function completeUmask(written: string): number | undefined {
    const mask = written
        .split("|")
        .map((word) => numberOf(word.toUpperCase()))
        .reduce((sum, part) => sum | part, 0);
    return mask <= ALL_RIGHTS ? mask : undefined;
}

function numberOf(word: string): number {
    const [, name, whole, right = "", who = ""] = /^I(?:(RWX)([UGO])|([RWX])(USR|GRP|OTH))$/.exec(word) ?? [];
    if (name !== undefined) {
        return 7 << (SHIFTS[whole ?? ""] ?? 0);
    }
    if (right !== "") {
        return (RIGHTS[right] ?? 0) << (SHIFTS[who] ?? 0);
    }
    return word.startsWith("0X") ? Number(word) : Number.parseInt(word, word.startsWith("0") ? 8 : 10);
}
