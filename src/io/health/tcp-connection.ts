import type { Conversation, Reply } from "../../core/health/conversation/conversation.ts";
import type { Outcome } from "../../core/health/outcome.ts";
import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import type { Attempt, AttemptHost } from "./attempt.ts";
import { errorName, isBusy, openCheckSocket, outcomeOfError, peerAddress } from "./check-socket.ts";

const ERROR_LENGTH = 4;
const NOTHING = new Uint8Array(0);

/** What a connection needs of its surroundings. */
export interface ConnectionHost extends AttemptHost {
    readonly system: NativeAddon;
    /** Where bytes arrive; shared by all, for each is done with them before the next reads. */
    readonly buffer: Uint8Array;
}

/** One non-blocking TCP connection on which a conversation is held. It is closed with the outcome; who needs no outcome any more closes it. */
export class TcpConnection implements Attempt {
    readonly #host: ConnectionHost;
    readonly #endpoint: Endpoint;
    readonly #conversation: Conversation;
    #fd = -1;
    #poller: Poller | undefined;
    #isOpen = false;
    #isEnded = false;
    /** What the poller watches for. */
    #mask = 0;
    #unsent: Uint8Array = NOTHING;

    constructor(host: ConnectionHost, endpoint: Endpoint, conversation: Conversation) {
        this.#host = host;
        this.#endpoint = endpoint;
        this.#conversation = conversation;
    }

    begin(): void {
        const { system } = this.#host;
        const { SOCK_STREAM: type, IPPROTO_TCP: protocol } = system.constants;
        this.#fd = openCheckSocket(system, this.#endpoint, { type, protocol });
        if (this.#fd < 0) {
            this.#end({ type: "impossible", reason: errorName(system, this.#fd) });
            return;
        }
        this.#connect();
    }

    /** Whoever converses has something to say, or an outcome, that is no direct answer to what was heard. */
    say(reply: Reply): void {
        if (this.#fd >= 0) {
            this.#obey(reply);
        }
    }

    close(): void {
        if (this.#poller !== undefined) {
            this.#host.system.pollerClose(this.#poller);
            this.#poller = undefined;
        }
        if (this.#fd >= 0) {
            this.#host.system.close(this.#fd);
            this.#fd = -1;
        }
    }

    #connect(): void {
        const { system } = this.#host;
        const result = system.connect(this.#fd, peerAddress(system, this.#endpoint));
        if (result < 0 && errorName(system, result) !== "EINPROGRESS") {
            this.#fail(result);
            return;
        }
        const poller = system.pollerOpen(this.#fd, (events) => this.#ready(events));
        if (typeof poller === "number") {
            this.#end({ type: "impossible", reason: errorName(this.#host.system, poller) });
            return;
        }
        this.#poller = poller;
        this.#watch(POLL.write);
    }

    #ready(events: number): void {
        if (events < 0) {
            this.#end({ type: "impossible", reason: errorName(this.#host.system, events) });
        } else if (!this.#isOpen) {
            this.#opened((events & POLL.error) !== 0);
        } else {
            if ((events & POLL.write) !== 0) {
                this.#sendUnsent();
            }
            if ((events & (POLL.read | POLL.disconnect | POLL.error)) !== 0) {
                this.#receive();
            }
        }
    }

    #opened(hasFailed: boolean): void {
        const error = hasFailed ? this.#takeError() : 0;
        if (error !== 0) {
            this.#fail(-error);
            return;
        }
        this.#isOpen = true;
        this.#obey(this.#conversation.opened());
    }

    #takeError(): number {
        const { system } = this.#host;
        const error = new Uint8Array(ERROR_LENGTH);
        system.getsockopt(this.#fd, system.constants.SOL_SOCKET, system.constants.SO_ERROR, error);
        return new DataView(error.buffer).getInt32(0, true);
    }

    #receive(): void {
        const { system, buffer, onProgress } = this.#host;
        const count = this.#fd < 0 ? 0 : system.recv(this.#fd, buffer, 0, buffer.length, 0);
        if (this.#fd < 0 || isBusy(system, count)) {
            return;
        }
        if (count < 0) {
            this.#fail(count);
        } else if (count === 0) {
            this.#isEnded = true;
            this.#obey(this.#conversation.ended());
        } else {
            onProgress();
            this.#obey(this.#conversation.received(buffer.subarray(0, count)));
        }
    }

    #obey({ send, outcome }: Reply): void {
        if (outcome !== undefined) {
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

    #sendUnsent(): void {
        const { system } = this.#host;
        if (this.#unsent.length > 0) {
            const count = system.sendto(this.#fd, this.#unsent, 0, this.#unsent.length, 0, null);
            if (count < 0 && !isBusy(system, count)) {
                this.#fail(count);
                return;
            }
            this.#unsent = this.#unsent.subarray(Math.max(0, count));
        }
        // An end that was heard would be told again and again.
        this.#watch((this.#isEnded ? 0 : POLL.read) | (this.#unsent.length > 0 ? POLL.write : 0));
    }

    /** Each change takes system calls, of which thousands of checks make many. */
    #watch(mask: number): void {
        if (this.#poller !== undefined && mask !== this.#mask) {
            this.#mask = mask;
            this.#host.system.pollerSet(this.#poller, mask);
        }
    }

    #fail(result: number): void {
        const outcome = outcomeOfError(this.#host.system, result);
        this.#end(outcome.type === "failure" ? (this.#conversation.broken?.(outcome.reason) ?? outcome) : outcome);
    }

    #end(outcome: Outcome): void {
        this.close();
        this.#host.onOutcome(outcome);
    }
}
