import type { Attempt, AttemptHost } from "./attempt.ts";
import type { SecureConversation } from "./stream/stream-attempts.ts";
import type { SocketGround } from "./watched-socket.ts";

/** Tries that take Node's TLS, which is loaded with the first of them. */
export class LateStreams {
    readonly #ground: SocketGround;
    #attempts: ReturnType<typeof load> | undefined;

    constructor(ground: SocketGround) {
        this.#ground = ground;
    }

    async make(plan: SecureConversation, host: AttemptHost): Promise<Attempt> {
        this.#attempts ??= load(this.#ground);
        return (await this.#attempts).make(plan, host);
    }
}

async function load(ground: SocketGround) {
    const { StreamAttempts } = await import("./stream/stream-attempts.ts");
    return new StreamAttempts(ground);
}
