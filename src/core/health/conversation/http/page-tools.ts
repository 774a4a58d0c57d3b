import type { Result } from "../../../base/result.ts";
import type { PagePattern } from "../../../service/probe/http-probe.ts";

/** What judging a page takes that others do better: a digest, and looking for a pattern in a time that grows with the page's length alone. */
export interface PageTools {
    md5(): RunningDigest;
    /** A failure says in words what is wrong with the pattern. */
    matcher(pattern: PagePattern): Result<PageMatcher, string>;
}

/** Takes a text piece by piece. */
export interface RunningDigest {
    add(bytes: Uint8Array): void;
    /** Lower-case hexadecimal digits. Nothing can be added afterwards. */
    hexadecimal(): string;
}

/** Whether a page holds it. */
export type PageMatcher = (page: Uint8Array) => boolean;
