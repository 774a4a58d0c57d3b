import type { LogLevel, LogLine } from "../../core/supervise/messages.ts";
import type { LogSink } from "./log-entry.ts";

/** Who a line comes from. */
export interface LogOrigin {
    readonly ident: string;
    readonly pid: number;
}

/** The daemon's log: every line goes to every sink. */
export class Journal {
    readonly #sinks: readonly LogSink[];
    readonly #origin: LogOrigin;

    /** @param origin whose lines these are when nothing else is said */
    constructor(sinks: readonly LogSink[], origin: LogOrigin) {
        this.#sinks = sinks;
        this.#origin = origin;
    }

    log(level: LogLevel, text: string): void {
        this.write({ level, text });
    }

    write(line: LogLine, origin: LogOrigin = this.#origin): void {
        const entry = { time: new Date(), ...origin, line };
        for (const sink of this.#sinks) {
            sink.write(entry);
        }
    }

    close(): void {
        for (const sink of this.#sinks) {
            sink.close();
        }
    }
}
