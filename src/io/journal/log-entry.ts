import type { LogLevel, LogLine } from "../../core/supervise/messages.ts";

/** One line of the log with its origin. */
export interface LogEntry {
    readonly time: Date;
    /** The program's name in syslog: `Keepalived_vrrp`. */
    readonly ident: string;
    readonly pid: number;
    readonly line: LogLine;
}

/** Somewhere that log lines go. Never blocks, never throws; lines that cannot be kept are counted and told of later. */
export interface LogSink {
    write(entry: LogEntry): void;
    /** Hands over what still waits, as far as that is possible at once. */
    close(): void;
}

const SEVERITIES: Readonly<Record<LogLevel, number>> = { alert: 1, error: 3, warning: 4, notice: 5, info: 6, debug: 7 };
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** The datagram for syslogd's local socket (RFC 3164's form, with the local time). @param facility 0..23 */
export function syslogText({ time, ident, pid, line }: LogEntry, facility: number): string {
    return `<${8 * facility + SEVERITIES[line.level]}>${dayOfYear(time)} ${timeOfDay(time)} ${ident}[${pid}]: ${oneLine(line.text)}`;
}

/** The line for a console: `Sat Nov 21 07:38:54 2026: text`. */
export function consoleText({ time, line }: LogEntry): string {
    return `${DAYS[time.getDay()]} ${dayOfYear(time)} ${timeOfDay(time)} ${time.getFullYear()}: ${oneLine(line.text)}\n`;
}

/** The line for a log file: like the console's, with nanoseconds. */
export function fileText({ time, line }: LogEntry): string {
    const fraction = `${String(time.getMilliseconds()).padStart(3, "0")}000000`;
    return `${DAYS[time.getDay()]} ${dayOfYear(time)} ${timeOfDay(time)}.${fraction} ${time.getFullYear()}: ${oneLine(line.text)}\n`;
}

function dayOfYear(time: Date): string {
    return `${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2, " ")}`;
}

function timeOfDay(time: Date): string {
    return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** A text of foreign origin must not forge a second line. */
function oneLine(text: string): string {
    return text.replace(/[\r\n]+/g, " ");
}
