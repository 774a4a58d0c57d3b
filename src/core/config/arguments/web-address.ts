import { type Argument, REFUSED } from "../schema.ts";

/** An address of the web as it is called; it may hold a secret, and is not quoted in complaints. */
export function webAddress(): Argument<string> {
    return {
        syntax: "URL",
        completion: { words: ["http://", "https://"] },
        dump: (value) => value,
        read(words) {
            const word = words.take("URL");
            if (word === undefined) {
                return REFUSED;
            }
            if (/^https?:\/\/[^\s/?#@]+(?:@[^\s/?#@]+)?(?:[/?][^\s#]*)?$/.test(word)) {
                return word;
            }
            words.complain({
                code: "not-a-url",
                errorClass: "general",
                message: "this is no URL of the web",
                allowed: "http://HOST[:PORT][/PATH] or https://…",
            });
            return REFUSED;
        },
    };
}
