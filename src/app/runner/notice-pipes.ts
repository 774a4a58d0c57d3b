import { isSameData } from "../../core/base/same-data.ts";
import type { NoticeOrigin } from "../../core/notify/notice.ts";
import { PipeReader, type PipeReaderEffect, type PipeReaderEvent } from "../../core/notify/pipe-reader.ts";
import type { ScriptCommand, ScriptOutcome } from "../../core/notify/script-command.ts";
import type { LogLine } from "../../core/supervise/messages.ts";
import type { NotifyPipeSettings } from "../../core/supervise/runner-settings.ts";
import type { Loop, Seat } from "../../host/loop.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { NotifyPipe } from "../../io/process/notify-pipe.ts";
import { ScriptProcess } from "../../io/process/script-process.ts";

/** Where named pipes are and whom they tell. */
export interface NoticePipesSettings {
    readonly system: NativeAddon;
    readonly loop: Loop;
    readonly log: (line: LogLine) => void;
    /** The line is in every pipe that wants it. */
    readonly onDone: (receipt: number) => void;
}

interface Sitting {
    readonly settings: NotifyPipeSettings;
    readonly pipe: NotifyPipe;
    readonly reader: Seat<PipeReaderEvent> | undefined;
}

/** All named pipes, and the scripts that read them. */
export class NoticePipes {
    readonly #make: NoticePipesSettings;
    readonly #sittings = new Map<string, Sitting>();
    readonly #processes = new Map<PipeReader, ScriptProcess>();
    /** In how many pipes a line still waits. */
    readonly #open = new Map<number, number>();

    constructor(make: NoticePipesSettings) {
        this.#make = make;
    }

    /** Whether no line waits. */
    get isIdle(): boolean {
        return this.#open.size === 0;
    }

    /** Whether no reader is at work. */
    get hasNoReader(): boolean {
        return this.#processes.size === 0;
    }

    /** Takes the wanted pipes on; one that stays keeps its lines, and its reader if that is the same. */
    configure(wanted: readonly NotifyPipeSettings[]): void {
        const paths = new Set(wanted.map(({ path }) => path));
        for (const path of [...this.#sittings.keys()].filter((present) => !paths.has(present))) {
            this.#end(path, true);
        }
        for (const settings of wanted) {
            const present = this.#sittings.get(settings.path);
            if (present === undefined) {
                this.#begin(settings);
            } else if (!isSameData(present.settings, settings)) {
                this.#change(present, settings);
            }
        }
    }

    /** Writes a line to all pipes that take news of this origin. */
    write(receipt: number, origin: NoticeOrigin, text: string): void {
        const takers = [...this.#sittings.values()].filter(({ settings }) => settings.origins.includes(origin));
        this.#open.set(receipt, takers.length + 1);
        for (const { pipe } of takers) {
            pipe.write(receipt, text);
        }
        this.#close(receipt);
    }

    /** Closes all pipes; readers see their end. */
    stop(): void {
        for (const path of [...this.#sittings.keys()]) {
            this.#end(path, false);
        }
    }

    #begin(settings: NotifyPipeSettings): void {
        const { system, log } = this.#make;
        const opened = NotifyPipe.open(system, settings.path, settings.owner, {
            onWritten: (receipts) => {
                for (const receipt of receipts) {
                    this.#close(receipt);
                }
            },
            onNotice: (level, text) => log({ level, text }),
        });
        if (!opened.ok) {
            log({ level: "error", text: `Cannot use FIFO ${settings.path}: ${opened.error}` });
            return;
        }
        this.#sittings.set(settings.path, { settings, pipe: opened.value, reader: this.#seatReader(settings) });
        this.#sittings.get(settings.path)?.reader?.tell({ type: "start" });
    }

    #change(present: Sitting, settings: NotifyPipeSettings): void {
        if (isSameData(present.settings.reader, settings.reader)) {
            this.#sittings.set(settings.path, { ...present, settings });
            return;
        }
        present.reader?.tell({ type: "stop" });
        const reader = this.#seatReader(settings);
        this.#sittings.set(settings.path, { ...present, settings, reader });
        reader?.tell({ type: "start" });
    }

    #end(path: string, areLinesLost: boolean): void {
        const sitting = this.#sittings.get(path);
        this.#sittings.delete(path);
        sitting?.pipe.close(areLinesLost);
        sitting?.pipe.remove();
        sitting?.reader?.tell({ type: "stop" });
    }

    #close(receipt: number): void {
        const left = (this.#open.get(receipt) ?? 1) - 1;
        if (left > 0) {
            this.#open.set(receipt, left);
        } else {
            this.#open.delete(receipt);
            this.#make.onDone(receipt);
        }
    }

    #seatReader({ reader: command, path }: NotifyPipeSettings): Seat<PipeReaderEvent> | undefined {
        if (command === undefined) {
            return undefined;
        }
        const machine = new PipeReader(command, path);
        const seat = this.#make.loop.attach<PipeReaderEvent, PipeReaderEffect>({
            name: `reader of ${path}`,
            machine,
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect, machine, seat),
        });
        return seat;
    }

    #perform(effect: PipeReaderEffect, machine: PipeReader, seat: Seat<PipeReaderEvent>): void {
        switch (effect.type) {
            case "run":
                this.#run(effect.command, machine, seat);
                return;
            case "signal":
                this.#processes.get(machine)?.signal(effect.signal);
                return;
            case "log":
                this.#make.log({ level: effect.level, text: effect.text });
        }
    }

    #run(command: ScriptCommand, machine: PipeReader, seat: Seat<PipeReaderEvent>): void {
        const end = (outcome: ScriptOutcome, output: readonly string[]): void => {
            this.#processes.delete(machine);
            seat.tell({ type: "ended", outcome, output });
        };
        const started = ScriptProcess.start(this.#make.system, command, { onEnded: end });
        if (started.ok) {
            this.#processes.set(machine, started.value);
        } else {
            end({ type: "not-started", code: started.error }, []);
        }
    }
}
