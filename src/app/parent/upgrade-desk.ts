import type { UpgradeAnswer, UpgradeProgram } from "../../core/supervise/control-messages.ts";
import type { Role } from "../../core/supervise/messages.ts";
import type { Journal } from "../../io/journal/journal.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { ScriptProcess } from "../../io/process/script-process.ts";
import { stepAside } from "../../io/system/scheduling.ts";
import type { CandidateVerdict } from "../candidate.ts";
import { roleArguments } from "../process-role.ts";
import { type HandOver, removeHandOver, writeHandOver } from "./hand-over-file.ts";
import { handOverPath } from "./run-files.ts";
import type { Successors } from "./successors.ts";

/** What an upgrade needs of the parent. */
export interface UpgradeDeskSettings {
    readonly system: NativeAddon;
    readonly journal: Journal;
    /** Of the parent: what is handed over lies beside it for a moment. */
    readonly pidPath: string;
    /** The daemon's own, from its command line. */
    readonly words: readonly string[];
    readonly successors: Pick<Successors, "begin">;
    /** Whose processes there are. */
    readonly roles: () => readonly Role[];
    /** Whether nothing else is under way. */
    readonly isAtPeace: () => boolean;
    /** Undefined while a message to a child is on its way. */
    readonly handOver: () => HandOver | undefined;
    /** Obeys the signals that have come in by now: the other program will not hear of them. */
    readonly hearSignals: () => void;
    /** The daemon goes on as it is. */
    readonly onRefused: () => void;
}

type Answer = (answer: UpgradeAnswer) => void;

/** So long a candidate may take. In milliseconds. */
const CANDIDATE_PATIENCE = 30_000;
const STOPS = "the daemon stops";
const NOT_READ = "a child does not read what it is told";
const IDLE_POLL = 5;
const IDLE_LIMIT = 5_000;

/**
 * Upgrades: the new program has to show first that it can go on for this one, by itself and with a process in each role. Then it takes this one's place
 * within the same process, and lets its own children take over from those that work. Whatever goes wrong before changes nothing.
 */
export class UpgradeDesk {
    readonly #settings: UpgradeDeskSettings;
    #isUnderWay = false;
    #isStopping = false;
    #endCandidate: () => void = () => undefined;

    constructor(settings: UpgradeDeskSettings) {
        this.#settings = settings;
    }

    /** Whether one has been begun. */
    get isBusy(): boolean {
        return this.#isUnderWay;
    }

