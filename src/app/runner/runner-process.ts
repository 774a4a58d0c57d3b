import { milliseconds } from "../../core/base/instant.ts";
import { unreachable } from "../../core/base/result.ts";
import type { Notice } from "../../core/notify/notice.ts";
import type { LogLine } from "../../core/supervise/messages.ts";
import type { RunnerSettings } from "../../core/supervise/runner-settings.ts";
import type { ScriptTrackerSnapshot } from "../../core/track/script-tracker.ts";
import type { TrackerNews } from "../../core/track/tracker-status.ts";
import { Loop } from "../../host/loop.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { ImmediateScheduler } from "../../io/time/immediate-scheduler.ts";
import { KernelTimer } from "../../io/time/kernel-timer.ts";
import { MonotonicClock } from "../../io/time/monotonic-clock.ts";
import { AskedScripts, type AskedScriptsSettings } from "./asked-scripts.ts";
import { NoticeMails } from "./notice-mails.ts";
import { NoticePipes } from "./notice-pipes.ts";
import { NoticeScripts } from "./notice-scripts.ts";
import { NoticeWebhooks } from "./notice-webhooks.ts";
import { TrackedScripts } from "./tracked-scripts.ts";

/** A runner that is so late was held up; nothing hangs on it. */
const STALL = milliseconds(1_000);
/** All that is still to be told has so long once the daemon stops; the parent waits somewhat longer. */
const STOP_LIMIT_MILLISECONDS = 20_000;
const STOP_POLL_MILLISECONDS = 20;

/** Whom the runner tells what. */
export interface RunnerListeners {
    readonly onLog: (line: LogLine) => void;
    readonly onNews: (news: TrackerNews) => void;
    readonly onChanged: (snapshots: readonly ScriptTrackerSnapshot[]) => void;
    /** What came with this receipt has been done. */
    readonly onDone: (receipts: readonly number[]) => void;
    readonly onScriptEnded: AskedScriptsSettings["onScriptEnded"];
}

/** The runner put together: the only process that starts programs, and the one that tells the world outside what happens. */
export class RunnerProcess {
    readonly #timer: KernelTimer;
    readonly #listeners: RunnerListeners;
    readonly #tracked: TrackedScripts;
    readonly #asked: AskedScripts;
    readonly #scripts: NoticeScripts;
    readonly #pipes: NoticePipes;
    readonly #mails: NoticeMails;
    readonly #webhooks: NoticeWebhooks;

    constructor(system: NativeAddon, listeners: RunnerListeners) {
        this.#listeners = listeners;
        this.#timer = new KernelTimer(system, () => loop.turn());
        const loop = new Loop({
            clock: new MonotonicClock(system),
            timer: this.#timer,
            scheduler: new ImmediateScheduler(),
            stallThreshold: STALL,
            onStalled: () => undefined,
            onFailure: ({ part, error }) => listeners.onLog({ level: "alert", text: `Defect in ${part}, contained: ${String(error)}` }),
        });
        const surroundings = { system, loop, log: listeners.onLog, onDone: (receipt: number) => listeners.onDone([receipt]) };
        this.#tracked = new TrackedScripts({
            ...surroundings,
            onNews: listeners.onNews,
            onChanged: (snapshot) => listeners.onChanged([snapshot]),
        });
        this.#asked = new AskedScripts({ ...surroundings, onScriptEnded: listeners.onScriptEnded });
        this.#scripts = new NoticeScripts(surroundings);
        this.#pipes = new NoticePipes(surroundings);
        this.#mails = new NoticeMails(surroundings);
        this.#webhooks = new NoticeWebhooks(surroundings);
    }

    /** Takes settings on; `former` is where a predecessor stood. */
    configure(settings: RunnerSettings, former: readonly ScriptTrackerSnapshot[]): void {
        this.#pipes.configure(settings.pipes);
        this.#mails.configure(settings.mail);
        this.#webhooks.configure(settings.webhooks);
        this.#tracked.configure(settings.scripts, former);
    }

    snapshots(): readonly ScriptTrackerSnapshot[] {
        return this.#tracked.snapshots();
    }

    /** Somebody new listens to what scripts come to. */
    tellTrackers(): void {
        this.#tracked.tellAll();
    }

    /** Runs scripts that others ask for, and ends them. */
    run(event: Parameters<AskedScripts["tell"]>[0]): void {
        this.#asked.tell(event);
    }

    /** Tells somebody outside. */
    tell(receipt: number, notice: Notice): void {
        switch (notice.type) {
            case "script":
                this.#scripts.add({ receipt, ...notice });
                return;
            case "line":
                this.#pipes.write(receipt, notice.origin, notice.text);
                return;
            case "mail":
                this.#mails.add({ receipt, ...notice });
                return;
            case "webhook":
                this.#webhooks.add(receipt, notice.urls, notice.event);
                return;
            default:
                unreachable(notice);
        }
    }

    /** Brings everything to its end, as soon as all is told. */
    stop(done: () => void): void {
        this.#tracked.stop();
        this.#asked.tell({ type: "end-all" });
        this.#scripts.stop();
        this.#mails.stop();
        this.#webhooks.stop();
        const started = Date.now();
        let arePipesOpen = true;
        const poll = setInterval(() => {
            const isLate = Date.now() - started > STOP_LIMIT_MILLISECONDS;
            if (arePipesOpen && this.#scripts.open === 0) {
                arePipesOpen = false;
                this.#pipes.stop();
            }
            const isToldByNet = this.#mails.open === 0 && this.#webhooks.open === 0;
            const isIdle = !this.#tracked.isBusy && !this.#asked.isBusy && this.#pipes.hasNoReader;
            if (isLate || (!arePipesOpen && isIdle && isToldByNet)) {
                clearInterval(poll);
                this.#tellLost();
                this.#pipes.stop();
                this.#timer.close();
                done();
            }
        }, STOP_POLL_MILLISECONDS);
    }

    #tellLost(): void {
        const lost = [
            [this.#scripts.open, "Notification scripts"],
            [this.#mails.open, "Alert mails"],
            [this.#webhooks.open, "Events for webhooks"],
        ] as const;
        for (const [open, what] of lost) {
            if (open > 0) {
                const text = `${what} that did not come to their end before the daemon had to leave: ${open}`;
                this.#listeners.onLog({ level: "error", text });
            }
        }
    }
}
