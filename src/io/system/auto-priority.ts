import type { Duration } from "../../core/base/instant.ts";
import type { AutoPrioritySettings, SchedulingSettings } from "../../core/supervise/process-settings.ts";
import type { NativeAddon } from "../native/addon.ts";
import { applyScheduling } from "./scheduling.ts";

/**
 * `max_auto_priority`: a process whose timers run late gets a realtime priority, and one more each time that happens again.
 *
 * Keepalived's default of a second is far more than any virtual router can bear; a shorter `min_auto_priority_delay` is noticed from the lateness
 * on that the loop calls a stall.
 */
export class AutoPriority {
    readonly #settings: AutoPrioritySettings;
    readonly #apply: (scheduling: SchedulingSettings) => readonly string[];
    readonly #log: (text: string) => void;
    #priority: number;

    /** @param configured the realtime priority that the process has from the start, if any */
    constructor(
        settings: AutoPrioritySettings,
        configured: number | undefined,
        surroundings: { readonly apply: (scheduling: SchedulingSettings) => readonly string[]; readonly log: (text: string) => void },
    ) {
        this.#settings = settings;
        this.#apply = surroundings.apply;
        this.#log = surroundings.log;
        this.#priority = configured ?? 0;
    }

    /** A timer was late by that much. */
    late(lateness: Duration): void {
        const { maximum, delay } = this.#settings;
        if (lateness < delay || this.#priority >= maximum) {
            return;
        }
        this.#priority += 1;
        this.#log(`A timer expired ${lateness / 1_000} ms late: realtime priority is now ${this.#priority}`);
        for (const complaint of this.#apply({ realtimePriority: this.#priority })) {
            this.#log(complaint);
        }
    }
}

/** One for a process; undefined where the configuration does not ask for it. */
export function autoPriorityOf(
    system: NativeAddon,
    { autoPriority, realtimePriority }: SchedulingSettings,
    log: (text: string) => void,
): AutoPriority | undefined {
    const apply = (scheduling: SchedulingSettings) => applyScheduling(system, scheduling);
    return autoPriority && new AutoPriority(autoPriority, realtimePriority, { apply, log });
}
