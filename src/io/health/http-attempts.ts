import { rejected } from "../../core/base/result.ts";
import type { Conversation } from "../../core/health/conversation/conversation.ts";
import { HttpConversation } from "../../core/health/conversation/http/http-conversation.ts";
import type { PageTools } from "../../core/health/conversation/http/page-tools.ts";
import { requestBytes } from "../../core/health/conversation/http/request-bytes.ts";
import { pageConversation } from "../../core/health/conversation/http2/page-conversation.ts";
import { preambled } from "../../core/health/conversation/proxy-preamble.ts";
import type { HttpProbe, PageRequest } from "../../core/service/probe/http-probe.ts";
import { type Attempt, type AttemptHost, withoutProgress } from "./attempt.ts";
import { LateAttempt } from "./late-attempt.ts";
import type { LateStreams } from "./late-streams.ts";
import { md5, pageTools } from "./page-tools.ts";
import { TcpConnection } from "./tcp-connection.ts";
import type { SocketGround } from "./watched-socket.ts";

/** As ALPN names it (RFC 9113 §3.2). */
export const HTTP_2 = "h2";

/** Tries of `HTTP_GET` and `SSL_GET`. What only some of them need is loaded with the first that does. */
export class HttpAttempts {
    readonly #ground: SocketGround;
    readonly #digest: PageTools["md5"];
    readonly #plainTools: PageTools;
    #patternTools: Promise<PageTools> | undefined;
    readonly #streams: LateStreams;
    /** The same again and again, as long as somebody asks for them. */
    readonly #requests = new WeakMap<PageRequest, Uint8Array>();

    constructor(ground: SocketGround, streams: LateStreams, digest: PageTools["md5"] = md5) {
        this.#ground = ground;
        this.#streams = streams;
        this.#digest = digest;
        this.#plainTools = pageTools(() => rejected("not loaded"), digest);
    }

    make(probe: HttpProbe, host: AttemptHost): Attempt {
        const { endpoint, preamble, tls, expectation } = probe;
        if (tls === undefined && expectation.pattern === undefined) {
            return this.#plain(probe, host, this.#plainTools);
        }
        return new LateAttempt(host, async () => {
            const tools = expectation.pattern === undefined ? this.#plainTools : await this.#loadPatterns();
            if (tls === undefined) {
                return this.#plain(probe, host, tools);
            }
            const conversation = this.#conversation(probe, tools);
            return this.#streams.make({ endpoint, preamble, tls, conversation, ...(isHttp2(probe) && { protocol: HTTP_2 }) }, host);
        });
    }

    #loadPatterns(): Promise<PageTools> {
        this.#patternTools ??= import("./page-patterns.ts").then(({ PagePatterns }) => {
            const patterns = new PagePatterns();
            return pageTools((pattern) => patterns.matcher(pattern), this.#digest);
        });
        return this.#patternTools;
    }

    #plain(probe: HttpProbe, host: AttemptHost, tools: PageTools): Attempt {
        const conversation = preambled(this.#conversation(probe, tools), probe.preamble);
        return new TcpConnection(this.#ground, isHttp2(probe) ? withoutProgress(host) : host, { endpoint: probe.endpoint, conversation });
    }

    #conversation(probe: HttpProbe, tools: PageTools): Conversation {
        return isHttp2(probe) ? pageConversation(probe, tools) : new HttpConversation(probe, tools, this.#requestOf(probe));
    }

    #requestOf({ request }: HttpProbe): Uint8Array {
        const known = this.#requests.get(request);
        if (known !== undefined) {
            return known;
        }
        const bytes = requestBytes(request);
        this.#requests.set(request, bytes);
        return bytes;
    }
}

function isHttp2({ request }: HttpProbe): boolean {
    return request.version === "2";
}
