import { HttpConversation } from "../../../core/health/conversation/http/http-conversation.ts";
import type { PageTools } from "../../../core/health/conversation/http/page-tools.ts";
import type { HttpProbe } from "../../../core/service/probe/http-probe.ts";
import type { Attempt } from "../attempt.ts";
import type { ConnectionHost } from "../tcp-connection.ts";
import { conversationTalk } from "./conversation-talk.ts";
import { SecureContexts } from "./secure-contexts.ts";
import { StreamAttempt } from "./stream-attempt.ts";

/** Tries that take Node's TLS or HTTP/2. */
export class StreamAttempts {
    readonly #contexts = new SecureContexts();

    /** The promise fails when files for it cannot be had. */
    async make(probe: HttpProbe, host: ConnectionHost, tools: PageTools): Promise<Attempt> {
        const { endpoint, preamble, tls: settings } = probe;
        const tls = settings && { settings, context: await this.#contexts.of(settings) };
        // As in Keepalived, a word of the server's does not lengthen its time here.
        const listeners = { ...host, onProgress: () => undefined };
        return new StreamAttempt(listeners, {
            endpoint,
            preamble,
            ...(tls !== undefined && { tls }),
            talk: conversationTalk(new HttpConversation(probe, tools)),
        });
    }
}
