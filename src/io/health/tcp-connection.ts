import type { Conversation, Reply } from "../../core/health/conversation/conversation.ts";
import type { Outcome } from "../../core/health/outcome.ts";
import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { ipSocketAddress } from "../packet/socket-address.ts";
import type { Attempt, AttemptHost } from "./attempt.ts";

/** What the network says of the server, as opposed to what this machine says of itself. */
const REFUSALS: Readonly<Record<string, string>> = {
    ECONNREFUSED: "connection refused",
    ENETUNREACH: "network unreachable",
    EHOSTUNREACH: "host unreachable",
    EADDRNOTAVAIL: "no such address here to reach it from",
    ETIMEDOUT: "connection timed out",
    ECONNRESET: "connection reset",
    EPIPE: "connection reset",
};

const ERROR_LENGTH = 4;

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
    #unsent = new Uint8Array(0);

    constructor(host: ConnectionHost, endpoint: Endpoint, conversation: Conversation) {
        this.#host = host;
        this.#endpoint = endpoint;
        this.#conversation = conversation;
    }

    begin(): void {
        const endpoint = this.#endpoint;
        const { system } = this.#host;
        const { constants } = system;
        const domain = endpoint.address.family === 4 ? constants.AF_INET : constants.AF_INET6;
        this.#fd = system.socket(domain, constants.SOCK_STREAM, constants.IPPROTO_TCP);
        const failed = this.#fd < 0 ? this.#fd : this.#prepare(endpoint);
        if (failed < 0) {
            this.#end({ type: "impossible", reason: this.#nameOf(failed) });
            return;
        }
        this.#connect(endpoint);
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

    #prepare({ source, sourcePort = 0, interfaceName, mark, address }: Endpoint): number {
        const { system } = this.#host;
        const { constants } = system;
        const results: number[] = [];
        const set = (name: number, value: number | Uint8Array) =>
            results.push(system.setsockopt(this.#fd, constants.SOL_SOCKET, name, value));
        if (mark !== 0) {
            set(constants.SO_MARK, mark | 0);
        }
        if (interfaceName !== undefined) {
            set(
                constants.SO_BINDTODEVICE,
                Uint8Array.from(`${interfaceName}\0`, (character) => character.charCodeAt(0)),
            );
        }
        if (source !== undefined || sourcePort !== 0) {
            set(constants.SO_REUSEADDR, 1);
            const own = source ?? { family: address.family, bytes: new Uint8Array(address.bytes.length) };
            results.push(system.bind(this.#fd, this.#socketAddress(own, sourcePort, interfaceName)));
        }
        return Math.min(0, ...results);
    }

    #connect({ address, port, interfaceName }: Endpoint): void {
        const { system } = this.#host;
        const result = system.connect(this.#fd, this.#socketAddress(address, port, interfaceName));
        const code = result < 0 ? this.#nameOf(result) : "";
        if (code !== "" && code !== "EINPROGRESS") {
            this.#fail(code);
            return;
        }
        const poller = system.pollerOpen(this.#fd, (events) => this.#ready(events));
        if (typeof poller === "number") {
            this.#end({ type: "impossible", reason: this.#nameOf(poller) });
            return;
        }
        this.#poller = poller;
        system.pollerSet(poller, POLL.write);
    }

    #ready(events: number): void {
        if (events < 0) {
            this.#end({ type: "impossible", reason: this.#nameOf(events) });
        } else if (!this.#isOpen) {
            this.#opened();
        } else {
            if ((events & POLL.write) !== 0) {
                this.#sendUnsent();
            }
            if ((events & (POLL.read | POLL.disconnect | POLL.error)) !== 0) {
                this.#receive();
            }
        }
    }

    #opened(): void {
        const { system } = this.#host;
        const error = new Uint8Array(ERROR_LENGTH);
        system.getsockopt(this.#fd, system.constants.SOL_SOCKET, system.constants.SO_ERROR, error);
        const errno = new DataView(error.buffer).getInt32(0, true);
        if (errno !== 0) {
            this.#fail(this.#nameOf(-errno));
            return;
        }
        this.#isOpen = true;
        this.#obey(this.#conversation.opened());
    }

    #receive(): void {
        const { system, buffer, onProgress } = this.#host;
        const count = this.#fd < 0 ? 0 : system.recv(this.#fd, buffer, 0, buffer.length, 0);
        if (this.#fd < 0 || this.#isBusy(count)) {
            return;
        }
        if (count < 0) {
            this.#fail(this.#nameOf(count));
        } else if (count === 0) {
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
        if (send !== undefined) {
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
            if (count < 0 && !this.#isBusy(count)) {
                this.#fail(this.#nameOf(count));
                return;
            }
            this.#unsent = this.#unsent.subarray(Math.max(0, count));
        }
        if (this.#poller !== undefined) {
            system.pollerSet(this.#poller, this.#unsent.length > 0 ? POLL.read | POLL.write : POLL.read);
        }
    }

    #isBusy(result: number): boolean {
        return result < 0 && ["EAGAIN", "EWOULDBLOCK", "EINTR"].includes(this.#nameOf(result));
    }

    #fail(code: string): void {
        const reason = REFUSALS[code];
        this.#end(reason === undefined ? { type: "impossible", reason: code } : { type: "failure", reason });
    }

    #end(outcome: Outcome): void {
        this.close();
        this.#host.onOutcome(outcome);
    }

    #socketAddress(address: Endpoint["address"], port: number, interfaceName: string | undefined): Uint8Array {
        const { system } = this.#host;
        const index = interfaceName === undefined || address.family === 4 ? 0 : Math.max(0, system.ifNameToIndex(interfaceName));
        const bytes = ipSocketAddress(address, index);
        writePort(bytes, port);
        return bytes;
    }

    #nameOf(result: number): string {
        return this.#host.system.errnoNames[-result] ?? String(result);
    }
}

/** Into a sockaddr_in or sockaddr_in6. */
function writePort(bytes: Uint8Array, port: number): void {
    bytes[2] = port >> 8;
    bytes[3] = port & 0xff;
}
