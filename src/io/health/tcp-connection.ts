import type { Conversation, Reply } from "../../core/health/conversation/conversation.ts";
import type { Outcome } from "../../core/health/outcome.ts";
import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import { POLL } from "../native/addon.ts";
import type { Watcher } from "../native/watch-list.ts";
import type { Attempt, AttemptHost } from "./attempt.ts";
import { errorName, isBusy, openCheckSocket, outcomeOfAnswer, outcomeOfError } from "./check-socket.ts";
import { type SocketGround, WatchedSocket } from "./watched-socket.ts";

const ERROR_LENGTH = 4;
const NOTHING = new Uint8Array(0);

/** What is to be said, and to whom. */
export interface ConnectionPlan {
    readonly endpoint: Endpoint;
    readonly conversation: Conversation;
}

/** One non-blocking TCP connection on which a conversation is held. It is closed with the outcome; who needs no outcome any more closes it. */
export class TcpConnection implements Attempt, Watcher {
    readonly #ground: SocketGround;
    readonly #host: AttemptHost;
    readonly #endpoint: Endpoint;
    readonly #conversation: Conversation;
    readonly #socket: WatchedSocket;
    #isOpen = false;
    #isEnded = false;
    #unsent: Uint8Array = NOTHING;

    constructor(ground: SocketGround, host: AttemptHost, { endpoint, conversation }: ConnectionPlan) {
        this.#ground = ground;
        this.#host = host;
        this.#endpoint = endpoint;
        this.#conversation = conversation;
        this.#socket = new WatchedSocket(ground);
    }

    begin(): void {
        const { system } = this.#ground;
        const { SOCK_STREAM: type, IPPROTO_TCP: protocol } = system.constants;
        const opened = this.#socket.take(openCheckSocket(system, this.#endpoint, { type, protocol }));
        if (opened < 0) {
            this.#end({ type: "impossible", reason: errorName(system, opened) });
            return;
        }
        this.#connect();
    }

    /** Whoever converses has something to say, or an outcome, that is no direct answer to what was heard. */
    say(reply: Reply): void {
        if (this.#socket.fd >= 0) {
            this.#obey(reply);
        }
    }

    ready(events: number): void {
        if (!this.#isOpen) {
            this.#opened((events & POLL.error) !== 0);
            return;
        }
        if ((events & POLL.write) !== 0) {
            this.#sendUnsent();
        }
        if ((events & (POLL.read | POLL.error)) !== 0 && this.#socket.fd >= 0) {
            this.#receive();
        }
    }

    close(): void {
        this.#socket.close();
    }

    #connect(): void {
        const { system } = this.#ground;
        const result = this.#socket.connect(this.#endpoint);
        if (result < 0 && errorName(system, result) !== "EINPROGRESS") {
            this.#fail(outcomeOfError(system, result));
            return;
        }
        const watched = this.#socket.watch(POLL.write, this);
        if (watched < 0) {
            this.#end({ type: "impossible", reason: errorName(system, watched) });
        }
    }

    #opened(hasFailed: boolean): void {
        const error = hasFailed ? this.#takeError() : 0;
        if (error !== 0) {
            this.#fail(outcomeOfAnswer(this.#ground.system, -error));
            return;
        }
        this.#isOpen = true;
        this.#obey(this.#conversation.opened());
    }

    #takeError(): number {
        const { system } = this.#ground;
        const error = new Uint8Array(ERROR_LENGTH);
        system.getsockopt(this.#socket.fd, system.constants.SOL_SOCKET, system.constants.SO_ERROR, error);
        return new DataView(error.buffer).getInt32(0, true);
    }

    #receive(): void {
        const { system, buffer } = this.#ground;
        const count = this.#socket.receive();
        if (isBusy(system, count)) {
            return;
        }
        if (count < 0) {
            this.#fail(outcomeOfAnswer(system, count));
        } else if (count === 0) {
            this.#isEnded = true;
            this.#obey(this.#conversation.ended());
        } else {
            const reply = this.#conversation.received(buffer.subarray(0, count));
            if (reply.outcome === undefined) {
                this.#host.onProgress();
            }
            this.#obey(reply);
        }
    }

    #obey({ send, outcome }: Reply): void {
        if (outcome !== undefined) {
            this.#bidFarewell(send);
            this.#end(outcome);
            return;
        }
        if (send !== undefined && this.#unsent.length === 0) {
            this.#unsent = send;
        } else if (send !== undefined) {
            const waiting = new Uint8Array(this.#unsent.length + send.length);
            waiting.set(this.#unsent);
            waiting.set(send, this.#unsent.length);
            this.#unsent = waiting;
        }
        this.#sendUnsent();
    }

    /** As much as there is room for at once, and nothing amid what still waits. */
    #bidFarewell(send: Uint8Array | undefined): void {
        if (send !== undefined && this.#unsent.length === 0) {
            this.#socket.send(send);
        }
    }

    #sendUnsent(): void {
        if (this.#unsent.length > 0) {
            const count = this.#socket.send(this.#unsent);
            if (count < 0 && !isBusy(this.#ground.system, count)) {
                this.#fail(outcomeOfAnswer(this.#ground.system, count));
                return;
            }
            this.#unsent = this.#unsent.subarray(Math.max(0, count));
        }
        // An end that was heard would be told again and again.
        this.#socket.watchFor((this.#isEnded ? 0 : POLL.read) | (this.#unsent.length > 0 ? POLL.write : 0));
    }

    #fail(outcome: Outcome): void {
        this.#end(outcome.type === "failure" ? (this.#conversation.broken?.(outcome.reason) ?? outcome) : outcome);
    }

    #end(outcome: Outcome): void {
        this.close();
        this.#host.onOutcome(outcome);
    }
}
