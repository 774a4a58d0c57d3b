import { type Argument, REFUSED } from "../schema.ts";
import { refined } from "./composites.ts";
import { text } from "./words.ts";

/** One word of a form that a regular expression tells. */
export function pattern(name: string, form: RegExp): Argument<string> {
    return refined(text(name), (word, words) => {
        if (form.test(word)) {
            return word;
        }
        words.complain({ code: "malformed", errorClass: "general", message: `'${word}' has not the right form`, allowed: name });
        return REFUSED;
    });
}
