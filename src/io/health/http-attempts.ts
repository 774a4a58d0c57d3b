import { rejected } from "../../core/base/result.ts";
import { HttpConversation } from "../../core/health/conversation/http/http-conversation.ts";
import type { PageTools } from "../../core/health/conversation/http/page-tools.ts";
import { requestBytes } from "../../core/health/conversation/http/request-bytes.ts";
import { preambled } from "../../core/health/conversation/proxy-preamble.ts";
import type { HttpProbe, PageRequest } from "../../core/service/probe/http-probe.ts";
import type { Attempt, AttemptHost } from "./attempt.ts";
import { LateAttempt } from "./late-attempt.ts";
import type { LateStreams } from "./late-streams.ts";
import { md5, pageTools } from "./page-tools.ts";
import { TcpConnection } from "./tcp-connection.ts";
import type { SocketGround } from "./watched-socket.ts";

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
        const isPlain = probe.tls === undefined && probe.request.version !== "2";
        if (isPlain && probe.expectation.pattern === undefined) {
            return this.#plain(probe, host, this.#plainTools);
        }
        return new LateAttempt(host, async () => {
            const tools = probe.expectation.pattern === undefined ? this.#plainTools : await this.#loadPatterns();
            return isPlain ? this.#plain(probe, host, tools) : this.#streams.page(probe, host, tools);
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
        const conversation = preambled(new HttpConversation(probe, tools, this.#requestOf(probe)), probe.preamble);
        return new TcpConnection(this.#ground, host, { endpoint: probe.endpoint, conversation });
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
