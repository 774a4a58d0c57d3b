import { type Result, success } from "../../../base/result.ts";
import type { Outcome } from "../../outcome.ts";
import { complaintAboutFields, malformed, parseAnswerHead } from "./answer-head.ts";
import type { AnswerReader } from "./answer-reader.ts";
import type { Fault } from "./fault.ts";
import type { FieldSection } from "./header-assembly.ts";

/** What a frame came to: nothing yet, an outcome, or a fault of the server's. */
export type Step = Result<Outcome | undefined, Fault>;

const SWITCHES_PROTOCOLS = 101;
const INFORMS_BELOW = 200;
const HAS_NO_CONTENT = 204;
const IS_NOT_MODIFIED = 304;

/** Sees to it that an answer is one: interim headers, a header, data, perhaps a trailer, in this order (RFC 9113 §8.1). */
export class Answer {
    readonly #reader: AnswerReader;
    readonly #isForHead: boolean;
    #hasHead = false;
    /** So much data is still to come; undefined where nobody has said. */
    #left: number | undefined;

    /** @param isForHead the request's method is HEAD */
    constructor(reader: AnswerReader, isForHead: boolean) {
        this.#reader = reader;
        this.#isForHead = isForHead;
    }

    takeFields({ fields, endsStream }: FieldSection): Step {
        return this.#hasHead ? this.#takeTrailer(fields, endsStream) : this.#takeHead(fields, endsStream);
    }

    takeData(bytes: Uint8Array, endsStream: boolean): Step {
        if (!this.#hasHead) {
            return malformed("DATA before the header");
        }
        if (this.#left !== undefined) {
            this.#left -= bytes.length;
            if (this.#left < 0) {
                return malformed("more data than content-length says");
            }
        }
        const outcome = this.#reader.data(bytes);
        return outcome === undefined && endsStream ? this.#end() : success(outcome);
    }

    #takeHead(fields: FieldSection["fields"], endsStream: boolean): Step {
        const head = parseAnswerHead(fields);
        if (!head.ok) {
            return head;
        }
        const { status, length } = head.value;
        if (status < INFORMS_BELOW) {
            // RFC 9113 §8.6: nobody switches protocols here.
            return endsStream || status === SWITCHES_PROTOCOLS ? malformed(`answer ends with status ${status}`) : success(undefined);
        }
        this.#hasHead = true;
        // RFC 9110 §6.4.1: these have no content, whatever the header says.
        this.#left = this.#isForHead || status === HAS_NO_CONTENT || status === IS_NOT_MODIFIED ? 0 : length;
        const outcome = this.#reader.head(status, fields);
        return outcome === undefined && endsStream ? this.#end() : success(outcome);
    }

    #takeTrailer(fields: FieldSection["fields"], endsStream: boolean): Step {
        const complaint = endsStream ? complaintAboutFields(fields) : "second header";
        if (complaint !== undefined) {
            return malformed(complaint);
        }
        this.#reader.trailer(fields);
        return this.#end();
    }

    /** RFC 9113 §8.1.1: lengths that differ make an answer malformed. */
    #end(): Step {
        return this.#left === undefined || this.#left === 0 ? success(this.#reader.end()) : malformed("less data than content-length says");
    }
}
