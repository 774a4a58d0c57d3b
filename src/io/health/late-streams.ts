import type { PageTools } from "../../core/health/conversation/http/page-tools.ts";
import type { GrpcProbe } from "../../core/service/probe/grpc-probe.ts";
import type { HttpProbe } from "../../core/service/probe/http-probe.ts";
import type { Attempt, AttemptHost } from "./attempt.ts";
import type { SocketGround } from "./watched-socket.ts";

/** Tries that take Node's TLS or HTTP/2, which are loaded with the first of them. */
export class LateStreams {
    readonly #ground: SocketGround;
    #attempts: ReturnType<typeof load> | undefined;

    constructor(ground: SocketGround) {
        this.#ground = ground;
    }

    async page(probe: HttpProbe, host: AttemptHost, tools: PageTools): Promise<Attempt> {
        this.#attempts ??= load(this.#ground);
        return (await this.#attempts).page(probe, host, tools);
    }

    async health(probe: GrpcProbe, host: AttemptHost): Promise<Attempt> {
        this.#attempts ??= load(this.#ground);
        return (await this.#attempts).health(probe, host);
    }
}

async function load(ground: SocketGround) {
    const { StreamAttempts } = await import("./stream/stream-attempts.ts");
    return new StreamAttempts(ground);
}
