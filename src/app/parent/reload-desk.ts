import { appendFileSync, closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../core/config/blocks/root.ts";
import { dump } from "../../core/config/dump.ts";
import { maskedSecrets } from "../../core/config/masked-secrets.ts";
import type { ConfigurationChange, ControlRequest, ReloadAnswer } from "../../core/supervise/control-messages.ts";
import type { LogLine } from "../../core/supervise/messages.ts";
import type { Journal } from "../../io/journal/journal.ts";
import { errorCode, writePrivateFile } from "../../io/system/private-file.ts";
import type { DaemonOptions } from "../command-line.ts";
import type { DaemonConfiguration, DaemonProgram } from "../daemon-program.ts";
import { judgeReload } from "./judge-reload.ts";
import { ReloadMark } from "./reload-mark.ts";
import { TimedReload } from "./timed-reload.ts";
import { ToldSettings } from "./told-settings.ts";

/** What reloads need of the parent. */
export interface ReloadDeskSettings {
    readonly program: DaemonProgram;
    readonly options: DaemonOptions;
    readonly journal: Journal;
    /** Of the parent: `reload_file` without a name stands beside it. */
    readonly pidPath: string;
    readonly running: () => DaemonConfiguration;
    /** The supervisor is asked for a reload; when it is time it orders `read`. */
    readonly ask: () => void;
    /** The new configuration is good: it is taken on. */
    readonly accept: (configuration: DaemonConfiguration) => void;
    /** It is not: all goes on as before. */
    readonly refuse: () => void;
}

type Waiting = (answer: ReloadAnswer) => void;

/** How long whoever asked for a reload waits for its end. In milliseconds. */
const PATIENCE = 30_000;

/**
 * Reloads, whoever asks for them: a signal, a time, a user's command. The new text is read and judged first; a bad one changes nothing, and
 * everybody who waits is told why.
 */
export class ReloadDesk {
    readonly #settings: ReloadDeskSettings;
    readonly #mark: ReloadMark;
    readonly #timed: TimedReload;
    /** Who waits for the next reading. */
    readonly #asked = new Set<Waiting>();
    /** Who waits until what was read is in force, and what to say then. */
    readonly #settling = new Map<Waiting, () => ReloadAnswer>();
    #isUnderWay = false;
    /** How many reloads' configurations were saved. */
    #saved = 0;

    constructor(settings: ReloadDeskSettings) {
        const { journal, pidPath, running, ask } = settings;
        this.#settings = settings;
        this.#mark = new ReloadMark(() => {
            const { markFile } = running().reloading;
            return markFile === true ? `${pidPath.replace(/\.pid$/, "")}.reload` : markFile;
        });
        this.#mark.clearFormer();
        this.#timed = new TimedReload({ log: (level, text) => journal.log(level, text), reload: ask });
        this.#followTime();
    }

    /** Somebody wants the configuration read again. */
    ask(): void {
        this.#settings.ask();
    }

    /** A user's command. */
    obey(request: ControlRequest & { readonly type: "reload" | "plan-reload" }, answer: (answer: ReloadAnswer) => void): void {
        if (request.type === "plan-reload") {
            answer(this.#plan());
            return;
        }
        const tell = (what: ReloadAnswer) => {
            clearTimeout(timer);
            this.#asked.delete(tell);
            this.#settling.delete(tell);
            answer(what);
        };
        const late = { type: "refused", reason: `no end of the reload within ${PATIENCE / 1_000} seconds`, lines: [] } as const;
        const timer = setTimeout(() => tell(late), PATIENCE);
        this.#asked.add(tell);
        this.#settings.ask();
    }

    /** Reads the configuration, and takes it on if it is good. */
    read(): void {
        const { program, options, journal, running, accept, refuse } = this.#settings;
        this.#mark.set();
        const loaded = program.loadConfiguration(options);
        for (const line of loaded.lines) {
            journal.write(line);
        }
        const complaints = complaintsIn(loaded.lines);
        this.#keepComplaints(complaints);
        const verdict = judgeReload(running(), loaded);
        if (verdict.type === "refused") {
            journal.log("error", `${verdict.reason}: reload refused, the running configuration stays in force`);
            this.#refuse(this.#asked, verdict.reason, complaints);
            refuse();
            return;
        }
        this.#await(verdict.changes, complaints);
        this.#isUnderWay = true;
        this.#save(running(), verdict.configuration);
        accept(verdict.configuration);
        this.#followTime();
    }

    /** Does with a configuration that is nobody's what a reload does, so that the first real one finds its code compiled. */
    rehearse(): void {
        const { program, options } = this.#settings;
        const told = new ToldSettings();
        const [before, after] = program.rehearse(options);
        for (const loaded of [before, after]) {
            if (loaded?.outcome.ok === true && before?.outcome.ok === true) {
                judgeReload(before.outcome.value, loaded);
                told.messages("checkers", loaded.outcome.value.settings.checkers, []);
            }
        }
    }

    /** Every process does what the configuration in force says, or goes on doing so. */
    settled(): void {
        this.#mark.clear();
        if (this.#isUnderWay) {
            this.#isUnderWay = false;
            this.#settings.journal.log("info", "Reload complete");
            for (const [tell, whatToSay] of [...this.#settling]) {
                tell(whatToSay());
            }
        }
    }

    /** The daemon stops: nobody waits any more. */
    close(): void {
        this.#timed.close();
        this.#mark.clear();
        this.#refuse([...this.#asked, ...this.#settling.keys()], "the daemon stops", []);
    }

    #plan(): ReloadAnswer {
        const { program, options, running } = this.#settings;
        const loaded = program.loadConfiguration(options);
        const verdict = judgeReload(running(), loaded);
        const lines = complaintsIn(loaded.lines);
        return verdict.type === "refused"
            ? { type: "refused", reason: verdict.reason, lines }
            : { type: "accepted", changes: verdict.changes(), lines };
    }

    /** `config_save_dir`: the configurations before and after, without secrets. */
    #save(before: DaemonConfiguration, after: DaemonConfiguration): void {
        const folder = after.reloading.saveFolder;
        if (folder === undefined) {
            return;
        }
        this.#saved += 1;
        for (const [when, { source }] of [["pre", before] as const, ["post", after] as const]) {
            const path = join(folder, `keepalived_parent.${process.pid}.${this.#saved}.${when}`);
            const written = writePrivateFile(path, dump(root, source).split("\n").map(maskedSecrets).join("\n"));
            if (!written.ok) {
                this.#settings.journal.log("warning", `cannot write ${path}: ${written.error}`);
            }
        }
    }

    #followTime(): void {
        const { timeFile, repeats } = this.#settings.running().reloading;
        this.#timed.follow(timeFile, repeats);
    }

    /** `reload_check_config LOGFILE`, of the configuration that runs. */
    #keepComplaints(complaints: readonly LogLine[]): void {
        const { complaintsFile } = this.#settings.running().reloading;
        if (complaintsFile === undefined || complaints.length === 0) {
            return;
        }
        try {
            appendWithoutLinks(complaintsFile, complaints.map(({ text }) => `${text}\n`).join(""));
        } catch (error) {
            this.#settings.journal.log("warning", `cannot write ${complaintsFile}: ${errorCode(error)}`);
        }
    }

    /** Whoever has asked so far hears of it when it is in force: another reload may be asked for, and be refused, before that. */
    #await(changes: () => readonly ConfigurationChange[], lines: readonly LogLine[]): void {
        let answer: ReloadAnswer | undefined;
        for (const tell of this.#asked) {
            this.#settling.set(tell, () => {
                answer ??= { type: "accepted", changes: changes(), lines };
                return answer;
            });
        }
        this.#asked.clear();
    }

    #refuse(waiting: Iterable<Waiting>, reason: string, lines: readonly LogLine[]): void {
        for (const tell of [...waiting]) {
            tell({ type: "refused", reason, lines });
        }
    }
}

function complaintsIn(lines: readonly LogLine[]): readonly LogLine[] {
    return lines.filter(({ level }) => level === "error" || level === "warning");
}

function appendWithoutLinks(path: string, text: string): void {
    const fd = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    try {
        appendFileSync(fd, text);
    } finally {
        closeSync(fd);
    }
}
