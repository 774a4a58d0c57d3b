import type { Rejected } from "../../../base/result.ts";
import { type Fault, faulty } from "./fault.ts";
import { FRAME, type Frame } from "./frame.ts";

/** The only stream that there is: the first of a client's (RFC 9113 §5.1.1). */
export const OUR_STREAM = 1;

const CONNECTION = 0;
const ANY_LENGTH = (): boolean => true;
const exactly =
    (wanted: number) =>
    (length: number): boolean =>
        length === wanted;

/** Where frames of a type may be, and how long they may be. */
interface Rule {
    readonly name: string;
    /** Streams other than ours are idle, where nothing else is allowed (RFC 9113 §5.1). */
    readonly mayBeOn: (stream: number) => boolean;
    readonly mayHave: (length: number) => boolean;
}

const onOurs = (stream: number): boolean => stream === OUR_STREAM;
const onConnection = (stream: number): boolean => stream === CONNECTION;
const onEither = (stream: number): boolean => stream === OUR_STREAM || stream === CONNECTION;
const onAStream = (stream: number): boolean => stream !== CONNECTION;

/** RFC 9113 §6.1 to §6.10. A type that does not stand here is ignored (§5.5). */
const RULES: ReadonlyMap<number, Rule> = new Map([
    [FRAME.DATA, { name: "DATA", mayBeOn: onOurs, mayHave: ANY_LENGTH }],
    [FRAME.HEADERS, { name: "HEADERS", mayBeOn: onOurs, mayHave: ANY_LENGTH }],
    [FRAME.PRIORITY, { name: "PRIORITY", mayBeOn: onAStream, mayHave: exactly(5) }],
    [FRAME.RST_STREAM, { name: "RST_STREAM", mayBeOn: onOurs, mayHave: exactly(4) }],
    [FRAME.SETTINGS, { name: "SETTINGS", mayBeOn: onConnection, mayHave: (length) => length % 6 === 0 }],
    [FRAME.PING, { name: "PING", mayBeOn: onConnection, mayHave: exactly(8) }],
    [FRAME.GOAWAY, { name: "GOAWAY", mayBeOn: onConnection, mayHave: (length) => length >= 8 }],
    [FRAME.WINDOW_UPDATE, { name: "WINDOW_UPDATE", mayBeOn: onEither, mayHave: exactly(4) }],
    [FRAME.CONTINUATION, { name: "CONTINUATION", mayBeOn: onOurs, mayHave: ANY_LENGTH }],
]);

/** What is wrong with a frame at this place, whatever it says. @param isWithinHeader a header has begun and not ended */
export function misplaced({ type, stream, payload }: Frame, isWithinHeader: boolean): Rejected<Fault> | undefined {
    // RFC 9113 §6.10: nothing comes between the parts of a header, and no part comes by itself.
    if (isWithinHeader !== (type === FRAME.CONTINUATION)) {
        return faulty("PROTOCOL_ERROR", isWithinHeader ? "header is interrupted" : "CONTINUATION of no header");
    }
    // RFC 9113 §8.4: we have said that we want none.
    if (type === FRAME.PUSH_PROMISE) {
        return faulty("PROTOCOL_ERROR", "PUSH_PROMISE, which is switched off");
    }
    const rule = RULES.get(type);
    if (rule?.mayBeOn(stream) === false) {
        return faulty("PROTOCOL_ERROR", `${rule.name} on stream ${stream}`);
    }
    return rule?.mayHave(payload.length) === false ? faulty("FRAME_SIZE_ERROR", `${rule.name} of ${payload.length} bytes`) : undefined;
}
