import { RE2JS } from "re2js";
import { type Result, rejected, success } from "../../core/base/result.ts";
import type { PageMatcher } from "../../core/health/conversation/http/page-tools.ts";
import type { PagePattern } from "../../core/service/probe/http-probe.ts";

/** Patterns by RE2's algorithms: their time grows with the page's length, whatever the pattern and the page. */
export class PagePatterns {
    readonly #compiled = new WeakMap<PagePattern, Result<PageMatcher, string>>();

    matcher(pattern: PagePattern): Result<PageMatcher, string> {
        const known = this.#compiled.get(pattern);
        if (known !== undefined) {
            return known;
        }
        const matcher = compile(pattern);
        this.#compiled.set(pattern, matcher);
        return matcher;
    }
}

function compile(pattern: PagePattern): Result<PageMatcher, string> {
    try {
        const engine = RE2JS.compile(pattern.isUtf8 ? pattern.expression : asBytes(pattern.expression), flagsOf(pattern));
        const isAnywhere = pattern.leastOffset === 0 && pattern.mostOffset === undefined && !pattern.isFirstLine;
        return success(isAnywhere ? (page) => engine.test(textOf(page, pattern)) : (page) => findsWithin(engine, page, pattern));
    } catch (error) {
        return rejected((error as Error).message);
    }
}

function flagsOf({ isCaseless, isDotAll, isMultiline }: PagePattern): number {
    return (
        RE2JS.LOOKBEHINDS | (isCaseless ? RE2JS.CASE_INSENSITIVE : 0) | (isDotAll ? RE2JS.DOTALL : 0) | (isMultiline ? RE2JS.MULTILINE : 0)
    );
}

/** Whether the first match from the least offset on begins early enough. */
function findsWithin(engine: RE2JS, page: Uint8Array, pattern: PagePattern): boolean {
    const { leastOffset, mostOffset = page.length, isFirstLine } = pattern;
    if (leastOffset > page.length) {
        return false;
    }
    const text = textOf(page, pattern);
    const [least, most] = [leastOffset, mostOffset].map((offset) => textOf(page.subarray(0, offset), pattern).length) as [number, number];
    const lineEnd = isFirstLine ? text.indexOf("\n") : -1;
    const matcher = engine.matcher(text);
    return matcher.find(least) && matcher.start() <= (lineEnd < 0 ? most : Math.min(most, lineEnd));
}

function textOf({ buffer, byteOffset, length }: Uint8Array, { isUtf8 }: PagePattern): string {
    return Buffer.from(buffer, byteOffset, length).toString(isUtf8 ? "utf8" : "latin1");
}

/** Each byte of its UTF-8 as a character: that is what it is compared with. */
function asBytes(expression: string): string {
    return Buffer.from(expression, "utf8").toString("latin1");
}
