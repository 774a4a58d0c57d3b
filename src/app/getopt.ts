import { type Result, rejected, success } from "../core/base/result.ts";

/** One option of a command line in the manner of GNU getopt_long. */
export interface OptionSpec<Name extends string = string> {
    /** One letter, without its dash. */
    readonly short?: string;
    /** Without its dashes; unique. */
    readonly long: Name;
    /** An optional argument must be attached: `-tFILE`, `--config-test=FILE`. */
    readonly argument: "none" | "required" | "optional";
}

/** One option as it was given. */
export interface GivenOption<Name extends string = string> {
    readonly name: Name;
    readonly argument?: string;
}

/** What a command line holds: options in their order, and all other words. */
export interface ParsedWords<Name extends string = string> {
    readonly options: readonly GivenOption<Name>[];
    readonly operands: readonly string[];
}

/** A complaint in the words that getopt's users know, without the program's name. */
export type OptionComplaint = string;

/**
 * Reads words as getopt_long does: short options may be bundled (`-nld`), long ones shortened as far as they stay unique, options and other
 * words mixed; `--` ends the options. The first mistake ends it.
 */
export function readOptions<Name extends string>(
    words: readonly string[],
    specs: readonly OptionSpec<Name>[],
): Result<ParsedWords<Name>, OptionComplaint> {
    const options: GivenOption<Name>[] = [];
    const operands: string[] = [];
    const rest = [...words];
    for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
        if (word === "--") {
            operands.push(...rest.splice(0));
        } else if (word === "-" || !word.startsWith("-")) {
            operands.push(word);
        } else {
            const found = word.startsWith("--") ? readLong(word.slice(2), rest, specs) : readBundle(word.slice(1), rest, specs);
            if (!found.ok) {
                return found;
            }
            options.push(...found.value);
        }
    }
    return success({ options, operands });
}

function readLong<Name extends string>(
    word: string,
    rest: string[],
    specs: readonly OptionSpec<Name>[],
): Result<GivenOption<Name>[], OptionComplaint> {
    const equals = word.indexOf("=");
    const wanted = equals < 0 ? word : word.slice(0, equals);
    const candidates = specs.filter(({ long }) => long.startsWith(wanted));
    const spec = candidates.find(({ long }) => long === wanted) ?? candidates[0];
    if (spec === undefined) {
        return rejected(`unrecognized option '--${word}'`);
    }
    if (spec.long !== wanted && candidates.length > 1) {
        return rejected(`option '--${word}' is ambiguous; possibilities: ${candidates.map(({ long }) => `'--${long}'`).join(" ")}`);
    }
    if (equals >= 0) {
        return spec.argument === "none"
            ? rejected(`option '--${spec.long}' doesn't allow an argument`)
            : success([{ name: spec.long, argument: word.slice(equals + 1) }]);
    }
    if (spec.argument !== "required") {
        return success([{ name: spec.long }]);
    }
    const argument = rest.shift();
    return argument === undefined ? rejected(`option '--${spec.long}' requires an argument`) : success([{ name: spec.long, argument }]);
}

function readBundle<Name extends string>(
    letters: string,
    rest: string[],
    specs: readonly OptionSpec<Name>[],
): Result<GivenOption<Name>[], OptionComplaint> {
    const options: GivenOption<Name>[] = [];
    for (const [index, letter] of [...letters].entries()) {
        const spec = specs.find(({ short }) => short === letter);
        if (spec === undefined) {
            return rejected(`invalid option -- '${letter}'`);
        }
        if (spec.argument === "none") {
            options.push({ name: spec.long });
            continue;
        }
        const attached = [...letters].slice(index + 1).join("");
        const argument = attached !== "" ? attached : spec.argument === "required" ? rest.shift() : undefined;
        if (argument === undefined && spec.argument === "required") {
            return rejected(`option requires an argument -- '${letter}'`);
        }
        options.push(argument === undefined ? { name: spec.long } : { name: spec.long, argument });
        break;
    }
    return success(options);
}
