import type { LogLine } from "../core/report/log-lines.ts";
import { type FileTrackerEffect, type FileTrackerEvent, FileTrackers } from "../core/track/file-trackers.ts";
import type { TrackFileSettings } from "../core/track/tracker-definitions.ts";
import type { TrackerNews } from "../core/track/tracker-status.ts";
import type { Loop, Seat } from "../host/loop.ts";
import { WatchedFiles } from "../io/track/watched-files.ts";

/** What tracked files are made of. */
export interface TrackedFilesSettings {
    readonly loop: Pick<Loop, "attach">;
    readonly tell: (news: TrackerNews) => void;
    readonly log: (line: LogLine) => void;
}

/** Tracked files: the machine that judges them, and the watch on the disk. */
export class TrackedFiles {
    readonly #make: TrackedFilesSettings;
    readonly #files: WatchedFiles;
    readonly #seat: Seat<FileTrackerEvent>;

    constructor(make: TrackedFilesSettings) {
        this.#make = make;
        this.#files = new WatchedFiles({
            onChanged: (name) => this.#seat.tell({ type: "changed", name }),
            onUnwatchable: (name) => this.#seat.tell({ type: "unwatchable", name }),
            onContents: (name, text) => this.#seat.tell({ type: "contents", name, text }),
        });
        this.#seat = make.loop.attach({
            name: "files",
            machine: new FileTrackers(),
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect),
        });
    }

    /** Takes settings on. @param isStart files are made only then */
    configure(files: readonly TrackFileSettings[], isStart: boolean): void {
        this.#seat.tell({ type: "configure", files, makesFiles: isStart });
    }

    /** Reads these files within the call, so that all is known of them afterwards. */
    readNow(files: readonly TrackFileSettings[]): void {
        for (const { name, path } of files) {
            this.#seat.tell({ type: "contents", name, text: this.#files.readNow(path) });
        }
    }

    /** Tells of nothing any more. */
    close(): void {
        this.#seat.leave();
        this.#files.close();
    }

    #perform(effect: FileTrackerEffect): void {
        switch (effect.type) {
            case "make-file": {
                const code = this.#files.make(effect.path, effect.value, effect.overwrites);
                if (code !== "") {
                    this.#notice(`track_file: cannot make ${effect.path}: ${code}`);
                }
                return;
            }
            case "watch-files":
                this.#files.watch(effect.files);
                return;
            case "read-file":
                this.#files.read(effect);
                return;
            case "tell":
                this.#make.tell(effect.news);
                return;
            case "complain":
                this.#notice(effect.text);
        }
    }

    #notice(text: string): void {
        this.#make.log({ level: "notice", isDetail: false, text });
    }
}
