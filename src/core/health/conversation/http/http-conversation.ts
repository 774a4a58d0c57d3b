import type { PageExpectation, PageRequest } from "../../../service/probe/http-probe.ts";
import type { Outcome } from "../../outcome.ts";
import type { Conversation, Reply } from "../conversation.ts";
import { ChunkReader } from "./chunk-reader.ts";
import { HeadReader } from "./head-reader.ts";
import { PageJudge } from "./page-judge.ts";
import type { PageTools } from "./page-tools.ts";
import { parseReplyHead, type ReplyHead } from "./reply-head.ts";
import { requestBytes } from "./request-bytes.ts";

const LISTEN: Reply = {};
const CONTINUES = 100;
const SWITCHES_PROTOCOLS = 101;
const INFORMS_BELOW = 200;
const HAS_NO_CONTENT = 204;
const IS_NOT_MODIFIED = 304;

/**
 * `HTTP_GET`: a request, and an answer that is judged as soon as it is whole: by its length, its last chunk, or the end of the connection.
 *
 * Redirections (3xx) are answers like others: they are not followed.
 */
export class HttpConversation implements Conversation {
    readonly #request: PageRequest;
    readonly #ask: Reply;
    readonly #judge: PageJudge;
    readonly #head = new HeadReader();
    /** Of an answer that comes in chunks. */
    #chunks: ChunkReader | undefined;
    #reply: ReplyHead | undefined;
    /** Bytes of the body that are still to come. */
    #left = Number.POSITIVE_INFINITY;

    /** @param bytes the request's, where they are at hand */
    constructor(
        { request, expectation }: { readonly request: PageRequest; readonly expectation: PageExpectation },
        tools: PageTools,
        bytes = requestBytes(request),
    ) {
        this.#request = request;
        this.#ask = { send: bytes };
        this.#judge = new PageJudge(expectation, tools);
    }

    opened(): Reply {
        return this.#ask;
    }

    received(bytes: Uint8Array): Reply {
        let bodyAt = 0;
        while (this.#reply === undefined) {
            const progress = this.#head.add(bytes, bodyAt);
            if (progress.type !== "head") {
                return progress.type === "more" ? LISTEN : failed("header too long");
            }
            bodyAt = progress.bodyAt;
            const refused = this.#takeHead(progress.text);
            if (refused !== undefined) {
                return { outcome: refused };
            }
        }
        return this.#takeBody(bytes.subarray(bodyAt, Math.min(bytes.length, bodyAt + this.#left)));
    }

    ended(): Reply {
        if (this.#reply !== undefined) {
            return { outcome: this.#judge.judge() };
        }
        return failed(this.#head.length === 0 ? "no data received" : "connection closed within the header");
    }

    #takeHead(text: string): Outcome | undefined {
        const head = parseReplyHead(text);
        if (!head.ok) {
            return { type: "failure", reason: head.error };
        }
        const { status, length } = head.value;
        // RFC 9110 §15.2: interim answers come before the one that counts.
        if (status >= CONTINUES && status < INFORMS_BELOW && status !== SWITCHES_PROTOCOLS) {
            return undefined;
        }
        this.#reply = head.value;
        this.#chunks = head.value.isChunked ? new ChunkReader((bytes) => this.#judge.addPage(bytes)) : undefined;
        // RFC 9112 §6.3: these have no body, whatever the headers say.
        const hasNone = this.#request.method === "HEAD" || status === HAS_NO_CONTENT || status === IS_NOT_MODIFIED;
        this.#left = hasNone ? 0 : (length ?? Number.POSITIVE_INFINITY);
        return this.#judge.refuseStatus(status);
    }

    #takeBody(bytes: Uint8Array): Reply {
        this.#left -= bytes.length;
        this.#judge.addRaw(bytes);
        if (this.#chunks === undefined) {
            this.#judge.addPage(bytes);
        } else {
            this.#chunks.add(bytes);
        }
        if (this.#chunks?.isMalformed === true) {
            return failed("malformed chunk received");
        }
        const outcome = this.#left === 0 || this.#chunks?.isDone === true ? this.#judge.judge() : this.#judge.early;
        return outcome === undefined ? LISTEN : { outcome };
    }
}

function failed(reason: string): Reply {
    return { outcome: { type: "failure", reason } };
}
