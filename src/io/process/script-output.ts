import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";

/** So much of what a script writes is kept: the beginning. */
const LONGEST = 8_192;
const MOST_LINES = 50;
const PIECE = 4_096;

/**
 * What a script writes, kept up to a limit.
 *
 * It is read to its end even when the script is gone: a program that the script left running in the background must not die of a pipe
 * that nobody reads.
 */
export class ScriptOutput {
    readonly #system: NativeAddon;
    readonly #fd: number;
    readonly #poller: Poller;
    readonly #kept: Buffer[] = [];
    #length = 0;
    #isOpen = true;

    /** @param fd the reading end, non-blocking; from now on this one's own */
    constructor(system: NativeAddon, fd: number) {
        this.#system = system;
        this.#fd = fd;
        const poller = system.pollerOpen(fd, () => this.#read());
        if (typeof poller === "number") {
            throw new Error(`cannot watch a script's output: ${system.errnoNames[-poller] ?? poller}`);
        }
        this.#poller = poller;
        system.pollerSet(poller, POLL.read);
    }

    /** The script is gone: what it wrote, as lines. */
    finish(): readonly string[] {
        this.#read();
        const text = Buffer.concat(this.#kept).toString("utf8");
        this.#kept.length = 0;
        this.#length = LONGEST;
        if (this.#isOpen) {
            this.#system.pollerRef(this.#poller, false);
        }
        return text
            .split("\n")
            .map(printable)
            .filter((line) => line !== "")
            .slice(0, MOST_LINES);
    }

    #read(): void {
        const piece = Buffer.allocUnsafe(PIECE);
        // A pipe holds sixteen pieces; who writes for ever must not keep the loop for ever.
        for (let turn = 0; this.#isOpen && turn < 16; turn++) {
            const count = this.#system.read(this.#fd, piece, 0, piece.length);
            if (this.#system.errnoNames[-count] === "EAGAIN") {
                return;
            }
            if (count <= 0) {
                this.#close();
                return;
            }
            this.#keep(piece.subarray(0, Math.min(count, LONGEST - this.#length)));
        }
    }

    #keep(bytes: Buffer): void {
        if (bytes.length > 0) {
            this.#kept.push(Buffer.from(bytes));
            this.#length += bytes.length;
        }
    }

    #close(): void {
        this.#isOpen = false;
        this.#system.pollerClose(this.#poller);
        this.#system.close(this.#fd);
    }
}

/** Without what would upset a terminal on which somebody reads the log. */
function printable(line: string): string {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is to be left out
    return line.replace(/[\u0000-\u001f\u007f]/g, " ").trimEnd();
}
