import { splitQuoted } from "../quoting.ts";
import { type Argument, REFUSED } from "../schema.ts";
import { quoted } from "./words.ts";

/** A program to run, without a shell. */
export interface Command {
    /** The first is the program's path, the others are its arguments. */
    readonly words: readonly string[];
    /** Who runs it; undefined for the default (`script_user`). */
    readonly user: string | undefined;
    readonly group: string | undefined;
}

/**
 * A script with its arguments, which stand in one pair of quotes with it: `"/path/script -v" [USER [GROUP]]`.
 *
 * Without `withUser` nothing may follow.
 */
export function command(options: { readonly withUser?: boolean } = {}): Argument<Command> {
    const syntax = options.withUser === true ? "COMMAND [USER [GROUP]]" : "COMMAND";
    return {
        syntax,
        completion: { kind: "file" },
        dump: ({ words, user, group }) => [commandText(words), user, group].filter((part) => part !== undefined).join(" "),
        read(words) {
            const parts = words.takeCommand(syntax, true);
            if (parts === undefined) {
                return REFUSED;
            }
            const [line = "", user, group] = parts;
            const split = splitQuoted(line, true);
            if (parts.length > (options.withUser === true ? 3 : 1)) {
                words.complain({
                    code: "words-after-command",
                    errorClass: "note",
                    message: `only '${line}' is the command`,
                    allowed: "a command with arguments stands in quotes as a whole",
                    consequence: "the words after it are ignored",
                });
            }
            return options.withUser === true
                ? { words: split.words, user, group }
                : { words: split.words, user: undefined, group: undefined };
        },
    };
}

/** One word in which quotes and backslash escapes count: a regular expression. */
export function escapedText(name: string): Argument<string> {
    return {
        syntax: name,
        completion: {},
        dump: (value) => quoted(value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')),
        read(words) {
            const parts = words.takeCommand(name, true);
            return parts?.[0] ?? REFUSED;
        },
    };
}

function commandText(words: readonly string[]): string {
    const line = words
        .map((word) => (/[\s'"\\]/.test(word) || word === "" ? `'${word.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'` : word))
        .join(" ");
    return words.length > 1 || /[\s'\\]/.test(line) ? `"${line.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : line;
}
