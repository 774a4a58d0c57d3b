import type { PageTools } from "../../core/health/conversation/http/page-tools.ts";
import type { GrpcProbe } from "../../core/service/probe/grpc-probe.ts";
import type { HttpProbe } from "../../core/service/probe/http-probe.ts";
import type { Attempt } from "./attempt.ts";
import type { ConnectionHost } from "./tcp-connection.ts";

/** Tries that take Node's TLS or HTTP/2, which are loaded with the first of them. */
export class LateStreams {
    #attempts: ReturnType<typeof load> | undefined;

    async page(probe: HttpProbe, host: ConnectionHost, tools: PageTools): Promise<Attempt> {
        this.#attempts ??= load();
        return (await this.#attempts).page(probe, host, tools);
    }

    async health(probe: GrpcProbe, host: ConnectionHost): Promise<Attempt> {
        this.#attempts ??= load();
        return (await this.#attempts).health(probe, host);
    }
}

async function load() {
    const { StreamAttempts } = await import("./stream/stream-attempts.ts");
    return new StreamAttempts();
}
