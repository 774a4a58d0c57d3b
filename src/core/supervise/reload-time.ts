/** What a `reload_time_file` says: a time of day, or of one day. */
export interface ReloadTime {
    /** Absent: the next time that the clock shows that. */
    readonly date?: { readonly year: number; readonly month: number; readonly day: number };
    readonly hour: number;
    readonly minute: number;
    readonly second: number;
    /** With a `Z`: not the local time. */
    readonly isUtc: boolean;
}

const FORM = /^\s*(?:(\d{2}|\d{4})-(\d{2})-(\d{2})[ T])?(\d{2}):(\d{2}):(\d{2})(Z?)\s*$/;
const CENTURY = 2_000;

/** Reads `HH:MM:SS`, `YY-MM-DD HH:MM:SS` or `YYYY-MM-DD HH:MM:SS`, with `Z` for UTC; undefined when it is nothing of that. */
export function parseReloadTime(text: string): ReloadTime | undefined {
    const [, year, month, day, hour, minute, second, zone] = FORM.exec(text) ?? [];
    if (hour === undefined) {
        return undefined;
    }
    const time = { hour: Number(hour), minute: Number(minute), second: Number(second), isUtc: zone === "Z" };
    if (time.hour > 23 || time.minute > 59 || time.second > 59) {
        return undefined;
    }
    if (year === undefined) {
        return time;
    }
    const date = { year: Number(year) + (year.length === 2 ? CENTURY : 0), month: Number(month), day: Number(day) };
    return isDate(date) ? { ...time, date } : undefined;
}

function isDate({ year, month, day }: { readonly year: number; readonly month: number; readonly day: number }): boolean {
    const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
    return days !== undefined && day >= 1 && day <= days;
}
