import { readFileSync, statSync } from "node:fs";
import { isSameData } from "../../core/base/same-data.ts";
import type { ChangedParameter } from "../../core/link/link-parameters.ts";
import { type Belongings, belongingsOf, leftoversOf, type OwningSettings, ownsNothing, together } from "../../core/supervise/belongings.ts";
import { leftInOrder, type SupervisorEvent } from "../../core/supervise/events.ts";
import type { LogLine, Role } from "../../core/supervise/messages.ts";
import { messageText, readMessageText } from "../../io/ipc/frames.ts";
import { errorCode } from "../../io/system/private-file.ts";
import { StateFile } from "../../io/system/state-file.ts";

/** What is kept in the file. Who changes its meaning changes the type's name. */
interface StateMessage {
    readonly type: "belongings-1";
    /** Where they stand: another boot, or another network namespace, has none of them. */
    readonly world: string;
    readonly belongings: Belongings;
    /** Of the kernel's networking: what they are, and what they were. */
    readonly parameters?: readonly ChangedParameter[];
}

/** As much of a configuration as says what it puts into the kernel. */
interface OwningConfiguration {
    readonly settings: OwningSettings;
}

/** Who puts things into the kernel, and removes them when it leaves. */
const OWNERS: ReadonlySet<Role> = new Set<Role>(["vrrp", "checkers"]);

/**
 * Knows what the daemon may have put into the kernel, beyond its own death: the next one that starts in its place removes what it does not want.
 */
export class LeftBehind {
    readonly #file: StateFile;
    readonly #log: (level: LogLine["level"], text: string) => void;
    readonly #world: string;
    #noted: Belongings | undefined;
    #leftovers: Belongings | undefined;
    #parameters: readonly ChangedParameter[] = [];
    /** What a daemon that was killed has not put back, until the vrrp process has taken it over. */
    #unreturned: readonly ChangedParameter[] = [];
    /** What the configuration in force puts up, once all do what it says. */
    #settled: Belongings | undefined;
    /** Whose processes a reload ended, and are still there. */
    #leaving = new Set<Role>();
    /** Whose processes died without removing anything, and have no successor yet that knows of it. */
    readonly #bereft = new Set<Role>();

    constructor(path: string, log: (level: LogLine["level"], text: string) => void) {
        this.#file = new StateFile(path);
        this.#log = log;
        this.#world = worldOf();
    }

    /** Whether a daemon that was killed has left what this one does not want, and has not removed or put back yet. */
    get hasLeftovers(): boolean {
        return this.#leftovers !== undefined || this.#unreturned.length > 0;
    }

    /** What a process is told of its settings: the vrrp process hears of leftovers. */
    tell<Settings extends object>(role: Role, settings: Settings): Settings {
        return role === "vrrp" && this.hasLeftovers
            ? { ...settings, ...(this.#leftovers !== undefined && { leftovers: this.#leftovers }), unreturned: this.#unreturned }
            : settings;
    }

    /** The vrrp process has changed these parameters of the kernel, and no others. */
    borrowed(parameters: readonly ChangedParameter[]): void {
        if (this.#noted !== undefined && !isSameData(parameters, this.#parameters)) {
            this.#parameters = parameters;
            this.#note(this.#noted);
        }
    }

    /** The daemon starts with this configuration: looks for what its predecessor left. */
    start(configuration: OwningConfiguration): void {
        this.#recall();
        this.#unreturned = this.#parameters;
        if (this.#noted !== undefined) {
            const leftovers = leftoversOf(this.#noted, belongingsOf(configuration.settings));
            this.#leftovers = ownsNothing(leftovers) ? undefined : leftovers;
            this.#log("notice", `The daemon that ran before did not end in order: what it left and is not wanted any more is removed`);
        }
        this.takeOn(configuration);
    }

    /** Goes on for another program in this process, with the same configuration. */
    goOn(configuration: OwningConfiguration): void {
        this.#recall();
        this.takeOn(configuration);
    }

    /** This configuration is about to be in force: what the one before put up may stand yet. */
    takeOn(configuration: OwningConfiguration): void {
        this.#settled = undefined;
        const wanted = belongingsOf(configuration.settings);
        this.#note(this.#noted === undefined ? wanted : together(this.#noted, wanted));
    }

    /** Every process does what the configuration says. @param leaving those that it has no use for may have something to remove yet */
    settled(configuration: OwningConfiguration, leaving: readonly Role[]): void {
        this.#leftovers = undefined;
        this.#unreturned = [];
        this.#settled = belongingsOf(configuration.settings);
        this.#leaving = new Set(leaving.filter((role) => OWNERS.has(role)));
        this.#noteWhatStands();
    }

    /** What became of a process: one that dies removes nothing, and its successor takes all of that up when it comes to work. */
    heard(event: SupervisorEvent): void {
        if (event.type === "child-configured" || event.type === "child-replaced") {
            this.#bereft.delete(event.role);
        } else if (event.type === "child-ended" && OWNERS.has(event.role)) {
            this.#leaving.delete(event.role);
            if (!leftInOrder(event.ending)) {
                this.#bereft.add(event.role);
            }
            this.#noteWhatStands();
        }
    }

    /** The daemon leaves. What has not been removed by then is the next one's business. */
    end(): void {
        if (this.#noted !== undefined && !this.hasLeftovers && this.#bereft.size === 0) {
            this.#file.remove();
        }
    }

    /** Only what the configuration in force puts up, when nobody has left anything else or is about to remove it. */
    #noteWhatStands(): void {
        if (this.#settled !== undefined && this.#leaving.size === 0 && this.#bereft.size === 0) {
            this.#note(this.#settled);
        }
    }

    #note(belongings: Belongings): void {
        this.#noted = belongings;
        const message: StateMessage = { type: "belongings-1", world: this.#world, belongings, parameters: this.#parameters };
        const written = this.#file.write(messageText(message));
        if (!written.ok) {
            this.#log("warning", `cannot note in ${this.#file.path} what would be left behind: ${written.error}`);
        }
    }

    /** Takes on what a predecessor's note says, if there is one for this place. */
    #recall(): void {
        const note = this.#read();
        if (note?.world === this.#world) {
            this.#noted = note.belongings;
            this.#parameters = note.parameters ?? [];
        }
    }

    #read(): StateMessage | undefined {
        const text = this.#file.read();
        if (!text.ok) {
            this.#log("warning", `cannot use ${this.#file.path}, which tells what an earlier daemon left behind: ${text.error}`);
            return undefined;
        }
        const message = text.value === undefined ? undefined : readMessageText(text.value);
        // Nobody but this program has written it: the shape is as good as its type.
        return message?.ok === true && message.value.type === "belongings-1" ? (message.value as StateMessage) : undefined;
    }
}

/** The parent is in the namespace that the daemon works in. */
function worldOf(): string {
    try {
        const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
        return `${boot} ${statSync("/proc/self/ns/net", { bigint: true }).ino}`;
    } catch (error) {
        return errorCode(error);
    }
}
