import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";

const LONGEST_MESSAGE = 4_096;
const MESSAGES_IN_TURN = 64;

/** One end of a line between two processes, made by their parent: each message arrives whole and in order, and nothing waits for anybody. */
export class DirectLine<Message> {
    readonly #system: NativeAddon;
    readonly #fd: number;
    readonly #buffer = new Uint8Array(LONGEST_MESSAGE);
    #poller: Poller | undefined;

    constructor(system: NativeAddon, fd: number) {
        this.#system = system;
        this.#fd = fd;
    }

    /** False when it cannot be sent now: too much waits at the other end. */
    send(message: Message): boolean {
        const bytes = Buffer.from(JSON.stringify(message));
        return this.#system.sendto(this.#fd, bytes, 0, bytes.length, 0, null) === bytes.length;
    }

    /** Hands on what arrives from now on, what has been waiting first; once is enough. */
    listen(onMessage: (message: Message) => void): void {
        if (this.#poller !== undefined) {
            return;
        }
        const poller = this.#system.pollerOpen(this.#fd, () => this.#read(onMessage));
        if (typeof poller !== "number") {
            this.#poller = poller;
            this.#system.pollerSet(poller, POLL.read);
        }
    }

    close(): void {
        if (this.#poller !== undefined) {
            this.#system.pollerClose(this.#poller);
        }
        this.#system.close(this.#fd);
    }

    #read(onMessage: (message: Message) => void): void {
        for (let count = 0; count < MESSAGES_IN_TURN; count++) {
            const length = this.#system.recv(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
            if (length <= 0) {
                return;
            }
            // Our own parent made the line, and its other end is one of our own processes.
            onMessage(JSON.parse(Buffer.from(this.#buffer.subarray(0, length)).toString()));
        }
    }
}
