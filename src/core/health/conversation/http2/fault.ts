import { type Rejected, rejected } from "../../../base/result.ts";

/** RFC 9113 §7. */
const CODES = {
    NO_ERROR: 0x0,
    PROTOCOL_ERROR: 0x1,
    INTERNAL_ERROR: 0x2,
    FLOW_CONTROL_ERROR: 0x3,
    SETTINGS_TIMEOUT: 0x4,
    STREAM_CLOSED: 0x5,
    FRAME_SIZE_ERROR: 0x6,
    REFUSED_STREAM: 0x7,
    CANCEL: 0x8,
    COMPRESSION_ERROR: 0x9,
    CONNECT_ERROR: 0xa,
    ENHANCE_YOUR_CALM: 0xb,
    INADEQUATE_SECURITY: 0xc,
    HTTP_1_1_REQUIRED: 0xd,
} as const;

/** Why a stream or a connection is given up. */
export type ErrorName = keyof typeof CODES;

/** What is wrong with what a server says: the code that it is told, and words for people. */
export interface Fault {
    readonly code: ErrorName;
    readonly words: string;
}

/** A failure of the server's. */
export function faulty(code: ErrorName, words: string): Rejected<Fault> {
    return rejected({ code, words });
}

/** The number that stands for it. */
export function errorCode(name: ErrorName): number {
    return CODES[name];
}

/** The name of a number, or the number where nobody has named it. */
export function errorName(code: number): string {
    return Object.entries(CODES).find(([, known]) => known === code)?.[0] ?? `error ${code}`;
}
