import { isSameData } from "../../core/base/same-data.ts";
import type { ScriptOutcome } from "../../core/notify/script-command.ts";
import type { LogLine } from "../../core/supervise/messages.ts";
import {
    ScriptTracker,
    type ScriptTrackerEffect,
    type ScriptTrackerEvent,
    type ScriptTrackerSettings,
    type ScriptTrackerSnapshot,
} from "../../core/track/script-tracker.ts";
import type { TrackerNews } from "../../core/track/tracker-status.ts";
import type { Loop, Seat } from "../../host/loop.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { ScriptProcess } from "../../io/process/script-process.ts";

/** Where tracked scripts run and whom they tell. */
export interface TrackedScriptsSettings {
    readonly system: NativeAddon;
    readonly loop: Loop;
    readonly log: (line: LogLine) => void;
    readonly onNews: (news: TrackerNews) => void;
    /** A successor of this process should know. */
    readonly onChanged: (snapshot: ScriptTrackerSnapshot) => void;
}

interface Sitting {
    readonly settings: ScriptTrackerSettings;
    readonly tracker: ScriptTracker;
    readonly seat: Seat<ScriptTrackerEvent>;
}

const WAKE: ScriptTrackerEvent = { type: "wake" };

/** All `vrrp_script`s at work: they come and go with the configuration. */
export class TrackedScripts {
    readonly #make: TrackedScriptsSettings;
    readonly #sittings = new Map<string, Sitting>();
    readonly #processes = new Map<ScriptTracker, ScriptProcess>();

    constructor(make: TrackedScriptsSettings) {
        this.#make = make;
    }

    /** Whether any script is still at work. */
    get isBusy(): boolean {
        return this.#processes.size > 0;
    }

    /** Takes the wanted scripts on. One that runs the same as before goes on with what it knows. */
    configure(wanted: readonly ScriptTrackerSettings[], former: readonly ScriptTrackerSnapshot[]): void {
        const names = new Set(wanted.map(({ name }) => name));
        for (const [name, { seat }] of this.#sittings) {
            if (!names.has(name)) {
                seat.tell({ type: "stop" });
                this.#sittings.delete(name);
            }
        }
        const predecessors = new Map(former.map((snapshot) => [snapshot.name, snapshot]));
        for (const settings of wanted) {
            this.#take(settings, predecessors.get(settings.name));
        }
    }

    snapshots(): readonly ScriptTrackerSnapshot[] {
        return [...this.#sittings.values()].map(({ tracker }) => tracker.snapshot);
    }

    /** Says how all of them stand, to who does not know. */
    tellAll(): void {
        for (const [name, { tracker }] of this.#sittings) {
            if (tracker.status.type !== "unknown") {
                this.#make.onNews({ kind: "script", name, status: tracker.status });
            }
        }
    }

    stop(): void {
        this.configure([], []);
    }

    #take(settings: ScriptTrackerSettings, former: ScriptTrackerSnapshot | undefined): void {
        const present = this.#sittings.get(settings.name);
        if (present !== undefined && isSameData(present.settings.command, settings.command)) {
            present.seat.tell({ type: "configure", settings });
            this.#sittings.set(settings.name, { ...present, settings });
            return;
        }
        present?.seat.tell({ type: "stop" });
        const tracker = new ScriptTracker(settings, former);
        const seat = this.#make.loop.attach<ScriptTrackerEvent, ScriptTrackerEffect>({
            name: `vrrp_script ${settings.name}`,
            machine: tracker,
            wake: WAKE,
            perform: (effect) => this.#perform(effect, tracker, seat),
        });
        this.#sittings.set(settings.name, { settings, tracker, seat });
        seat.tell({ type: "start" });
    }

    #perform(effect: ScriptTrackerEffect, tracker: ScriptTracker, seat: Seat<ScriptTrackerEvent>): void {
        switch (effect.type) {
            case "run":
                this.#run(effect, tracker, seat);
                return;
            case "signal":
                this.#processes.get(tracker)?.signal(effect.signal);
                return;
            case "status":
                this.#make.onNews({ kind: "script", name: effect.name, status: effect.status });
                // One that takes too long has failed before its end, and may resist that for long.
                this.#make.onChanged(tracker.snapshot);
                return;
            case "log":
                this.#make.log({ level: effect.level, text: effect.text });
        }
    }

    #run({ command }: ScriptTrackerEffect & { readonly type: "run" }, tracker: ScriptTracker, seat: Seat<ScriptTrackerEvent>): void {
        const end = (outcome: ScriptOutcome, output: readonly string[]): void => {
            this.#processes.delete(tracker);
            const before = tracker.snapshot;
            seat.tell({ type: "ended", outcome, output: output.at(-1) ?? "" });
            if (!isSameData(before, tracker.snapshot)) {
                this.#make.onChanged(tracker.snapshot);
            }
        };
        const started = ScriptProcess.start(this.#make.system, command, { onEnded: end });
        if (started.ok) {
            this.#processes.set(tracker, started.value);
        } else {
            end({ type: "not-started", code: started.error }, []);
        }
    }
}
