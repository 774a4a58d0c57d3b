import { healthConversation } from "../../core/health/conversation/grpc/health-conversation.ts";
import { preambled } from "../../core/health/conversation/proxy-preamble.ts";
import type { GrpcProbe } from "../../core/service/probe/grpc-probe.ts";
import { type Attempt, type AttemptHost, withoutProgress } from "./attempt.ts";
import { HTTP_2 } from "./http-attempts.ts";
import { LateAttempt } from "./late-attempt.ts";
import type { LateStreams } from "./late-streams.ts";
import { TcpConnection } from "./tcp-connection.ts";
import type { SocketGround } from "./watched-socket.ts";

/** Tries of `GRPC_CHECK`. */
export class GrpcAttempts {
    readonly #ground: SocketGround;
    readonly #streams: LateStreams;

    constructor(ground: SocketGround, streams: LateStreams) {
        this.#ground = ground;
        this.#streams = streams;
    }

    make(probe: GrpcProbe, host: AttemptHost): Attempt {
        const { endpoint, preamble, tls } = probe;
        const conversation = healthConversation(probe);
        if (tls === undefined) {
            return new TcpConnection(this.#ground, withoutProgress(host), { endpoint, conversation: preambled(conversation, preamble) });
        }
        return new LateAttempt(host, () => this.#streams.make({ endpoint, preamble, tls, conversation, protocol: HTTP_2 }, host));
    }
}
