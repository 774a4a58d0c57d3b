import { type FSWatcher, readFileSync, unlinkSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import { parseReloadTime, type ReloadTime } from "../../core/supervise/reload-time.ts";
import { errorCode } from "../../io/system/private-file.ts";

/** What a timed reload needs of its surroundings. */
export interface TimedReloadSurroundings {
    readonly log: (level: "info" | "warning", text: string) => void;
    readonly reload: () => void;
    /** Milliseconds since 1970; the system's clock when not given. */
    readonly now?: () => number;
}

/** Timers of Node reach no further: longer ones are set again. In milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** `reload_time_file`: the time in it is that of the next reload. The file is watched: written anew it counts anew, removed it counts no more. */
export class TimedReload {
    readonly #surroundings: TimedReloadSurroundings;
    readonly #now: () => number;
    #path: string | undefined;
    #repeats = false;
    #watcher: FSWatcher | undefined;
    #timer: NodeJS.Timeout | undefined;
    #dueAt: number | undefined;

    constructor(surroundings: TimedReloadSurroundings) {
        this.#surroundings = surroundings;
        this.#now = surroundings.now ?? Date.now;
    }

    /** Follows that file from now on; undefined follows none. @param repeats `reload_repeat` */
    follow(path: string | undefined, repeats: boolean): void {
        const isSame = path === this.#path;
        this.#repeats = repeats;
        if (isSame) {
            return;
        }
        this.close();
        this.#path = path;
        if (path !== undefined) {
            this.#watch(path);
            this.#read();
        }
    }

    close(): void {
        this.#watcher?.close();
        this.#watcher = undefined;
        this.#forget();
        this.#path = undefined;
    }

    #watch(path: string): void {
        try {
            const name = basename(path);
            this.#watcher = watch(dirname(path), (_what, changed) => (changed === name ? this.#read() : undefined));
            this.#watcher.on("error", () => this.#watcher?.close());
        } catch (error) {
            this.#surroundings.log("warning", `cannot watch ${path} for the time of a reload: ${errorCode(error)}`);
        }
    }

    #read(): void {
        const path = this.#path;
        if (path === undefined) {
            return;
        }
        const text = textOf(path);
        const time = text === undefined ? undefined : parseReloadTime(text);
        const dueAt = time && nextMoment(time, this.#now());
        if (dueAt !== undefined) {
            this.#arm(dueAt);
            return;
        }
        const hadOne = this.#dueAt !== undefined;
        this.#forget();
        if (text !== undefined && text.trim() !== "") {
            this.#surroundings.log("warning", `${path}: ${time === undefined ? "not a time" : "in the past"}: no reload`);
        } else if (hadOne) {
            this.#surroundings.log("info", "Timed reload cancelled");
        }
    }

    #arm(dueAt: number): void {
        if (dueAt !== this.#dueAt) {
            this.#surroundings.log("info", `Reload scheduled at ${new Date(dueAt).toISOString()}`);
        }
        this.#dueAt = dueAt;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#elapse(), Math.min(Math.max(dueAt - this.#now(), 0), LONGEST_TIMER));
    }

    #elapse(): void {
        const { dueAt, path } = { dueAt: this.#dueAt, path: this.#path };
        if (dueAt === undefined || path === undefined) {
            return;
        }
        if (this.#now() < dueAt) {
            this.#arm(dueAt);
            return;
        }
        const isDaily = parseReloadTime(textOf(path) ?? "")?.date === undefined;
        this.#forget();
        if (this.#repeats && isDaily) {
            this.#read();
        } else {
            remove(path);
        }
        this.#surroundings.reload();
    }

    #forget(): void {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#dueAt = undefined;
    }
}

/** When that is, in milliseconds since 1970: of a time without a date the next one. Undefined when it has passed. */
export function nextMoment({ date, hour, minute, second, isUtc }: ReloadTime, now: number): number | undefined {
    const today = new Date(now);
    const of = (year: number, month: number, day: number) =>
        isUtc ? Date.UTC(year, month, day, hour, minute, second) : new Date(year, month, day, hour, minute, second).getTime();
    if (date !== undefined) {
        const moment = of(date.year, date.month - 1, date.day);
        return moment > now ? moment : undefined;
    }
    // By the calendar: where clocks are put back or forward the next day is not a day's length away.
    const inDays = (days: number) =>
        isUtc
            ? of(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + days)
            : of(today.getFullYear(), today.getMonth(), today.getDate() + days);
    const moment = inDays(0);
    return moment > now ? moment : inDays(1);
}

function textOf(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
}

function remove(path: string): void {
    try {
        unlinkSync(path);
    } catch {
        // Gone already.
    }
}
