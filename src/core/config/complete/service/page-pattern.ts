import type { PagePattern } from "../../../service/probe/http-probe.ts";
import type { httpUrl } from "../../blocks/http-url.ts";
import type { BlockValue } from "../../schema.ts";
import type { Report } from "../scope.ts";
import { translatePattern } from "./pattern-syntax.ts";

/** The keywords of a page that are about its pattern, as they were written. */
export type WrittenPattern = Pick<
    BlockValue<typeof httpUrl>,
    "regex" | "regex_no_match" | "regex_options" | "regex_min_offset" | "regex_max_offset" | "at" | "positions"
>;

/** What is looked for in a page; undefined when nothing is, or when it cannot be, which is reported. */
export function completePattern(written: WrittenPattern, report: Report): PagePattern | undefined {
    const { regex, regex_no_match, regex_min_offset: least = 0, regex_max_offset: most } = written;
    if (regex === undefined) {
        remarkOnOptions(written, report);
        return undefined;
    }
    const options = new Set(written.regex_options);
    const translated = translatePattern(regex, {
        isExtended: options.has("extended"),
        isDollarEndOnly: options.has("dollar_endonly"),
        isMultiline: options.has("multiline"),
    });
    if (!translated.ok) {
        report(written.positions.regex ?? written.at, {
            code: "pattern",
            errorClass: "general",
            message: `the pattern '${regex}' has ${translated.error}, which cannot be looked for in a time that is known beforehand`,
            consequence: "the page is not searched",
        });
        return undefined;
    }
    if (most !== undefined && least > most) {
        report(written.positions.regex_min_offset ?? written.at, {
            code: "pattern-offsets",
            errorClass: "general",
            message: `regex_min_offset ${least} is more than regex_max_offset ${most}`,
            consequence: "both are left out",
        });
    }
    const isRange = most === undefined || least <= most;
    return {
        expression: translated.value,
        isCaseless: options.has("caseless"),
        isDotAll: options.has("dotall"),
        isMultiline: options.has("multiline"),
        isUtf8: options.has("utf"),
        isUnwanted: regex_no_match,
        leastOffset: isRange ? least : 0,
        ...(isRange && most !== undefined && { mostOffset: most }),
        isFirstLine: options.has("firstline"),
    };
}

function remarkOnOptions({ at, positions, ...written }: WrittenPattern, report: Report): void {
    const others = [written.regex_options, written.regex_min_offset, written.regex_max_offset];
    if (written.regex_no_match || others.some((one) => one !== undefined)) {
        report(positions.regex_no_match ?? positions.regex_options ?? at, {
            code: "pattern-missing",
            errorClass: "general",
            message: "there is no regex for these regex_ keywords",
            consequence: "they are left out",
        });
    }
}
