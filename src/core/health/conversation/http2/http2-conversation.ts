import { concatBytes, viewOf } from "../../../base/bytes.ts";
import { success } from "../../../base/result.ts";
import { utf8 } from "../../../base/utf8.ts";
import type { Outcome } from "../../outcome.ts";
import type { Conversation, Reply } from "../conversation.ts";
import { Answer, type Step } from "./answer.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { type ErrorName, errorCode, errorName, faulty } from "./fault.ts";
import { encodeFrame, FLAG, FRAME, type Frame, withoutPadding } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import { misplaced, OUR_STREAM } from "./frame-rules.ts";
import { HeaderAssembly, LONGEST_HEADER } from "./header-assembly.ts";
import { type Http2Request, requestFrames } from "./http2-request.ts";
import { RequestBody } from "./request-body.ts";
import { decodeSettings, encodeOurSettings } from "./settings.ts";
import { ReceiveWindow } from "./window.ts";

/** RFC 9113 §3.4. */
const PREFACE = utf8("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
const NOTHING = new Uint8Array(0);
const LISTEN: Reply = {};
const NOTHING_YET: Step = success(undefined);
/** So many frames may come that carry no data. Servers that measure the connection send a few PING with each window of it. */
const MOST_EMPTY_FRAMES = 10_000;
/** RFC 9113 §4.1, §6.8, §6.9: the highest bit of such numbers is reserved. */
const UNRESERVED = 0x7fff_ffff;

/**
 * One request over HTTP/2 (RFC 9113), and nothing more: one stream, and a connection that is closed after it.
 *
 * With one stream each error of it is one of the connection, as §5.4 allows. Whatever a server sends, what is kept of it has a bound.
 */
export class Http2Conversation implements Conversation {
    readonly #greeting: Uint8Array;
    readonly #frames = new FrameReader();
    readonly #headers = new HeaderAssembly();
    readonly #window = new ReceiveWindow();
    readonly #body: RequestBody;
    readonly #answer: Answer;
    #emptyFramesLeft = MOST_EMPTY_FRAMES;
    #unsaid: Uint8Array[] = [];

    constructor(request: Http2Request, reader: AnswerReader) {
        this.#body = new RequestBody(request.body);
        this.#answer = new Answer(reader, request.method === "HEAD");
        this.#greeting = concatBytes(PREFACE, encodeOurSettings(LONGEST_HEADER), ...requestFrames(request), ...this.#body.frames());
    }

    /** RFC 9113 §3.4: nobody has to wait for the server's settings before the request. */
    opened(): Reply {
        return { send: this.#greeting };
    }

    received(bytes: Uint8Array): Reply {
        this.#frames.add(bytes);
        for (;;) {
            const frame = this.#frames.next();
            const step = frame.ok ? frame.value && this.#take(frame.value) : frame;
            if (step === undefined) {
                return this.#flush();
            }
            if (!step.ok) {
                const { code, words } = step.error;
                return this.#leave(code, failed(`${code}: ${words}`));
            }
            if (step.value !== undefined) {
                return this.#leave("NO_ERROR", step.value);
            }
        }
    }

    /** RFC 9113 §8.1: an answer is whole only when its stream has ended. */
    ended(): Reply {
        return { outcome: failed("connection closed") };
    }

    #take(frame: Frame): Step {
        const refused = misplaced(frame, this.#headers.isOpen);
        if (refused !== undefined) {
            return refused;
        }
        this.#emptyFramesLeft -= 1;
        if (this.#emptyFramesLeft < 0) {
            return faulty("ENHANCE_YOUR_CALM", "too many frames without data");
        }
        switch (frame.type) {
            case FRAME.DATA:
                return this.#takeData(frame);
            case FRAME.HEADERS:
            case FRAME.CONTINUATION:
                return this.#takeHeader(frame);
            case FRAME.RST_STREAM:
                return success(failed(`server reset the stream: ${errorName(viewOf(frame.payload).getUint32(0))}`));
            case FRAME.SETTINGS:
                return this.#takeSettings(frame);
            case FRAME.PING:
                return this.#takePing(frame);
            case FRAME.GOAWAY:
                return this.#takeGoaway(frame);
            case FRAME.WINDOW_UPDATE:
                return this.#takeWindowUpdate(frame);
            default:
                // RFC 9113 §5.3.2, §5.5: PRIORITY is no matter of a client's, and other types are for whoever knows them.
                return NOTHING_YET;
        }
    }

    #takeData(frame: Frame): Step {
        const data = withoutPadding(frame);
        if (!data.ok) {
            return data;
        }
        if (data.value.length > 0) {
            this.#emptyFramesLeft += 1;
        }
        this.#unsaid.push(...this.#window.reopen(frame.payload.length));
        return this.#answer.takeData(data.value, (frame.flags & FLAG.END_STREAM) !== 0);
    }

    #takeHeader(frame: Frame): Step {
        const section = this.#headers.take(frame);
        if (!section.ok) {
            return section;
        }
        return section.value === undefined ? NOTHING_YET : this.#answer.takeFields(section.value);
    }

    /** RFC 9113 §6.5.3: they are heeded, then acknowledged. */
    #takeSettings({ flags, payload }: Frame): Step {
        if ((flags & FLAG.ACK) !== 0) {
            return payload.length === 0
                ? NOTHING_YET
                : faulty("FRAME_SIZE_ERROR", `SETTINGS of ${payload.length} bytes as an acknowledgement`);
        }
        const settings = decodeSettings(payload);
        if (!settings.ok) {
            return settings;
        }
        if (!this.#body.heed(settings.value)) {
            return faulty("FLOW_CONTROL_ERROR", "window too large");
        }
        this.#say({ type: FRAME.SETTINGS, flags: FLAG.ACK, payload: NOTHING });
        this.#unsaid.push(...this.#body.frames());
        return NOTHING_YET;
    }

    /** RFC 9113 §6.7. We send none, so an answer to one is none to ours. */
    #takePing({ flags, payload }: Frame): Step {
        if ((flags & FLAG.ACK) === 0) {
            this.#say({ type: FRAME.PING, flags: FLAG.ACK, payload });
        }
        return NOTHING_YET;
    }

    /** RFC 9113 §6.8: a server that merely wants no further requests still answers this one. */
    #takeGoaway({ payload }: Frame): Step {
        const view = viewOf(payload);
        const code = errorName(view.getUint32(4));
        const stillAnswers = (view.getUint32(0) & UNRESERVED) >= OUR_STREAM && code === "NO_ERROR";
        return stillAnswers ? NOTHING_YET : success(failed(`server closed the connection: ${code}`));
    }

    /** RFC 9113 §6.9. */
    #takeWindowUpdate({ stream, payload }: Frame): Step {
        const increment = viewOf(payload).getUint32(0) & UNRESERVED;
        if (increment === 0) {
            return faulty("PROTOCOL_ERROR", "WINDOW_UPDATE by nothing");
        }
        if (!this.#body.widen(stream, increment)) {
            return faulty("FLOW_CONTROL_ERROR", "window too large");
        }
        this.#unsaid.push(...this.#body.frames());
        return NOTHING_YET;
    }

    #say(frame: Omit<Frame, "stream">): void {
        this.#unsaid.push(encodeFrame({ ...frame, stream: 0 }));
    }

    #flush(): Reply {
        const send = concatBytes(...this.#unsaid);
        this.#unsaid = [];
        return send.length === 0 ? LISTEN : { send };
    }

    /** RFC 9113 §5.4.1, §6.8: says why, and that no stream of the server's was heard. */
    #leave(why: ErrorName, outcome: Outcome): Reply {
        const payload = new Uint8Array(8);
        viewOf(payload).setUint32(4, errorCode(why));
        this.#say({ type: FRAME.GOAWAY, flags: 0, payload });
        return { ...this.#flush(), outcome };
    }
}

function failed(words: string): Outcome {
    return { type: "failure", reason: `HTTP/2: ${words}` };
}
