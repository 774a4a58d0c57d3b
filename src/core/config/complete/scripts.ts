import type { ScriptCommand } from "../../notify/script-command.ts";
import type { Position } from "../position.ts";
import { type PipeOwner, type ScriptJudge, TRUSTING_JUDGE } from "../script-judge.ts";
import type { Configuration, Report } from "./scope.ts";

/** A script as it was written. */
export interface WrittenCommand {
    readonly words: readonly string[];
    readonly user: string | undefined;
    readonly group: string | undefined;
}

/** A block that has a keyword for a script. */
type WithScript<Keyword extends string> = { readonly [Key in Keyword]: WrittenCommand | undefined } & {
    readonly at: Position;
    readonly positions: { readonly [Key in Keyword]?: Position };
};

/** Scripts of a configuration: each is found, judged and given its user, and what is wrong with it is reported. */
export class Scripts {
    readonly #globals: Configuration["global_defs"];
    readonly #judge: ScriptJudge | undefined;
    readonly #report: Report;
    /** The same script stands in many instances: it is judged once, and complained of where it stands first. */
    readonly #known = new Map<string, ScriptCommand | undefined>();
    #isAnyInsecure = false;
    /** How often a script was asked for. */
    asked = 0;
    #firstAt: Position | undefined;

    constructor(configuration: Configuration, judge: ScriptJudge | undefined, report: Report) {
        this.#globals = configuration.global_defs;
        this.#judge = judge;
        this.#report = report;
    }

    /** The script, ready to be run; undefined when there is none or it must not be run. */
    resolve(written: WrittenCommand | undefined, at: Position, what: string): ScriptCommand | undefined {
        if (written === undefined || written.words.length === 0) {
            return undefined;
        }
        this.asked += 1;
        const key = JSON.stringify([written.words, written.user, written.group]);
        if (!this.#known.has(key)) {
            this.#known.set(key, this.#examine(written, at, what));
        }
        return this.#known.get(key);
    }

    /** The same of one keyword of a block. @param owner as messages call it */
    of<Keyword extends string>(keyword: Keyword, written: WithScript<Keyword>, owner: string): ScriptCommand | undefined {
        const script = written[keyword];
        return script && this.resolve(script, written.positions[keyword] ?? written.at, `${owner} ${keyword}`);
    }

    /** All scripts have been resolved: says once what holds for all of them. */
    finish(): void {
        const isAnyRun = [...this.#known.values()].some((command) => command !== undefined);
        if (isAnyRun && this.#judge !== undefined && this.#firstAt !== undefined && this.#globals?.enable_script_security !== true) {
            const insecure = this.#isAnyInsecure ? " There are insecure scripts." : "";
            this.#report(this.#firstAt, {
                code: "script-security-off",
                errorClass: "security",
                message: `SECURITY VIOLATION - scripts are being executed but script_security not enabled.${insecure}`,
                allowed: "enable_script_security in global_defs",
                consequence: "they are run",
            });
        }
    }

    /** Who is to own a named pipe; undefined when nobody is named, or nobody of that name is known. */
    owner(user: string | undefined, group: string | undefined, at: Position): PipeOwner | undefined {
        const owner = user === undefined ? undefined : (this.#judge ?? TRUSTING_JUDGE).owner(user, group);
        if (typeof owner !== "string") {
            return owner;
        }
        this.#report(at, {
            code: "pipe-owner-unknown",
            errorClass: "general",
            message: owner,
            consequence: "the FIFO belongs to the daemon's user",
        });
        return undefined;
    }

    #examine({ words, user, group }: WrittenCommand, at: Position, what: string): ScriptCommand | undefined {
        this.#firstAt ??= at;
        const globals = this.#globals;
        const runner = user === undefined ? globals?.script_user : { user, group };
        const verdict = (this.#judge ?? TRUSTING_JUDGE).judge({
            words,
            takesAllGroups: globals?.set_supplementary_groups ?? false,
            keepsLinks: globals?.use_symlink_paths ?? false,
            isSecured: globals?.enable_script_security ?? false,
            ...(runner?.user !== undefined && { user: runner.user }),
            ...(runner?.group !== undefined && { group: runner.group }),
        });
        for (const complaint of verdict.complaints) {
            this.#report(at, { ...complaint, message: `${what}: ${complaint.message}` });
        }
        this.#isAnyInsecure ||= verdict.isInsecure;
        return verdict.command;
    }
}
