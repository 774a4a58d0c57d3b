import { after, earliest, type Instant, isDue, milliseconds, seconds } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { isSameData } from "../base/same-data.ts";
import { trackedNumber } from "./tracked-number.ts";
import type { TrackFileSettings } from "./tracker-definitions.ts";
import type { TrackerNews } from "./tracker-status.ts";

/** What the trackers of files can be told. */
export type FileTrackerEvent =
    /** The wanted set, at first and at each reload. Only at the start of the daemon are files made. */
    | { readonly type: "configure"; readonly files: readonly TrackFileSettings[]; readonly makesFiles: boolean }
    /** Something happened to the file. */
    | { readonly type: "changed"; readonly name: string }
    /** What stands at its beginning; undefined when there is no such file. */
    | { readonly type: "contents"; readonly name: string; readonly text: string | undefined }
    /** Nobody tells of changes of this file: it has to be looked at again and again. */
    | { readonly type: "unwatchable"; readonly name: string }
    | { readonly type: "wake" };

/** What the trackers of files want done. */
export type FileTrackerEffect =
    | { readonly type: "make-file"; readonly path: string; readonly value: number; readonly overwrites: boolean }
    /** Tell of all changes of these files, and of no others, from now on. */
    | { readonly type: "watch-files"; readonly files: readonly TrackFileSettings[] }
    /** Tell what is in it, after what was ordered before is done. */
    | { readonly type: "read-file"; readonly name: string; readonly path: string }
    | { readonly type: "tell"; readonly news: TrackerNews }
    | { readonly type: "complain"; readonly text: string };

/**
 * How long a text that may be unfinished has to stay as it is. Whoever writes a file in place makes it empty first, and a number without the end of
 * its line may be a part of one.
 */
const SETTLING = milliseconds(50);

/** How often a file is looked at of which nobody tells. */
const LOOKING = seconds(1);

interface Tracked {
    readonly settings: TrackFileSettings;
    value: number | undefined;
    /** What was read, and when it counts if nothing else comes. */
    pending: { readonly text: string; readonly at: Instant } | undefined;
    lookAt: Instant | undefined;
}

/** Tracked files: their numbers, told when they change. A file that is missing, empty or says something else than a number counts as 0. */
export class FileTrackers implements Machine<FileTrackerEvent, FileTrackerEffect> {
    #files = new Map<string, Tracked>();

    get wakeAt(): Instant | undefined {
        return earliest(...Array.from(this.#files.values(), ({ pending, lookAt }) => earliest(pending?.at, lookAt)));
    }

    handle(event: FileTrackerEvent, now: Instant): readonly FileTrackerEffect[] {
        switch (event.type) {
            case "configure":
                return this.#configure(event.files, event.makesFiles);
            case "wake":
                return [...this.#files.values()].flatMap((file) => this.#wake(file, now));
            default:
                return this.#hear(event, now);
        }
    }

    #configure(wanted: readonly TrackFileSettings[], makesFiles: boolean): FileTrackerEffect[] {
        const before = this.#files;
        this.#files = new Map();
        const effects: FileTrackerEffect[] = [];
        for (const settings of wanted) {
            const known = before.get(settings.name);
            const isSame = known !== undefined && isSameData(known.settings, settings);
            this.#files.set(settings.name, isSame ? known : { settings, value: undefined, pending: undefined, lookAt: undefined });
            if (makesFiles && settings.initialValue !== undefined) {
                const { path, initialValue: value, overwrites = false } = settings;
                effects.push({ type: "make-file", path, value, overwrites });
            }
        }
        effects.push({ type: "watch-files", files: wanted });
        return [...effects, ...[...this.#files.values()].map(read)];
    }

    #hear(event: Exclude<FileTrackerEvent, { readonly type: "configure" | "wake" }>, now: Instant): FileTrackerEffect[] {
        const file = this.#files.get(event.name);
        if (file === undefined) {
            // It is tracked no longer.
            return [];
        }
        switch (event.type) {
            case "changed":
                return [read(file)];
            case "contents":
                return this.#weigh(file, event.text ?? "", now);
            case "unwatchable":
                file.lookAt = after(now, LOOKING);
                return [];
            default:
                return unreachable(event);
        }
    }

    #weigh(file: Tracked, text: string, now: Instant): FileTrackerEffect[] {
        const isFirst = file.value === undefined;
        if (isFirst || text.includes("\n")) {
            return this.#accept(file, text);
        }
        if (file.pending?.text !== text) {
            file.pending = { text, at: after(now, SETTLING) };
        }
        return [];
    }

    #wake(file: Tracked, now: Instant): FileTrackerEffect[] {
        const effects: FileTrackerEffect[] = [];
        if (file.pending !== undefined && isDue(file.pending.at, now)) {
            effects.push(...this.#accept(file, file.pending.text));
        }
        if (isDue(file.lookAt, now)) {
            file.lookAt = after(now, LOOKING);
            effects.push(read(file));
        }
        return effects;
    }

    #accept(file: Tracked, text: string): FileTrackerEffect[] {
        const { name, path } = file.settings;
        const value = trackedNumber(text);
        file.pending = undefined;
        const effects: FileTrackerEffect[] = [];
        if (value === undefined) {
            const kept = file.value ?? 0;
            effects.push({ type: "complain", text: `track_file ${name}: the number in ${path} is out of range, ${kept} stays` });
        }
        const before = file.value;
        file.value = value ?? before ?? 0;
        if (file.value !== before) {
            effects.push({ type: "tell", news: { kind: "file", name, status: { type: "value", value: file.value } } });
        }
        return effects;
    }
}

function read({ settings: { name, path } }: Tracked): FileTrackerEffect {
    return { type: "read-file", name, path };
}
