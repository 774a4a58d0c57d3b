import type { Conversation } from "../../../core/health/conversation/conversation.ts";
import type { Endpoint } from "../../../core/service/probe/endpoint.ts";
import type { ProxyPreamble } from "../../../core/service/probe/http-probe.ts";
import type { TlsSettings } from "../../../core/service/probe/tls-settings.ts";
import { type Attempt, type AttemptHost, withoutProgress } from "../attempt.ts";
import type { SocketGround } from "../watched-socket.ts";
import { SecureContexts } from "./secure-contexts.ts";
import { StreamAttempt } from "./stream-attempt.ts";

/** What is to be said over TLS, and to whom. */
export interface SecureConversation {
    readonly endpoint: Endpoint;
    readonly preamble: ProxyPreamble | undefined;
    readonly tls: TlsSettings;
    /** The protocol that the server must agree to (ALPN, RFC 7301). */
    readonly protocol?: string;
    readonly conversation: Conversation;
}

/** Tries that take Node's TLS. */
export class StreamAttempts {
    readonly #ground: SocketGround;
    readonly #contexts = new SecureContexts();

    constructor(ground: SocketGround) {
        this.#ground = ground;
    }

    /** The promise fails when files for it cannot be had. */
    async make({ tls: settings, ...plan }: SecureConversation, host: AttemptHost): Promise<Attempt> {
        const tls = { settings, context: await this.#contexts.of(settings) };
        // As in Keepalived, a word of the server's does not lengthen its time here.
        return new StreamAttempt(this.#ground, withoutProgress(host), { ...plan, tls });
    }
}
