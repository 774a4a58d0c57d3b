import { type Argument, REFUSED } from "../schema.ts";

/** One word that `parse` makes a value of; `choices` are offered by completion. */
export function parsedWord<Value>(
    name: string,
    parse: (word: string) => Value | undefined,
    dump: (value: Value) => string,
    choices: readonly string[] = [],
): Argument<Value> {
    return {
        syntax: name,
        completion: { words: choices },
        dump,
        read(found) {
            const word = found.take(name);
            if (word === undefined) {
                return REFUSED;
            }
            const value = parse(word);
            if (value === undefined) {
                found.complain({
                    code: "unknown-word",
                    errorClass: "general",
                    message: `'${word}' is not known here`,
                    allowed: name,
                    candidates: choices,
                });
                return REFUSED;
            }
            return value;
        },
    };
}
