import { connect, type SecureContext, type TLSSocket } from "node:tls";
import type { Conversation } from "../../../core/health/conversation/conversation.ts";
import type { Outcome } from "../../../core/health/outcome.ts";
import type { Endpoint } from "../../../core/service/probe/endpoint.ts";
import type { ProxyPreamble } from "../../../core/service/probe/http-probe.ts";
import type { TlsSettings } from "../../../core/service/probe/tls-settings.ts";
import type { Attempt, AttemptHost } from "../attempt.ts";
import { TcpConnection } from "../tcp-connection.ts";
import type { SocketGround } from "../watched-socket.ts";
import { complaintAboutCertificate } from "./certificate-judge.ts";
import { ConnectionStream } from "./connection-stream.ts";
import { converse } from "./converse.ts";

/** What a stream is to be like. */
export interface StreamPlan {
    readonly endpoint: Endpoint;
    readonly preamble: ProxyPreamble | undefined;
    readonly tls: { readonly settings: TlsSettings; readonly context: SecureContext };
    /** The protocol that the server must agree to (ALPN, RFC 7301). */
    readonly protocol?: string;
    readonly conversation: Conversation;
}

/** A connection like that of other checks, on which Node's TLS is spoken. */
export class StreamAttempt implements Attempt {
    readonly #host: AttemptHost;
    readonly #plan: StreamPlan;
    readonly #stream: ConnectionStream;
    readonly #connection: TcpConnection;
    #socket: TLSSocket | undefined;
    #conversing: { close(): void } | undefined;
    #isOver = false;
    /** A good answer, while the server has yet to say farewell. */
    #awaited: Outcome | undefined;

    constructor(ground: SocketGround, host: AttemptHost, plan: StreamPlan) {
        this.#host = host;
        this.#plan = plan;
        this.#stream = new ConnectionStream(plan.preamble, () => this.#opened());
        const listeners = { onOutcome: (outcome: Outcome) => this.#end(outcome), onProgress: host.onProgress };
        this.#connection = new TcpConnection(ground, listeners, { endpoint: plan.endpoint, conversation: this.#stream });
        this.#stream.connect((reply) => this.#connection.say(reply));
        this.#stream.on("error", (error) => this.#fail(error));
    }

    begin(): void {
        this.#connection.begin();
    }

    close(): void {
        this.#isOver = true;
        this.#connection.close();
        this.#conversing?.close();
        this.#socket?.destroy();
        this.#stream.destroy();
    }

    #opened(): void {
        const { tls, protocol } = this.#plan;
        if (this.#isOver) {
            return;
        }
        const { serverName } = tls.settings;
        const socket = connect({
            socket: this.#stream,
            secureContext: tls.context,
            // Certificates are judged afterwards, by what is wanted of them.
            rejectUnauthorized: false,
            checkServerIdentity: () => undefined,
            ...(serverName !== undefined && { servername: serverName }),
            ...(protocol !== undefined && { ALPNProtocols: [protocol] }),
        });
        this.#socket = socket;
        socket.on("error", (error) => this.#fail(error));
        socket.once("secureConnect", () => this.#secured(socket, tls.settings));
        // Before the handshake is over an end says nothing of the page.
        socket.once("end", () => this.#heardEnd());
    }

    #secured(socket: TLSSocket, settings: TlsSettings): void {
        const { protocol, conversation } = this.#plan;
        const isAgreed = protocol === undefined || socket.alpnProtocol === protocol;
        const complaint = isAgreed ? complaintAboutCertificate(socket, settings) : `TLS: server does not speak ${protocol}`;
        if (complaint !== undefined) {
            this.#end({ type: "failure", reason: complaint });
        } else if (!this.#isOver) {
            this.#conversing = converse(socket, conversation, (outcome) => this.#answered(outcome));
        }
    }

    /** Who insists on a farewell (close_notify) waits for it, or for the connection's end without one. */
    #answered(outcome: Outcome): void {
        if (outcome.type === "success" && this.#plan.tls.settings.isStrict === true && this.#plan.protocol === undefined) {
            this.#awaited = outcome;
            this.#socket?.resume();
            this.#socket?.readableEnded === true && this.#heardEnd();
        } else {
            this.#end(outcome);
        }
    }

    #heardEnd(): void {
        if (this.#conversing === undefined) {
            this.#end({ type: "failure", reason: "TLS: connection closed in the handshake" });
        } else if (this.#stream.isCut && this.#plan.tls.settings.isStrict === true) {
            this.#end({ type: "failure", reason: "TLS: connection closed without close_notify" });
        } else if (this.#awaited !== undefined) {
            this.#end(this.#awaited);
        }
    }

    #fail(error: Error & { readonly code?: string; readonly reason?: string }): void {
        this.#end({ type: "failure", reason: `TLS: ${error.reason ?? error.code ?? error.message}` });
    }

    #end(outcome: Outcome): void {
        if (!this.#isOver) {
            this.close();
            this.#host.onOutcome(outcome);
        }
    }
}
