import { Duplex } from "node:stream";
import type { Conversation, Reply } from "../../../core/health/conversation/conversation.ts";
import { preambleBytes } from "../../../core/health/conversation/proxy-preamble.ts";
import type { ProxyPreamble } from "../../../core/service/probe/http-probe.ts";

const LISTEN: Reply = {};

/** A check's connection as the byte stream that Node's TLS is made for. */
export class ConnectionStream extends Duplex implements Conversation {
    readonly #preamble: ProxyPreamble | undefined;
    readonly #onOpened: () => void;
    #say: (reply: Reply) => void = () => undefined;
    #isCut = false;

    constructor(preamble: ProxyPreamble | undefined, onOpened: () => void) {
        super({ allowHalfOpen: true });
        this.#preamble = preamble;
        this.#onOpened = onOpened;
    }

    /** Where what is written goes. */
    connect(say: (reply: Reply) => void): void {
        this.#say = say;
    }

    /** The other end has closed the connection, and what it said before has been heard. */
    get isCut(): boolean {
        return this.#isCut;
    }

    opened(): Reply {
        // Who is told begins to write, which must not come before the preamble.
        process.nextTick(this.#onOpened);
        return this.#preamble === undefined ? LISTEN : { send: preambleBytes(this.#preamble) };
    }

    received(bytes: Uint8Array): Reply {
        this.push(Buffer.from(bytes));
        return LISTEN;
    }

    ended(): Reply {
        setImmediate(() => {
            this.#isCut = true;
            this.push(null);
        });
        return LISTEN;
    }

    override _read(): void {
        // Bytes are pushed as they come: whoever reads is not slower than the network, for both are one thread.
    }

    override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
        this.#say({ send: chunk });
        done();
    }
}
