import type { ChildMessage, LogLine, ParentMessage } from "../core/supervise/messages.ts";
import type { Channel } from "../io/ipc/channel.ts";

const MAX_WAITING = 10_000;

/** A child's log lines on their way to the parent, gathered for a turn of the loop. Never waits: what cannot be sent is counted. */
export class ForwardedLog {
    readonly #channel: Pick<Channel<ChildMessage, ParentMessage>, "send" | "isCongested">;
    #lines: LogLine[] = [];
    #dropped = 0;
    #isScheduled = false;

    constructor(channel: Pick<Channel<ChildMessage, ParentMessage>, "send" | "isCongested">) {
        this.#channel = channel;
    }

    add(line: LogLine): void {
        if (this.#lines.length >= MAX_WAITING || this.#channel.isCongested) {
            this.#dropped++;
            return;
        }
        this.#lines.push({ level: line.level, text: line.text });
        if (!this.#isScheduled) {
            this.#isScheduled = true;
            setImmediate(() => this.flush());
        }
    }

    /** Sends what has been gathered, now. */
    flush(): void {
        this.#isScheduled = false;
        if (this.#lines.length > 0) {
            this.#channel.send({ type: "log", lines: this.#lines, dropped: this.#dropped });
            this.#lines = [];
            this.#dropped = 0;
        }
    }
}
