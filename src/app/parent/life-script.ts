import type { LifeScript } from "../../core/config/complete/life-scripts.ts";
import { commandText, outcomeText, type ScriptOutcome } from "../../core/notify/script-command.ts";
import type { Journal } from "../../io/journal/journal.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { ScriptProcess } from "../../io/process/script-process.ts";

const GRACE_MILLISECONDS = 2_000;

/** Where a script of the daemon's life runs. */
export interface LifeScriptContext {
    readonly system: NativeAddon;
    readonly journal: Journal;
    readonly what: "startup_script" | "shutdown_script";
}

/**
 * Runs `startup_script` or `shutdown_script`, and goes on when it has ended: with SIGTERM at its timeout, and SIGKILL two seconds later. The
 * parent runs these two itself, as then there is no other process.
 */
export function runLifeScript({ system, journal, what }: LifeScriptContext, script: LifeScript | undefined, done: () => void): void {
    if (script === undefined) {
        done();
        return;
    }
    const timers: NodeJS.Timeout[] = [];
    const end = (outcome: ScriptOutcome, output: readonly string[]): void => {
        for (const timer of timers) {
            clearTimeout(timer);
        }
        for (const line of output) {
            journal.log("info", `${what}: | ${line}`);
        }
        const isSuccess = outcome.type === "exit" && outcome.status === 0;
        journal.log(isSuccess ? "info" : "warning", `${what}: ${commandText(script.command)} ${outcomeText(outcome)}`);
        done();
    };
    const started = ScriptProcess.start(system, script.command, { onEnded: end });
    if (!started.ok) {
        end({ type: "not-started", code: started.error }, []);
        return;
    }
    const limit = script.timeout / 1_000;
    const interrupt = () => {
        journal.log("warning", `${what}: ${commandText(script.command)} takes longer than ${limit / 1_000} seconds: sending SIGTERM`);
        started.value.signal("terminate");
    };
    timers.push(
        setTimeout(interrupt, limit),
        setTimeout(() => started.value.signal("kill"), limit + GRACE_MILLISECONDS),
    );
}
