import type { Outcome } from "../../outcome.ts";
import type { Field } from "./hpack/field.ts";

/** Judges an answer while it comes. An outcome ends it. */
export interface AnswerReader {
    head(status: number, fields: readonly Field[]): Outcome | undefined;
    /** The memory is used again afterwards. */
    data(bytes: Uint8Array): Outcome | undefined;
    trailer(fields: readonly Field[]): void;
    /** The answer is whole. */
    end(): Outcome;
}
