import { fchownSync, fstatSync, unlinkSync } from "node:fs";
import { type Result, rejected, success } from "../../core/base/result.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { errorCode } from "../system/private-file.ts";

const PIPE_MODE = 0o644;
/** More lines than that never wait: the oldest give way, and are counted. */
const MOST_WAITING = 100_000;

/** What a named pipe tells. */
export interface NotifyPipeListener {
    /** These lines are in the pipe, or lost for good. */
    readonly onWritten: (receipts: readonly number[]) => void;
    readonly onNotice: (level: "info" | "warning" | "error", text: string) => void;
}

interface Line {
    readonly receipt: number;
    readonly bytes: Buffer;
}

/**
 * A named pipe that lines are written to, in order.
 *
 * It is open for reading too, so that it holds what is written while no reader is there. When it is full lines wait; nothing is lost in silence.
 */
export class NotifyPipe {
    readonly path: string;
    readonly #system: NativeAddon;
    readonly #fd: number;
    readonly #isOurs: boolean;
    readonly #poller: Poller;
    readonly #listener: NotifyPipeListener;
    #waiting: Line[] = [];
    /** Lines that had to wait since the pipe was found full. */
    #delayed = 0;
    #lost = 0;
    #isFull = false;

    private constructor(
        system: NativeAddon,
        path: string,
        open: { readonly fd: number; readonly isOurs: boolean },
        listener: NotifyPipeListener,
    ) {
        this.path = path;
        this.#system = system;
        this.#fd = open.fd;
        this.#isOurs = open.isOurs;
        this.#listener = listener;
        const poller = system.pollerOpen(open.fd, () => this.#flush());
        if (typeof poller === "number") {
            throw new Error(`cannot watch ${path}: ${system.errnoNames[-poller] ?? poller}`);
        }
        this.#poller = poller;
    }

    /** Opens a pipe, which is made unless it is there; what is there and is no pipe is left alone. A failure says why. */
    static open(
        system: NativeAddon,
        path: string,
        owner: { readonly uid: number; readonly gid: number } | undefined,
        listener: NotifyPipeListener,
    ): Result<NotifyPipe, string> {
        const { constants, errnoNames } = system;
        const made = system.mkfifo(path, PIPE_MODE);
        if (made < 0 && errnoNames[-made] !== "EEXIST") {
            return rejected(errnoNames[-made] ?? String(made));
        }
        const isOurs = made >= 0;
        const fd = system.open(path, constants.O_RDWR | constants.O_NOFOLLOW, 0);
        if (fd < 0) {
            return rejected(errnoNames[-fd] ?? String(fd));
        }
        if (!fstatSync(fd).isFIFO()) {
            system.close(fd);
            return rejected("it is there, and is no FIFO");
        }
        if (isOurs && owner !== undefined) {
            try {
                // Not by its name: somebody may have put a link there meanwhile.
                fchownSync(fd, owner.uid, owner.gid);
            } catch (error) {
                listener.onNotice("warning", `cannot give ${path} to ${owner.uid}:${owner.gid}: ${errorCode(error)}`);
            }
        }
        return success(new NotifyPipe(system, path, { fd, isOurs }, listener));
    }

    /** How many lines wait for room. */
    get waiting(): number {
        return this.#waiting.length;
    }

    /** Adds a line, without its newline. */
    write(receipt: number, text: string): void {
        this.#waiting.push({ receipt, bytes: Buffer.from(`${text}\n`) });
        if (this.#isFull) {
            this.#delayed++;
            this.#giveWay();
        } else {
            this.#flush();
        }
    }

    /** Gives it back. That lines still wait is said; they are done with if they are `lost`, and not whoever comes next is to tell them again. */
    close(lost: boolean): void {
        if (this.#waiting.length > 0) {
            this.#listener.onNotice(
                "error",
                `FIFO ${this.path}: ${this.#waiting.length} lines were never read${lost ? " and are lost" : ""}`,
            );
        }
        if (lost) {
            this.#listener.onWritten(this.#waiting.splice(0).map(({ receipt }) => receipt));
        }
        this.#system.pollerClose(this.#poller);
        this.#system.close(this.#fd);
    }

    /** Removes it from the file system, if we made it. */
    remove(): void {
        if (!this.#isOurs) {
            return;
        }
        try {
            unlinkSync(this.path);
        } catch {
            // Somebody has removed it already.
        }
    }

    #flush(): void {
        const written: number[] = [];
        for (const { receipt, bytes } of this.#waiting) {
            const count = this.#system.write(this.#fd, bytes, 0, bytes.length);
            if (count < 0) {
                this.#block(this.#system.errnoNames[-count] ?? String(count), this.#waiting.length - written.length);
                break;
            }
            written.push(receipt);
        }
        this.#waiting = this.#waiting.slice(written.length);
        if (this.#waiting.length === 0 && this.#isFull) {
            this.#unblock();
        }
        if (written.length > 0) {
            this.#listener.onWritten(written);
        }
    }

    #block(code: string, waiting: number): void {
        if (!this.#isFull) {
            this.#isFull = true;
            this.#delayed = waiting;
            const why = code === "EAGAIN" ? "full" : `not writable (${code})`;
            this.#listener.onNotice("warning", `FIFO ${this.path} is ${why}: lines wait until somebody reads it`);
            this.#system.pollerSet(this.#poller, POLL.write);
        }
    }

    #unblock(): void {
        this.#isFull = false;
        this.#system.pollerSet(this.#poller, 0);
        const lost = this.#lost === 0 ? "none is lost" : `${this.#lost} are lost`;
        this.#listener.onNotice("info", `FIFO ${this.path} is read again: ${this.#delayed} lines had to wait, ${lost}`);
        this.#lost = 0;
    }

    #giveWay(): void {
        if (this.#waiting.length <= MOST_WAITING) {
            return;
        }
        const oldest = this.#waiting.shift();
        this.#lost++;
        if (this.#lost === 1) {
            this.#listener.onNotice("error", `FIFO ${this.path}: more than ${MOST_WAITING} lines wait, the oldest are dropped`);
        }
        if (oldest !== undefined) {
            this.#listener.onWritten([oldest.receipt]);
        }
    }
}
