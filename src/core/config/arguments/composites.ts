import { deprecatedSpelling } from "../parse-complaints.ts";
import type { Position } from "../position.ts";
import {
    type Argument,
    type ArgumentValue,
    type Completion,
    type KeywordValue,
    type Presence,
    REFUSED,
    type ValueKeyword,
    type Words,
} from "../schema.ts";

/** May be left out at the end of the line. */
export function optional<Value>(argument: Argument<Value>): Argument<Value | undefined> {
    return {
        syntax: `[${argument.syntax}]`,
        completion: argument.completion,
        dump: (value) => (value === undefined ? "" : argument.dump(value)),
        read: (words) => (words.next === undefined ? undefined : argument.read(words)),
    };
}

// biome-ignore lint/suspicious/noExplicitAny: fields hold arguments of every value type; `Argument` is invariant in it.
type Fields = Readonly<Record<string, Argument<any>>>;

/** The values of fields read one after the other. */
export type FieldValues<F extends Fields> = { readonly [Key in keyof F]: ArgumentValue<F[Key]> };

/** Several arguments one after the other: `sequence({ server: text("HOST"), port: optional(port()) })`. */
export function sequence<const F extends Fields>(fields: F): Argument<FieldValues<F>> {
    const entries = Object.entries(fields);
    return {
        syntax: nestedSyntax(entries.map(([, argument]) => argument.syntax)),
        completion: mergedCompletion(entries.map(([, argument]) => argument.completion)),
        dump: (value) => joined(entries.map(([key, argument]) => argument.dump(value[key]))),
        read(words) {
            const value: Record<string, unknown> = {};
            for (const [key, argument] of entries) {
                const part = argument.read(words);
                if (part === REFUSED) {
                    return REFUSED;
                }
                value[key] = part;
            }
            return value as FieldValues<F>;
        },
    };
}

/** One or more of the same, to the end of the line. */
export function oneOrMore<Value>(argument: Argument<Value>): Argument<readonly Value[]> {
    return {
        syntax: `${argument.syntax}...`,
        completion: argument.completion,
        dump: (values) => values.map((value) => argument.dump(value)).join(" "),
        read(words) {
            const values: Value[] = [];
            let from: Position;
            do {
                from = words.position;
                const value = argument.read(words);
                if (value === REFUSED) {
                    return REFUSED;
                }
                values.push(value);
            } while (words.next !== undefined && words.position !== from);
            return values;
        },
    };
}

/** The same words for another value: `convert` makes it of what was read, or complains and refuses; `back` is its inverse. */
export function converted<From, To>(
    argument: Argument<From>,
    convert: (value: From, words: Words) => To | typeof REFUSED,
    back: (value: To) => From,
): Argument<To> {
    return {
        syntax: argument.syntax,
        completion: argument.completion,
        dump: (value) => argument.dump(back(value)),
        read(words) {
            const value = argument.read(words);
            return value === REFUSED ? REFUSED : convert(value, words);
        },
    };
}

