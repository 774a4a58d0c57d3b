const RIGHTS: Readonly<Record<string, number>> = { R: 4, W: 2, X: 1 };
const SHIFTS: Readonly<Record<string, number>> = { USR: 6, GRP: 3, OTH: 0, U: 6, G: 3, O: 0 };
const ALL_RIGHTS = 0o777;

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
