import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { consoleText, type LogEntry, type LogSink } from "./log-entry.ts";

const STANDARD_ERROR = 2;
const MAX_WAITING_BYTES = 1024 * 1024;
/** Characters that are written at once. */
const ENOUGH = 65_536;

/**
 * Standard error, without waiting for its reader: it is opened once more, so that non-blocking mode does not fall upon others who share it;
 * where it is a socket, each send says so itself. What is said in one go is written in one go: a reload may remove ten thousand servers.
 */
export class ConsoleSink implements LogSink {
    readonly #system: NativeAddon;
    readonly #fd: number;
    readonly #isReopened: boolean;
    #poller: Poller | undefined;
    /** What has been said since the last look at it, and what could not be written then. */
    #said = "";
    #waiting = Buffer.alloc(0);
    #dropped = 0;

    constructor(system: NativeAddon) {
        this.#system = system;
        const { O_WRONLY, O_APPEND } = system.constants;
        const fd = system.open(`/proc/self/fd/${STANDARD_ERROR}`, O_WRONLY | O_APPEND, 0);
        this.#isReopened = fd >= 0;
        this.#fd = fd >= 0 ? fd : STANDARD_ERROR;
    }

    write(entry: LogEntry): void {
        const lost =
            this.#dropped === 0 ? "" : consoleText({ ...entry, line: { level: "warning", text: `${this.#dropped} log lines were lost` } });
        const text = lost + consoleText(entry);
        if (this.#waiting.length + this.#said.length + text.length > MAX_WAITING_BYTES) {
            this.#dropped++;
            return;
        }
        this.#dropped = 0;
        if (this.#said === "") {
            queueMicrotask(() => this.#flush());
        }
        this.#said += text;
        if (this.#said.length > ENOUGH) {
            this.#flush();
        }
    }

    close(): void {
        this.#flush();
        this.#waiting = Buffer.alloc(0);
        this.#stopWatching();
        if (this.#isReopened) {
            this.#system.close(this.#fd);
        }
    }

    #flush(): void {
        this.#waiting = Buffer.concat([this.#waiting, Buffer.from(this.#said)]);
        this.#said = "";
        while (this.#waiting.length > 0) {
            const written = this.#put(this.#waiting);
            if (written < 0) {
                this.#waitOrDrop(this.#system.errnoNames[-written]);
                return;
            }
            this.#waiting = this.#waiting.subarray(written);
        }
        this.#stopWatching();
    }

    #put(bytes: Uint8Array): number {
        if (this.#isReopened) {
            return this.#system.write(this.#fd, bytes, 0, bytes.length);
        }
        const { MSG_DONTWAIT } = this.#system.constants;
        const sent = this.#system.sendto(this.#fd, bytes, 0, bytes.length, MSG_DONTWAIT, null);
        // Neither to be opened again nor a socket: a terminal of somebody else.
        return this.#system.errnoNames[-sent] === "ENOTSOCK" ? this.#system.write(this.#fd, bytes, 0, bytes.length) : sent;
    }

    #waitOrDrop(code: string | undefined): void {
        if (code !== "EAGAIN") {
            this.#waiting = Buffer.alloc(0);
            this.#stopWatching();
            return;
        }
        if (this.#poller === undefined) {
            const poller = this.#system.pollerOpen(this.#fd, () => this.#flush());
            if (typeof poller !== "number") {
                this.#system.pollerSet(poller, POLL.write);
                this.#system.pollerRef(poller, false);
                this.#poller = poller;
            }
        }
    }

    #stopWatching(): void {
        if (this.#poller !== undefined) {
            this.#system.pollerClose(this.#poller);
            this.#poller = undefined;
        }
    }
}
