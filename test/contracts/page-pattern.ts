import type { PagePattern } from "../../src/core/service/probe/http-probe.ts";

/** A pattern to be looked for, with nothing special about it but what is said. */
export function pagePattern(expression: string, overrides: Partial<PagePattern> = {}): PagePattern {
    return {
        expression,
        isCaseless: false,
        isDotAll: false,
        isMultiline: false,
        isUtf8: false,
        isUnwanted: false,
        leastOffset: 0,
        isFirstLine: false,
        ...overrides,
    };
}
