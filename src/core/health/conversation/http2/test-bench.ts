import { concatBytes } from "../../../base/bytes.ts";
import type { Outcome } from "../../outcome.ts";
import type { Conversation } from "../conversation.ts";
import { errorName } from "./fault.ts";
import { decodeFrameHead, encodeFrame, FLAG, FRAME, FRAME_HEAD, type Frame } from "./frame.ts";
import { encodeFields } from "./hpack/encode-fields.ts";
import type { Field } from "./hpack/field.ts";

const NAMES = new Map<number, string>(Object.entries(FRAME).map(([name, type]) => [type, name]));
const PREFACE_LENGTH = 24;

/** A frame; on stream 1 and without a payload unless something else is said. */
export function frame(type: keyof typeof FRAME | number, { flags = 0, stream = 1, payload = [] }: FrameWish = {}): Uint8Array {
    return encodeFrame({ type: typeof type === "number" ? type : FRAME[type], flags, stream, payload: Uint8Array.from(payload) });
}

/** What a test wants of a frame. */
export interface FrameWish {
    readonly flags?: number;
    readonly stream?: number;
    readonly payload?: Iterable<number>;
}

/** Settings, each a pair of identifier and value. */
export function settings(...pairs: readonly (readonly [identifier: number, value: number])[]): Uint8Array {
    return frame("SETTINGS", {
        stream: 0,
        payload: pairs.flatMap(([identifier, value]) => [...word(identifier).slice(2), ...word(value)]),
    });
}

/** Four bytes. */
export function word(value: number): readonly number[] {
    return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

/** A header block of lines with a name and a value. */
export function block(...lines: readonly string[]): Uint8Array {
    return encodeFields(
        lines.map((line): Field => {
            const [, name = "", value = ""] = /^(:?[^:]*): ?(.*)$/s.exec(line) ?? [];
            return { name, value };
        }),
    );
}

/** A whole header in one frame. */
export function headers(lines: readonly string[], flags = 0): Uint8Array {
    return frame("HEADERS", { flags: FLAG.END_HEADERS | flags, payload: block(...lines) });
}

/** Data of the answer. */
export function data(payload: Iterable<number>, flags = 0): Uint8Array {
    return frame("DATA", { flags, payload });
}

/** What a client says, in words: the names of the frames with what matters of them. */
export function wordsOf(said: Uint8Array): readonly string[] {
    return framesOf(said).map(({ type, flags, stream, payload }) => {
        const name = `${NAMES.get(type)}${(flags & FLAG.ACK) === 0 ? "" : "+"}`;
        switch (type) {
            case FRAME.GOAWAY:
                return `${name} ${errorName(payload[7] ?? 0)}`;
            case FRAME.WINDOW_UPDATE:
                return `${name} ${stream}: ${(payload[2] ?? 0) * 0x100 + (payload[3] ?? 0)}`;
            default:
                return `${name} ${payload.length}`;
        }
    });
}

function framesOf(said: Uint8Array): readonly Frame[] {
    const frames: Frame[] = [];
    for (let at = said[0] === 0x50 ? PREFACE_LENGTH : 0; at < said.length; ) {
        const { length, ...head } = decodeFrameHead(said.subarray(at, at + FRAME_HEAD));
        frames.push({ ...head, payload: said.subarray(at + FRAME_HEAD, at + FRAME_HEAD + length) });
        at += FRAME_HEAD + length;
    }
    return frames;
}

/** What comes of it when a server says so, and what it hears. */
export interface Talked {
    readonly outcome: Outcome | undefined;
    readonly heard: readonly string[];
}

/** A server that says each of these as it is, and then nothing more. Memory that is lent is spoiled afterwards. */
export function talk(conversation: Conversation, ...pieces: readonly Uint8Array[]): Talked {
    conversation.opened();
    const heard: string[] = [];
    for (const piece of pieces) {
        const lent = piece.slice();
        const { send, outcome } = conversation.received(lent);
        lent.fill(0xee);
        heard.push(...(send === undefined ? [] : wordsOf(send)));
        if (outcome !== undefined) {
            return { outcome, heard };
        }
    }
    return { outcome: undefined, heard };
}

/** The same in pieces of so many bytes. */
export function inPieces(length: number, ...said: readonly Uint8Array[]): readonly Uint8Array[] {
    const whole = concatBytes(...said);
    return Array.from({ length: Math.ceil(whole.length / length) }, (_, index) => whole.subarray(index * length, (index + 1) * length));
}
