import { Socket } from "node:net";
import { encodeFrame, FrameDecoder, type TypedMessage } from "./frames.ts";

/** What a channel tells. */
export interface ChannelListener<Incoming> {
    readonly onMessage: (message: Incoming) => void;
    /** The other side is gone, or speaks nonsense. Told once; nothing more comes. */
    readonly onEnd: (reason: string) => void;
}

/** More than this waiting to be sent means that the other side does not read. */
const CONGESTED_BYTES = 4 * 1024 * 1024;

/** One end of a socket pair between parent and child: typed messages both ways, never blocking. */
export class Channel<Outgoing extends TypedMessage, Incoming extends TypedMessage> {
    readonly #socket: Socket;
    readonly #decoder = new FrameDecoder();
    readonly #listener: ChannelListener<Incoming>;
    #hasEnded = false;

    /** @param fd a connected stream socket, from now on the channel's own @param unread the beginning of a message, read by somebody else */
    constructor(fd: number, listener: ChannelListener<Incoming>, unread: Uint8Array = new Uint8Array()) {
        this.#listener = listener;
        this.#socket = new Socket({ fd, readable: true, writable: true });
        this.#socket.on("data", (piece) => this.#receive(piece));
        this.#socket.on("error", (error) => this.#end(error.message));
        this.#socket.on("close", () => this.#end("closed"));
        this.#socket.resume();
        this.#receive(unread);
    }

    /** Whether the kernel has taken all that was sent. */
    get isIdle(): boolean {
        return this.#socket.writableLength === 0;
    }

    /** What has been read of a message that is not complete yet. */
    get unread(): Uint8Array {
        return this.#decoder.unread;
    }

    /** Whether so much waits to be sent that whoever can do without should. */
    get isCongested(): boolean {
        return this.#socket.writableLength > CONGESTED_BYTES;
    }

    /** Hands a message over; after the end it is dropped. */
    send(message: Outgoing): void {
        if (!this.#hasEnded) {
            this.#socket.write(encodeFrame(message));
        }
    }

    /** Ends the channel when all that was sent has been taken by the kernel. */
    finish(whenDone: () => void): void {
        if (this.#hasEnded) {
            whenDone();
            return;
        }
        this.#socket.end(whenDone);
    }

    /** Ends it at once; the listener is not told. */
    close(): void {
        this.#hasEnded = true;
        this.#socket.destroy();
    }

    #receive(piece: Uint8Array): void {
        const result = this.#decoder.push(piece);
        if (!result.ok) {
            this.#end(`unreadable message: ${result.error}`);
            this.#socket.destroy();
            return;
        }
        for (const message of result.value) {
            // Parent and child are the same program (the hello says so), so the shape is as good as its type.
            this.#listener.onMessage(message as Incoming);
        }
    }

    #end(reason: string): void {
        if (!this.#hasEnded) {
            this.#hasEnded = true;
            this.#listener.onEnd(reason);
        }
    }
}