/** A further demand on a value: `check` complains and refuses, or returns the value to use. */
export function refined<Value>(argument: Argument<Value>, check: (value: Value, words: Words) => Value | typeof REFUSED): Argument<Value> {
    return converted(argument, check, (value) => value);
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
type OptionKeyword = ValueKeyword<any, Presence>;

/** What an entry is made of. */
export interface EntryGrammar<P extends Fields, O extends Readonly<Record<string, OptionKeyword>>> {
    /** Words known by their place: each takes the next word that is not an option's name, in this order. The first is never taken for an option. */
    readonly positional: P;
    /** Words known by their name, in any order: rows made by `flag` and `keyword`. */
    readonly options: O;
    /** Positional words may come after options, and be named like none (routes); otherwise they stand first. */
    readonly anyOrder?: boolean;
}

/** An entry's value: a key for every positional and every option. */
export type EntryValue<P extends Fields, O> = FieldValues<P> & { readonly [Key in keyof O]: KeywordValue<O[Key]> } & {
    readonly at: Position;
};

/**
 * A line with a grammar of its own: `10.0.0.1/24 dev eth0 label eth0:1`.
 *
 * Reading stops at a word that is neither: within another entry it goes on there, at the end of a list's line it is an error.
 */
export function entry<const P extends Fields, const O extends Readonly<Record<string, OptionKeyword>>>(
    grammar: EntryGrammar<P, O>,
): Argument<EntryValue<P, O>> {
    const positional = Object.entries(grammar.positional);
    const reader: EntryReader = { positional, names: namesOf(grammar.options), anyOrder: grammar.anyOrder === true };
    const rows = Object.entries(grammar.options);
    const newValue = valueMaker(Object.fromEntries(rows.map(([name, row]) => [name, row.presence === "many" ? NONE : row.default])));
    return {
        syntax: joined([
            ...positional.map(([, argument]) => argument.syntax),
            ...rows.map(([name, row]) => `[${joined([name, row.argument.syntax])}]`),
        ]),
        completion: mergedCompletion([...positional.map(([, argument]) => argument.completion), { words: [...reader.names.keys()] }]),
        options: grammar.options,
        dump: (value) => dumpEntry(value as Record<string, unknown>, positional, rows),
        read(words) {
            const value = newValue(words.position);
            return readEntry(words, value, reader) ? (value as EntryValue<P, O>) : REFUSED;
        },
    };
}

const NONE: readonly never[] = Object.freeze([]);

/** Makes an entry's value. Most of a dozen options are seldom written: it inherits their defaults, as a block's does. */
function valueMaker(defaults: Readonly<Record<string, unknown>>): (at: Position) => Record<string, unknown> {
    class Value {
        readonly at: Position;

        constructor(at: Position) {
            this.at = at;
        }
    }
    Object.assign(Value.prototype, defaults);
    return (at) => new Value(at) as unknown as Record<string, unknown>;
}

/** A word that an entry knows by its name. */
interface Option {
    readonly key: string;
    readonly row: OptionKeyword;
    /** Given when this spelling should not be used: what to do instead. */
    readonly deprecated: string | undefined;
}

interface EntryReader {
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    readonly positional: readonly (readonly [string, Argument<any>])[];
    readonly names: ReadonlyMap<string, Option>;
    readonly anyOrder: boolean;
}

function namesOf(options: Readonly<Record<string, OptionKeyword>>): ReadonlyMap<string, Option> {
    const names = new Map<string, Option>();
    for (const [key, row] of Object.entries(options)) {
        const { aliases = [], deprecatedAliases = [], deprecated } = row.about;
        for (const name of [key, ...aliases]) {
            names.set(name, { key, row, deprecated });
        }
        for (const name of deprecatedAliases) {
            names.set(name, { key, row, deprecated: `use '${key}'` });
        }
    }
    return names;
}

function readEntry(words: Words, value: Record<string, unknown>, reader: EntryReader): boolean {
    let place = 0;
    for (;;) {
        const isOwed = place < reader.positional.length;
        const option = words.next === undefined || (isOwed && !reader.anyOrder) ? undefined : reader.names.get(words.next);
        if (option !== undefined) {
            if (!readOption(words, value, option)) {
                return false;
            }
        } else if (isOwed) {
            const [key, argument] = reader.positional[place] as readonly [string, Argument<unknown>];
            const part = argument.read(words);
            if (part === REFUSED) {
                return false;
            }
            value[key] = part;
            place++;
        } else {
            return true;
        }
    }
}

function readOption(words: Words, value: Record<string, unknown>, { key, row, deprecated }: Option): boolean {
    const spelling = words.take(key) as string;
    if (deprecated !== undefined) {
        words.complain(deprecatedSpelling(spelling, deprecated));
    }
    const part = row.argument.read(words);
    if (part === REFUSED) {
        return false;
    }
    value[key] = row.presence === "many" ? [...(value[key] as readonly unknown[]), part] : part;
    return true;
}

function dumpEntry(
    value: Record<string, unknown>,
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    positional: readonly (readonly [string, Argument<any>])[],
    rows: readonly (readonly [string, OptionKeyword])[],
): string {
    const parts = positional.map(([key, argument]) => argument.dump(value[key]));
    for (const [name, row] of rows) {
        const written = row.presence === "many" ? (value[name] as readonly unknown[]) : [value[name]];
        for (const one of written) {
            if (one !== undefined && one !== row.default) {
                parts.push(joined([name, row.argument.dump(one)]));
            }
        }
    }
    return joined(parts);
}

function nestedSyntax(parts: readonly string[]): string {
    return joined(parts);
}

function mergedCompletion(completions: readonly Completion[]): Completion {
    const words = completions.flatMap((completion) => completion.words ?? []);
    const namesOfBlocks = completions.flatMap((completion) => completion.namesOf ?? []);
    const kind = completions.find((completion) => completion.kind !== undefined)?.kind;
    return {
        ...(words.length > 0 ? { words } : {}),
        ...(namesOfBlocks.length > 0 ? { namesOf: namesOfBlocks } : {}),
        ...(kind === undefined ? {} : { kind }),
    };
}

function joined(parts: readonly string[]): string {
    return parts.filter((part) => part !== "").join(" ");
}
