import { HttpConversation } from "../../../core/health/conversation/http/http-conversation.ts";
import type { PageTools } from "../../../core/health/conversation/http/page-tools.ts";
import type { GrpcProbe } from "../../../core/service/probe/grpc-probe.ts";
import type { HttpProbe } from "../../../core/service/probe/http-probe.ts";
import type { Attempt, AttemptHost } from "../attempt.ts";
import type { SocketGround } from "../watched-socket.ts";
import { conversationTalk } from "./conversation-talk.ts";
import { grpcTalk } from "./grpc-talk.ts";
import { pageTalk } from "./page-talk.ts";
import { SecureContexts } from "./secure-contexts.ts";
import { StreamAttempt, type Talk } from "./stream-attempt.ts";

const HTTP_2 = "h2";

/** Tries that take Node's TLS or HTTP/2. */
export class StreamAttempts {
    readonly #ground: SocketGround;
    readonly #contexts = new SecureContexts();

    constructor(ground: SocketGround) {
        this.#ground = ground;
    }

    /** A page. The promise fails when files for it cannot be had. */
    page(probe: HttpProbe, host: AttemptHost, tools: PageTools): Promise<Attempt> {
        return probe.request.version === "2"
            ? this.#make(probe, host, { talk: pageTalk(probe, tools), protocol: HTTP_2 })
            : this.#make(probe, host, { talk: conversationTalk(new HttpConversation(probe, tools)) });
    }

    /** A service's health. The promise fails likewise. */
    health(probe: GrpcProbe, host: AttemptHost): Promise<Attempt> {
        return this.#make(probe, host, { talk: grpcTalk(probe), protocol: HTTP_2 });
    }

    async #make(
        { endpoint, preamble, tls: settings }: Pick<HttpProbe, "endpoint" | "preamble" | "tls">,
        host: AttemptHost,
        { talk, protocol }: { readonly talk: Talk; readonly protocol?: string },
    ): Promise<Attempt> {
        const tls = settings && { settings, context: await this.#contexts.of(settings) };
        // As in Keepalived, a word of the server's does not lengthen its time here.
        const listeners = { onOutcome: host.onOutcome, onProgress: () => undefined };
        return new StreamAttempt(this.#ground, listeners, {
            endpoint,
            preamble,
            talk,
            ...(tls !== undefined && { tls }),
            ...(protocol !== undefined && { protocol }),
        });
    }
}
