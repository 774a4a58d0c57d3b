import { type Argument, REFUSED, type Words } from "../schema.ts";
import { refined } from "./composites.ts";

/** One word, taken as it is. What is complained of is not quoted if it is a secret. */
export function text(name: string, options: { readonly maximumLength?: number; readonly isSecret?: boolean } = {}): Argument<string> {
    const { maximumLength, isSecret = false } = options;
    return {
        syntax: name,
        completion: {},
        dump: quoted,
        read(words) {
            const word = words.take(name);
            if (word === undefined) {
                return REFUSED;
            }
            return maximumLength === undefined || word.length <= maximumLength
                ? word
                : cut(words, word, { length: maximumLength, isSecret });
        },
    };
}

function cut(words: Words, word: string, { length, isSecret }: { readonly length: number; readonly isSecret: boolean }): string {
    words.complain({
        code: "too-long",
        errorClass: "general",
        message: `${isSecret ? "the secret" : `'${word}'`} is longer than ${length} characters`,
        consequence: isSecret ? `its first ${length} characters count` : `cut to '${word.slice(0, length)}'`,
    });
    return word.slice(0, length);
}

/** A path of a file or folder. */
export function path(name = "PATH"): Argument<string> {
    return { ...text(name), completion: { kind: "file" } };
}

const LONGEST_INTERFACE = 15;

/** The name of a network interface, none longer than the kernel has: cut, it might be another one's. Whether it exists is not asked here. */
export function interfaceName(name = "IFACE"): Argument<string> {
    const word = refined(text(name), (found, words) => (isTooLong(found, words) ? REFUSED : found));
    return { ...word, completion: { kind: "interface" } };
}

/** The name of an interface that is to be made; undefined, after a complaint, when it is too long: another name is made up, as in Keepalived. */
export function newInterfaceName(): Argument<string | undefined> {
    const word = text("IFACE");
    const read = (words: Words) => {
        const found = word.read(words);
        return found !== REFUSED && isTooLong(found, words, "a name is made up") ? undefined : found;
    };
    return { ...word, read, dump: (value) => (value === undefined ? "" : word.dump(value)) };
}

function isTooLong(found: string, words: Words, consequence?: string): boolean {
    if (found.length <= LONGEST_INTERFACE) {
        return false;
    }
    const allowed = `${LONGEST_INTERFACE} characters at most`;
    const complaint = { code: "too-long", errorClass: "general", message: `'${found}' is too long for an interface`, allowed } as const;
    words.complain(consequence === undefined ? complaint : { ...complaint, consequence });
    return true;
}

/** The name of a block of one of these keywords (`vrrp_script`). Whether it exists is not asked here. */
export function nameOf(...keywords: readonly string[]): Argument<string> {
    return { ...text("NAME"), completion: { namesOf: keywords } };
}

export interface ChoiceOptions<Value> {
    /** Upper and lower case are the same; the value is spelt as in the list. */
    readonly ignoreCase?: boolean;
    /** The beginning of a word will do (`auth_type P`). */
    readonly prefix?: boolean;
    /** What is used when it is none of them; otherwise the keyword is ignored. */
    readonly otherwise?: Value;
}

/** One of these words. */
export function oneOf<const Choice extends string>(choices: readonly Choice[], options: ChoiceOptions<Choice> = {}): Argument<Choice> {
    const syntax = choices.join("|");
    const find = finderOf(choices, options);
    return {
        syntax,
        completion: { words: choices },
        dump: (value) => value,
        read(words) {
            const word = words.take(syntax);
            if (word === undefined) {
                return REFUSED;
            }
            return find(word) ?? refuseChoice(words, { word, choices, otherwise: options.otherwise });
        },
    };
}

function finderOf<Choice extends string>(
    choices: readonly Choice[],
    { ignoreCase = false, prefix = false }: ChoiceOptions<Choice>,
): (word: string) => Choice | undefined {
    const fold = (word: string): string => (ignoreCase ? word.toLowerCase() : word);
    const exact = new Map(choices.map((choice) => [fold(choice), choice]));
    return (word) => exact.get(fold(word)) ?? (prefix ? choices.find((choice) => fold(choice).startsWith(fold(word))) : undefined);
}

function refuseChoice<Choice extends string>(
    words: Words,
    { word, choices, otherwise }: { word: string; choices: readonly Choice[]; otherwise: Choice | undefined },
): Choice | typeof REFUSED {
    words.complain({
        code: "unknown-word",
        errorClass: "general",
        message: `'${word}' is not known here`,
        allowed: choices.join(", "),
        found: word,
        candidates: choices,
        ...(otherwise === undefined ? {} : { consequence: `${otherwise} is used` }),
    });
    return otherwise ?? REFUSED;
}

const TRUE_WORDS = ["on", "true", "yes"];
const FALSE_WORDS = ["off", "false", "no"];
const BOOL_WORDS = [...TRUE_WORDS, ...FALSE_WORDS];

/** `[BOOL]`: nothing, on, true or yes; off, false or no. Case counts, as in Keepalived. */
export function bool(): Argument<boolean> {
    return {
        syntax: "[on|off]",
        completion: { words: BOOL_WORDS },
        dump: (value) => (value ? "on" : "off"),
        read(words) {
            const word = words.next === undefined ? "on" : words.take("on|off");
            if (word !== undefined && TRUE_WORDS.includes(word)) {
                return true;
            }
            if (word !== undefined && FALSE_WORDS.includes(word)) {
                return false;
            }
            words.complain({
                code: "not-a-boolean",
                errorClass: "general",
                message: `'${word}' is neither yes nor no`,
                allowed: "on, true, yes or off, false, no",
                ...(word === undefined ? {} : { found: word }),
                candidates: BOOL_WORDS,
            });
            return REFUSED;
        },
    };
}

/** A word that may stand here (`[lock] N`): true if it does. Never complains. */
export function marker(word: string): Argument<boolean> {
    return {
        syntax: `[${word}]`,
        completion: { words: [word] },
        dump: (value) => (value ? word : ""),
        read(words) {
            if (words.next !== word) {
                return false;
            }
            words.take(word);
            return true;
        },
    };
}

/** One of these words may stand here (`[inet|inet6] ADDR`); undefined if none does. Never complains. */
export function optionalWord<const Choice extends string>(...choices: readonly Choice[]): Argument<Choice | undefined> {
    return {
        syntax: `[${choices.join("|")}]`,
        completion: { words: choices },
        dump: (value) => value ?? "",
        read(words) {
            const found = choices.find((choice) => choice === words.next);
            if (found !== undefined) {
                words.take(found);
            }
            return found;
        },
    };
}

/** Writes a word so that it is read as one: in double quotes where it needs them. */
export function quoted(word: string): string {
    return word === "" || /[\s{}#!]/.test(word) ? `"${word}"` : word;
}
