import type { LogLine } from "../core/report/log-lines.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import { type ProcessTrackerEffect, type ProcessTrackerEvent, ProcessTrackers } from "../core/track/process-trackers.ts";
import type { TrackerNews } from "../core/track/tracker-status.ts";
import type { Loop, Seat } from "../host/loop.ts";
import type { Source } from "../host/world.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import type { MonotonicClock } from "../io/time/monotonic-clock.ts";
import { ProcessWatch } from "../io/track/process-watch.ts";
import { TrackedFiles } from "./tracked-files.ts";

/** What the trackers are made of. */
export interface TrackersSettings {
    readonly system: NativeAddon;
    readonly clock: MonotonicClock;
    readonly loop: Pick<Loop, "attach" | "bulk">;
    readonly settings: VrrpProcessSettings;
    readonly onReady: (source: Source) => void;
    readonly tell: (news: TrackerNews) => void;
    readonly log: (line: LogLine) => void;
}

/** Tracked files and processes: the machines that judge them, and what this machine tells of them. */
export class Trackers {
    readonly #make: TrackersSettings;
    readonly #files: TrackedFiles;
    readonly #processes: ProcessWatch;
    readonly #processSeat: Seat<ProcessTrackerEvent>;

    constructor(make: TrackersSettings) {
        const { loop, settings } = make;
        this.#make = make;
        this.#files = new TrackedFiles(make);
        this.#processes = new ProcessWatch({
            ...make,
            ...{ bulk: loop.bulk, ...(settings.processMonitorBuffer && { receiveBuffer: settings.processMonitorBuffer }) },
            onProcess: (identity) => this.#processSeat.tell({ type: "process", identity }),
            onFork: (parent, child) => this.#processSeat.tell({ type: "fork", parent, child }),
            onExit: (process) => this.#processSeat.tell({ type: "exit", process }),
            onScanned: (processes) => this.#processSeat.tell({ type: "scanned", processes }),
            onNotice: (text) => this.#notice(text),
        });
        const wake = { type: "wake" } as const;
        this.#processSeat = loop.attach({
            name: "processes",
            machine: new ProcessTrackers(),
            wake,
            perform: (effect) => this.#performProcess(effect),
        });
    }

    /** Takes settings on. @param isStart files are made only then */
    configure({ trackFiles, trackProcesses }: VrrpProcessSettings, isStart: boolean): void {
        this.#files.configure(trackFiles, isStart);
        this.#processSeat.tell({ type: "configure", processes: trackProcesses });
    }

    /** Tells of nothing any more. */
    close(): void {
        this.#processSeat.leave();
        this.#files.close();
        this.#processes.close();
    }

    #performProcess(effect: ProcessTrackerEffect): void {
        if (effect.type === "tell") {
            this.#make.tell(effect.news);
        } else if (effect.processes.length === 0) {
            this.#processes.close();
        } else {
            this.#processes.start(effect.processes.some(({ arguments: pattern }) => pattern !== undefined));
        }
    }

    #notice(text: string): void {
        this.#make.log({ level: "notice", isDetail: false, text });
    }
}
