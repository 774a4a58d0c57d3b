import { type Duration, inSeconds, microseconds } from "../../base/instant.ts";
import { type Argument, REFUSED, type Words } from "../schema.ts";

/** Limits of a number, and what to do with one beyond them. */
export interface Range<Value> {
    /** How the manual calls it; `N` or `SECONDS` when not given. */
    readonly name?: string;
    readonly minimum?: Value;
    readonly maximum?: Value;
    /** What is used in place of a number that is none or out of range: a value, or the nearest limit. When not given the keyword is ignored. */
    readonly otherwise?: Value | "nearest";
}

/** Whole numbers are no larger than that, in Keepalived and wherever the kernel takes them. */
const MOST_UNSIGNED = 4_294_967_295;

/** A whole number in decimal digits. */
export function integer(range: Range<number> = {}): Argument<number> {
    return numeric({ maximum: MOST_UNSIGNED, ...range }, { name: "N", decimals: 0, fromText: Number, toText: String });
}

const UNITS = { seconds: 1_000_000, milliseconds: 1_000, microseconds: 1 } as const;

/** A span of time, written in `unit` (seconds when not given) with decimals down to the microsecond. */
export function timer(range: Range<Duration> & { readonly unit?: keyof typeof UNITS } = {}): Argument<Duration> {
    const unit = range.unit ?? "seconds";
    const factor = UNITS[unit];
    return numeric(range, {
        name: unit.toUpperCase(),
        decimals: Math.round(Math.log10(factor)),
        fromText: (text) => microseconds(Number(text) * factor),
        toText: (span) => (unit === "seconds" ? trimmed(inSeconds(span)) : trimmed(span / factor)),
    });
}

/** A whole number in any base of the C language: 0x1f, 017, 15. */
export function cInteger(range: Range<number> = {}): Argument<number> {
    const syntax = join(range.name ?? "N", rangeText(range, String));
    return {
        syntax,
        completion: {},
        dump: String,
        read(words) {
            const text = words.take(syntax);
            if (text === undefined) {
                return REFUSED;
            }
            const value = parseCInteger(text);
            return value === undefined ? refuseNumber(words, text, syntax) : judge(words, { value, text, range, toText: String });
        },
    };
}

/** Reads 0x1f, 017 or 15, signed; undefined when it is anything else. */
export function parseCInteger(text: string): number | undefined {
    const match = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|0([0-7]+)|(0|[1-9]\d*))$/.exec(text);
    if (match === null) {
        return undefined;
    }
    const [, sign, hex, octal, plain] = match;
    const size = hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : Number(plain);
    return sign === "-" ? -size : size;
}

interface Notation<Value> {
    readonly name: string;
    readonly decimals: number;
    readonly fromText: (digits: string) => Value;
    readonly toText: (value: Value) => string;
}

function numeric<Value extends number>(range: Range<Value>, notation: Notation<Value>): Argument<Value> {
    const syntax = join(range.name ?? notation.name, rangeText(range, notation.toText));
    return {
        syntax,
        completion: {},
        dump: notation.toText,
        read(words) {
            const text = words.take(syntax);
            if (text === undefined) {
                return REFUSED;
            }
            const length = numberLength(text, notation.decimals > 0);
            if (length === 0) {
                return refuseNumber(words, text, syntax, fallback(range, notation.toText));
            }
            const digits = length === text.length ? text : text.slice(0, length);
            const value = notation.fromText(digits);
            if (length !== text.length && !isWithin(value, range)) {
                return refuseNumber(words, text, syntax, fallback(range, notation.toText));
            }
            if (length !== text.length) {
                complainOfJunk(words, text, digits);
            }
            complainOfDecimals(words, digits, notation.decimals);
            return judge(words, { value, text, range, toText: notation.toText });
        },
    };
}

/** How many characters from the start are one number; 0 when it does not start with one. */
function numberLength(text: string, mayHavePoint: boolean): number {
    let index = text[0] === "-" || text[0] === "+" ? 1 : 0;
    let digits = 0;
    let hasPoint = !mayHavePoint;
    for (; index < text.length; index++) {
        const code = text.charCodeAt(index);
        if (code >= 48 && code <= 57) {
            digits++;
        } else if (code === 46 && !hasPoint) {
            hasPoint = true;
        } else {
            break;
        }
    }
    return digits === 0 ? 0 : index;
}

function complainOfJunk(words: Words, text: string, digits: string): void {
    words.complain({
        code: "trailing-characters",
        errorClass: "invalid-number",
        message: `'${text}' is not a number only`,
        consequence: `${digits} is used`,
    });
}

function complainOfDecimals(words: Words, digits: string, decimals: number): void {
    const point = digits.indexOf(".");
    if (point >= 0 && digits.length - point - 1 > decimals) {
        words.complain({
            code: "too-many-decimals",
            errorClass: "invalid-number",
            message: `'${digits}' has more than ${decimals} decimals`,
            consequence: "it is rounded",
        });
    }
}

interface Judged<Value> {
    readonly value: Value;
    readonly text: string;
    readonly range: Range<Value>;
    readonly toText: (value: Value) => string;
}

function judge<Value extends number>(words: Words, { value, text, range, toText }: Judged<Value>): Value | typeof REFUSED {
    const { minimum, maximum, otherwise } = range;
    if (isWithin(value, range)) {
        return value;
    }
    const isBelow = minimum !== undefined && value < minimum;
    const used = otherwise === "nearest" ? (isBelow ? minimum : maximum) : otherwise;
    words.complain({
        code: "out-of-range",
        errorClass: "invalid-number",
        message: `${text} is out of range`,
        allowed: rangeText(range, toText),
        ...(used === undefined ? {} : { consequence: `${toText(used)} is used` }),
    });
    return used ?? REFUSED;
}

function isWithin<Value extends number>(value: Value, { minimum, maximum }: Range<Value>): boolean {
    return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
}

/** Nothing is nearest to a word: zero is used, or the least there may be. */
function fallback<Value extends number>(range: Range<Value>, toText: (value: Value) => string): { value: Value; text: string } | undefined {
    const nothing = 0 as Value;
    const value = range.otherwise !== "nearest" ? range.otherwise : isWithin(nothing, range) ? nothing : range.minimum;
    return value === undefined ? undefined : { value, text: toText(value) };
}

function refuseNumber<Value extends number>(
    words: Words,
    text: string,
    allowed: string,
    used?: { value: Value; text: string },
): Value | typeof REFUSED {
    words.complain({
        code: "not-a-number",
        errorClass: "invalid-number",
        message: `'${text}' is not a number`,
        allowed,
        ...(used === undefined ? {} : { consequence: `${used.text} is used` }),
    });
    return used?.value ?? REFUSED;
}

function rangeText<Value>({ minimum, maximum }: Range<Value>, toText: (value: Value) => string): string {
    if (minimum === undefined) {
        return maximum === undefined ? "" : `..${toText(maximum)}`;
    }
    return `${toText(minimum)}..${maximum === undefined ? "" : toText(maximum)}`;
}

function join(name: string, range: string): string {
    return range === "" ? name : `${name} ${range}`;
}

function trimmed(value: number): string {
    return value.toFixed(6).replace(/\.?0+$/, "");
}
