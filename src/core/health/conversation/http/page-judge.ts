import { latin1 } from "../../../base/latin1.ts";
import { utf8 } from "../../../base/utf8.ts";
import type { PageExpectation } from "../../../service/probe/http-probe.ts";
import { failed, type Outcome } from "../../outcome.ts";
import type { PageTools, RunningDigest } from "./page-tools.ts";

/** So much of a page is kept to look for something in it. */
export const LONGEST_WINDOW = 1_048_576;
/** So much is read for a digest, and so much when nothing of the page matters but that it comes. */
const LONGEST_DIGESTED = 67_108_864;

const GOOD: Outcome = { type: "success" };

/** Compares a page with what is expected of it, while it comes. */
export class PageJudge {
    readonly #expectation: PageExpectation;
    readonly #tools: PageTools;
    readonly #digest: RunningDigest | undefined;
    readonly #keeps: boolean;
    #pieces: Uint8Array[] = [];
    #kept = 0;
    #read = 0;

    constructor(expectation: PageExpectation, tools: PageTools) {
        this.#expectation = expectation;
        this.#tools = tools;
        this.#digest = expectation.digest === undefined ? undefined : tools.md5();
        this.#keeps = expectation.pattern !== undefined || expectation.text !== undefined;
    }

    /** What is wrong with the status code; undefined when nothing is. */
    refuseStatus(status: number): Outcome | undefined {
        const isGood = this.#expectation.statusCodes.some(({ first, last }) => status >= first && status <= last);
        return isGood ? undefined : failed(`status code ${status}`);
    }

    /** Bytes of the body as they were sent. */
    addRaw(bytes: Uint8Array): void {
        this.#read += bytes.length;
        this.#digest?.add(bytes);
    }

    /** Bytes of the page. */
    addPage(bytes: Uint8Array): void {
        if (this.#keeps && this.#kept < LONGEST_WINDOW) {
            const piece = bytes.slice(0, LONGEST_WINDOW - this.#kept);
            this.#pieces.push(piece);
            this.#kept += piece.length;
        }
    }

    /** What is to be said though the page has not ended; undefined when reading on makes sense. */
    get early(): Outcome | undefined {
        if (this.#digest !== undefined) {
            return this.#read > LONGEST_DIGESTED ? failed(`page longer than ${LONGEST_DIGESTED} bytes`) : undefined;
        }
        return this.#read > LONGEST_WINDOW ? this.judge() : undefined;
    }

    /** The page is whole: digest, pattern and text, in this order. */
    judge(): Outcome {
        const { digest, pattern, text } = this.#expectation;
        const found = this.#digest?.hexadecimal();
        if (found !== digest) {
            return failed(`MD5 digest ${found}`);
        }
        const page = pattern === undefined && text === undefined ? undefined : this.#page();
        return (page && (this.#judgePattern(page) ?? this.#judgeText(page))) ?? GOOD;
    }

    #judgePattern(page: Uint8Array): Outcome | undefined {
        const { pattern } = this.#expectation;
        if (pattern === undefined) {
            return undefined;
        }
        const matcher = this.#tools.matcher(pattern);
        if (!matcher.ok) {
            return { type: "impossible", reason: `pattern: ${matcher.error}` };
        }
        const isFound = matcher.value(page);
        return isFound === pattern.isUnwanted ? failed(isFound ? "unwanted pattern found" : "pattern not found") : undefined;
    }

    #judgeText(page: Uint8Array): Outcome | undefined {
        const { text } = this.#expectation;
        return text === undefined || latin1(page).includes(latin1(utf8(text))) ? undefined : failed("text not found");
    }

    #page(): Uint8Array {
        const whole = new Uint8Array(this.#kept);
        let at = 0;
        for (const piece of this.#pieces) {
            whole.set(piece, at);
            at += piece.length;
        }
        this.#pieces = [];
        return whole;
    }
}
