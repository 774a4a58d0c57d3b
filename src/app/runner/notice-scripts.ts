import { seconds } from "../../core/base/instant.ts";
import type { ScriptOutcome } from "../../core/notify/script-command.ts";
import { type ScriptJob, type ScriptQueueEffect, type ScriptQueueEvent, ScriptQueues } from "../../core/notify/script-queues.ts";
import type { LogLine } from "../../core/supervise/messages.ts";
import type { Loop, Seat } from "../../host/loop.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { ScriptProcess } from "../../io/process/script-process.ts";

/** So many scripts run at once: each has three descriptors here. */
const MOST_RUNS = 128;
/** How long a script may run while its successor waits. */
const PATIENCE = seconds(60);

/** How long a script may run once the daemon stops. */
const LAST_PATIENCE = seconds(2);

/** Where notification scripts run and whom they tell. */
export interface NoticeScriptsSettings {
    readonly system: NativeAddon;
    readonly loop: Loop;
    readonly log: (line: LogLine) => void;
    readonly onDone: (receipt: number) => void;
}

/** Scripts that are told of events, at work: in order for each subject, one at a time. */
export class NoticeScripts {
    readonly #make: NoticeScriptsSettings;
    readonly #queues = new ScriptQueues({ mostRuns: MOST_RUNS, patience: PATIENCE });
    readonly #seat: Seat<ScriptQueueEvent>;
    readonly #processes = new Map<number, ScriptProcess>();

    constructor(make: NoticeScriptsSettings) {
        this.#make = make;
        this.#seat = make.loop.attach<ScriptQueueEvent, ScriptQueueEffect>({
            name: "notification scripts",
            machine: this.#queues,
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect),
        });
    }

    /** How many run or wait. */
    get open(): number {
        return this.#queues.open;
    }

    add(job: ScriptJob): void {
        this.#seat.tell({ type: "add", job });
    }

    /** The daemon stops: those that still run or wait have little time each. */
    stop(): void {
        this.#seat.tell({ type: "stop", patience: LAST_PATIENCE });
    }

    #perform(effect: ScriptQueueEffect): void {
        switch (effect.type) {
            case "run":
                this.#run(effect.job);
                return;
            case "signal":
                this.#processes.get(effect.receipt)?.signal(effect.signal);
                return;
            case "done":
                this.#make.onDone(effect.receipt);
                return;
            case "log":
                this.#make.log({ level: effect.level, text: effect.text });
        }
    }

    #run({ receipt, command }: ScriptJob): void {
        const end = (outcome: ScriptOutcome, output: readonly string[]): void => {
            this.#processes.delete(receipt);
            this.#seat.tell({ type: "ended", receipt, outcome, output });
        };
        const started = ScriptProcess.start(this.#make.system, command, { onEnded: end });
        if (started.ok) {
            this.#processes.set(receipt, started.value);
        } else {
            end({ type: "not-started", code: started.error }, []);
        }
    }
}