    /** A user wants one. */
    obey(program: UpgradeProgram, answer: Answer): void {
        const { isAtPeace, journal } = this.#settings;
        if (this.#isUnderWay || !isAtPeace()) {
            answer({ type: "refused", reason: "the daemon is starting, reloading, being upgraded or stopping: ask again", lines: [] });
            return;
        }
        this.#isUnderWay = true;
        journal.log("notice", `Upgrading to ${program.script}`);
        this.#tryCandidate(program, (failure) => {
            if (this.#isStopping) {
                this.#refuse(STOPS, answer);
            } else if (failure === undefined) {
                this.#tryChildren(program, answer);
            } else {
                this.#refuse(failure, answer);
            }
        });
    }

    /** The daemon is to stop: there is no going on, and what was written down for that must not stay. */
    close(): void {
        this.#isStopping = true;
        this.#endCandidate();
    }

    /** Runs the new program up to where it would take over. */
    #tryCandidate(program: UpgradeProgram, done: (failure: string | undefined) => void): void {
        const { system, words } = this.#settings;
        const path = this.#leave();
        if (!path.ok) {
            done(path.error);
            return;
        }
        const command = {
            path: program.node,
            words: [program.node, ...roleArguments(program.script, "candidate", [path.value, ...words])],
        };
        const started = ScriptProcess.start(system, command, {
            onEnded: (_outcome, output) => {
                clearTimeout(timer);
                this.#endCandidate = () => undefined;
                removeHandOver(path.value);
                done(verdictOf(output));
            },
        });
        const timer = setTimeout(() => this.#endCandidate(), CANDIDATE_PATIENCE);
        if (started.ok) {
            stepAside(started.value.pid);
            this.#endCandidate = () => {
                started.value.signal("kill");
                removeHandOver(path.value);
            };
        } else {
            clearTimeout(timer);
            removeHandOver(path.value);
            done(`${program.node} cannot be run: ${started.error}`);
        }
    }

    #tryChildren(program: UpgradeProgram, answer: Answer): void {
        const { successors, roles } = this.#settings;
        successors.begin(roles(), program, {
            isTrial: true,
            done: (failure) => {
                if (failure === undefined) {
                    this.#becomeSoon(program, answer, Date.now() + IDLE_LIMIT);
                } else {
                    this.#refuse(failure, answer);
                }
            },
        });
    }

    /** As soon as nothing is on its way to a child: what this process has not sent yet would be lost. */
    #becomeSoon(program: UpgradeProgram, answer: Answer, limit: number): void {
        const again = () => this.#becomeSoon(program, answer, limit);
        if (this.#isStopping) {
            this.#refuse(STOPS, answer);
        } else if (this.#settings.handOver() !== undefined) {
            setImmediate(() => (this.#settings.handOver() === undefined ? again() : this.#become(program, answer)));
        } else if (Date.now() < limit) {
            setTimeout(again, IDLE_POLL);
        } else {
            this.#refuse(NOT_READ, answer);
        }
    }

    #become({ node, script }: UpgradeProgram, answer: Answer): void {
        const { system, words, handOver, hearSignals } = this.#settings;
        const path = this.#leave();
        hearSignals();
        const left = handOver();
        if (!path.ok || left === undefined || this.#isStopping) {
            if (path.ok) {
                removeHandOver(path.value);
            }
            this.#refuse(this.#isStopping ? STOPS : path.ok ? NOT_READ : path.error, answer);
            return;
        }
        const argv = [node, ...roleArguments(script, "heir", [path.value, ...words])];
        const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ""}`);
        const kept = descriptorsOf(left).filter((fd) => system.fcntl(fd, system.constants.F_GETFD, 0) >= 0);
        const code = system.exec(node, flat(argv), flat(environment), new Uint8Array(Int32Array.from(kept).buffer));
        removeHandOver(path.value);
        this.#refuse(`${node} cannot be run: ${system.errnoNames[-code] ?? code}`, answer);
    }

    #leave(): ReturnType<typeof writeHandOver> {
        const left = this.#settings.handOver();
        const path = handOverPath(this.#settings.pidPath);
        return left === undefined ? { ok: false, error: NOT_READ } : writeHandOver(path, left);
    }

    #refuse(reason: string, answer: Answer): void {
        this.#isUnderWay = false;
        this.#settings.journal.log("error", `Upgrade refused, this version goes on: ${reason}`);
        answer({ type: "refused", reason, lines: [] });
        this.#settings.onRefused();
    }
}

/** Why the candidate is not fit; undefined when it is. Its last line is the verdict, or a crash's last words. */
function verdictOf(output: readonly string[]): string | undefined {
    const last = output.at(-1) ?? "";
    try {
        const verdict = JSON.parse(last) as CandidateVerdict;
        return verdict.isFit ? undefined : verdict.reason;
    } catch {
        const words = output.filter((line) => /Error|Cannot|cannot/.test(line)).at(-1) ?? last;
        return `the new version does not start: ${words === "" ? "it said nothing" : words.trim()}`;
    }
}

function descriptorsOf({ household, parentPidFile, childPidFiles }: HandOver): readonly number[] {
    const standard = [0, 1, 2];
    const channels = household.children.map(({ channel }) => channel);
    const files = [parentPidFile, ...childPidFiles.map(({ file }) => file)];
    return [...standard, ...channels, ...household.directEnds.map(({ fd }) => fd), ...files.map(({ fd }) => fd)];
}

/** Texts behind each other, each ended by NUL. */
function flat(texts: readonly string[]): Uint8Array {
    return Buffer.from(texts.map((text) => `${text}\0`).join(""));
}
