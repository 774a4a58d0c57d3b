import { describe, expect, it } from "vitest";
import { type PatternReading, translatePattern } from "./pattern-syntax.ts";

const PLAIN: PatternReading = { isExtended: false, isDollarEndOnly: false, isMultiline: false };

describe("a pattern", () => {
    it.each([
        ["^a.*(b|c)+?\\d{2,3}[^]x\\]-z[:alpha:]]", "^a.*(b|c)+?\\d{2,3}[^]x\\]-z[:alpha:]]"],
        ["end$", "end(?:\\n?\\z)"],
        ["\\Qa.b*\\E.c", "a\\.b\\*.c"],
        ["(?<name>a)(?'other'b)(?P<third>c)", "(?:a)(?:b)(?:c)"],
        ["(?i)a(?s-m:b)(?#what it is)(?|c|d)", "(?i)a(?s-m:b)(?:c|d)"],
        ["\\h\\R\\e[\\h\\b]\\012", "[\\t ](?:\\r\\n|[\\n\\x0b\\f\\r])\\x1b[\\t \\x08]\\x0a"],
        ["(?<=a)b", "(?<=a)b"],
        ["a{,3} {x}", "a{,3} {x}"],
    ])("%s is written for RE2", (pattern, written) => {
        expect(translatePattern(pattern, PLAIN)).toEqual({ ok: true, value: written });
    });

    it("is read as its options say", () => {
        expect(translatePattern(" a # one\n b$[ #]", { ...PLAIN, isExtended: true })).toMatchObject({ value: "ab(?:\\n?\\z)[ #]" });
        expect(translatePattern("a$", { ...PLAIN, isDollarEndOnly: true })).toMatchObject({ value: "a$" });
        expect(translatePattern("a$", { ...PLAIN, isMultiline: true })).toMatchObject({ value: "a$" });
    });

    it.each([
        ["(?=a)", "look-ahead"],
        ["(a)\\1", "a reference to what was matched"],
        ["\\k<a>", "a reference to what was matched"],
        ["(?>a)", "an atomic group"],
        ["a++", "a possessive repeat"],
        ["(?R)", "recursion or a reference"],
        ["(?(1)a)", "a condition"],
        ["(*FAIL)", "a verb"],
        ["a\\Kb", "\\K"],
        ["a{2000}", "more than 1000 repeats"],
        ["(?x)a", "the flags (?x)"],
        ["(a", "a ( without its )"],
        ["a)(", "a ) without its ("],
        ["[a", "a [ without its ]"],
        ["a\\", "a \\ at its end"],
    ])("%s is refused", (pattern, error) => {
        expect(translatePattern(pattern, PLAIN)).toEqual({ ok: false, error });
    });
});
