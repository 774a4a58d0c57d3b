import type { NativeAddon } from "../native/addon.ts";
import { UnixDatagrams } from "../system/unix-datagrams.ts";
import { type LogEntry, type LogSink, syslogText } from "./log-entry.ts";

const MAX_WAITING = 1_000;
const MAX_DATAGRAM = 8_192;
/** A full queue empties soon; a daemon that is not there takes longer to come back, and is tried less and less often. In milliseconds. */
const RETRY_WHEN_FULL = 5;
const RETRY_WHEN_ABSENT = 250;
const LONGEST_RETRY = 8_000;

/** The local syslog daemon or systemd's journal, whichever listens at /dev/log. While it does not take lines, some wait, then they are counted. */
export class SyslogSink implements LogSink {
    readonly #system: NativeAddon;
    readonly #datagrams: UnixDatagrams;
    readonly #facility: number;
    #waiting: Uint8Array[] = [];
    #dropped = 0;
    #retry: NodeJS.Timeout | undefined;
    #absence = RETRY_WHEN_ABSENT;

    constructor(system: NativeAddon, facility: number, path = "/dev/log") {
        this.#system = system;
        this.#datagrams = new UnixDatagrams(system, path);
        this.#facility = facility;
    }

    write(entry: LogEntry): void {
        if (this.#waiting.length >= MAX_WAITING) {
            this.#dropped++;
            return;
        }
        if (this.#dropped > 0) {
            const lost = { ...entry, line: { level: "warning", text: `${this.#dropped} log lines were lost` } } as const;
            this.#dropped = 0;
            this.#enqueue(lost);
        }
        this.#enqueue(entry);
        if (this.#retry === undefined) {
            this.#flush();
        }
    }

    close(): void {
        clearTimeout(this.#retry);
        this.#flush();
        clearTimeout(this.#retry);
        this.#datagrams.close();
    }

    #enqueue(entry: LogEntry): void {
        this.#waiting.push(Buffer.from(syslogText(entry, this.#facility)).subarray(0, MAX_DATAGRAM));
    }

    #flush(): void {
        this.#retry = undefined;
        let result = 0;
        const stuck = this.#waiting.findIndex((datagram) => {
            result = this.#datagrams.send(datagram);
            return result < 0;
        });
        this.#waiting = stuck < 0 ? [] : this.#waiting.slice(stuck);
        if (stuck < 0) {
            this.#absence = RETRY_WHEN_ABSENT;
            return;
        }
        const isFull = this.#system.errnoNames[-result] === "EAGAIN";
        this.#retry = setTimeout(() => this.#flush(), isFull ? RETRY_WHEN_FULL : this.#absence);
        this.#retry.unref();
        this.#absence = isFull ? RETRY_WHEN_ABSENT : Math.min(2 * this.#absence, LONGEST_RETRY);
    }
}
