import type { ScriptOutcome } from "../../core/notify/script-command.ts";
import { type ScriptRunEffect, type ScriptRunEvent, ScriptRuns } from "../../core/notify/script-runs.ts";
import type { Loop, Seat } from "../../host/loop.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { ScriptProcess } from "../../io/process/script-process.ts";

/** Where scripts run that other processes ask for, and who is told of their end. */
export interface AskedScriptsSettings {
    readonly system: NativeAddon;
    readonly loop: Loop;
    /** `output` is the last line that it wrote. */
    readonly onScriptEnded: (run: number, outcome: ScriptOutcome, output: string) => void;
}

/** Scripts that the checkers process has run for it. */
export class AskedScripts {
    readonly #make: AskedScriptsSettings;
    readonly #processes = new Map<number, ScriptProcess>();
    readonly #seat: Seat<ScriptRunEvent>;

    constructor(make: AskedScriptsSettings) {
        this.#make = make;
        this.#seat = make.loop.attach<ScriptRunEvent, ScriptRunEffect>({
            name: "scripts that check",
            machine: new ScriptRuns(),
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect),
        });
    }

    /** Whether any script is still at work. */
    get isBusy(): boolean {
        return this.#processes.size > 0;
    }

    tell(event: ScriptRunEvent & { readonly type: "run" | "end" | "end-all" }): void {
        this.#seat.tell(event);
    }

    #perform(effect: ScriptRunEffect): void {
        switch (effect.type) {
            case "start":
                this.#start(effect);
                return;
            case "signal":
                this.#processes.get(effect.run)?.signal(effect.signal);
                return;
            case "tell":
                this.#make.onScriptEnded(effect.run, effect.outcome, effect.output);
        }
    }

    #start({ run, command }: ScriptRunEffect & { readonly type: "start" }): void {
        const end = (outcome: ScriptOutcome, output: readonly string[]): void => {
            this.#processes.delete(run);
            this.#seat.tell({ type: "ended", run, outcome, output: output.at(-1) ?? "" });
        };
        const started = ScriptProcess.start(this.#make.system, command, { onEnded: end });
        if (started.ok) {
            this.#processes.set(run, started.value);
        } else {
            end({ type: "not-started", code: started.error }, []);
        }
    }
}
