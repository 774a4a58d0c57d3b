import { accessSync, constants, lstatSync, realpathSync, type Stats, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Complaint } from "../../core/config/complaint.ts";
import type { PipeOwner, ScriptJudge, ScriptRequest, ScriptVerdict } from "../../core/config/script-judge.ts";
import type { ScriptUser } from "../../core/notify/script-command.ts";
import type { Accounts } from "./accounts.ts";

const STICKY = 0o1000;
const DEFAULT_USER = "keepalived_script";

/** What the judge knows of the process for which it judges. */
interface JudgeSurroundings {
    readonly accounts: Accounts;
    /** As whom the daemon runs: others than root run scripts as themselves. */
    readonly uid: number;
    readonly searchPath: string;
}

/** Looks at the scripts and users of this machine. */
export class MachineScripts implements ScriptJudge {
    readonly #surroundings: JudgeSurroundings;

    constructor(surroundings: JudgeSurroundings) {
        this.#surroundings = surroundings;
    }

    judge(request: ScriptRequest): ScriptVerdict {
        return judgeScript(request, this.#surroundings);
    }

    owner(user: string, group: string | undefined): PipeOwner | string {
        return this.#surroundings.accounts.scriptUser(user, group, false);
    }
}

/** Finds a script and its user on this machine, and says whether it may be run. */
function judgeScript(request: ScriptRequest, surroundings: JudgeSurroundings): ScriptVerdict {
    const user = findUser(request, surroundings);
    if (typeof user === "string") {
        return refusal({ code: "script-user-unknown", errorClass: "general", message: user, consequence: "the script is not run" });
    }
    const [program = "", ...rest] = request.words;
    const found = findProgram(program, surroundings.searchPath);
    const unfit = found === undefined ? `${program} is not there or cannot be reached` : whyNotExecutable(found, user, surroundings.uid);
    if (found === undefined || unfit !== undefined) {
        return refusal({
            code: "script-not-found",
            errorClass: "general",
            message: unfit ?? program,
            consequence: "the script is not run",
        });
    }
    const insecurity = (user?.uid ?? surroundings.uid) === 0 ? findInsecurity(found) : undefined;
    if (insecurity !== undefined && request.isSecured) {
        const message = `insecure script ${found}: ${insecurity}`;
        return { ...refusal({ code: "script-insecure", errorClass: "security", message, consequence: "it is not run" }), isInsecure: true };
    }
    const path = request.keepsLinks ? found : realpathSync(found);
    const command = { path, words: [path, ...rest], ...(user !== undefined && { user }) };
    return { command, complaints: remarks(program, found, insecurity), isInsecure: insecurity !== undefined };
}

function refusal(complaint: Complaint): ScriptVerdict {
    return { complaints: [complaint], isInsecure: false };
}

function remarks(program: string, found: string, insecurity: string | undefined): readonly Complaint[] {
    const isSearched = !program.includes("/");
    const note: Complaint = {
        code: "script-searched",
        errorClass: "note",
        message: `${program} was looked for in PATH`,
        consequence: `${found} is run`,
    };
    return [
        ...(isSearched ? [note] : []),
        ...(insecurity === undefined
            ? []
            : [
                  {
                      code: "script-insecure",
                      errorClass: "security",
                      message: `insecure script ${found}: ${insecurity}`,
                      consequence: "it is run",
                  } as const,
              ]),
    ];
}

/** Undefined: as the daemon itself. A text: what is wrong. */
function findUser({ user, group, takesAllGroups }: ScriptRequest, { accounts, uid }: JudgeSurroundings): ScriptUser | string | undefined {
    if (uid !== 0) {
        return undefined;
    }
    if (user !== undefined) {
        return accounts.scriptUser(user, group, takesAllGroups);
    }
    return accounts.user(DEFAULT_USER) === undefined ? undefined : accounts.scriptUser(DEFAULT_USER, undefined, takesAllGroups);
}

function findProgram(program: string, searchPath: string): string | undefined {
    if (program.includes("/")) {
        return statusOf(program)?.isFile() === true ? program : undefined;
    }
    const folders = searchPath.split(delimiter).filter((folder) => folder !== "");
    return folders.map((folder) => join(folder, program)).find((path) => statusOf(path)?.isFile() === true && isExecutableForAnyone(path));
}

function statusOf(path: string): Stats | undefined {
    try {
        return statSync(path, { throwIfNoEntry: false });
    } catch {
        // A folder on the way lets nobody in, or is none.
        return undefined;
    }
}

function isExecutableForAnyone(path: string): boolean {
    try {
        accessSync(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

function whyNotExecutable(path: string, user: ScriptUser | undefined, ownUid: number): string | undefined {
    const status = statusOf(path);
    if (status === undefined) {
        return `${path} cannot be reached`;
    }
    const { uid, gid, groups } = user ?? { uid: ownUid, gid: process.getgid?.() ?? 0, groups: [] };
    const isGroup = gid === status.gid || groups.includes(status.gid);
    const bits = uid === 0 ? 0o111 : status.uid === uid ? 0o100 : isGroup ? 0o010 : 0o001;
    return (status.mode & bits) === 0 ? `${path} is not executable for uid:gid ${uid}:${gid}` : undefined;
}

/** Which part of a path somebody else than root could change, and how; the script's own links are followed. */
function findInsecurity(path: string): string | undefined {
    const real = realpathSync(path);
    return [...(real === path ? [] : partsOf(path)), ...partsOf(real)].map(insecurityOf).find((one) => one !== undefined);
}

/** `/`, `/usr`, `/usr/bin`, … */
function partsOf(path: string): readonly string[] {
    const folder = dirname(path);
    return folder === path ? [path] : [...partsOf(folder), path];
}

function insecurityOf(part: string): string | undefined {
    const status = lstatSync(part);
    if (status.uid !== 0) {
        return `${part} belongs to uid ${status.uid}, not to root`;
    }
    // Nobody can replace what others own in a sticky folder; of a link only the folder counts.
    if (status.isSymbolicLink() || (status.isDirectory() && (status.mode & STICKY) !== 0)) {
        return undefined;
    }
    const mode = (status.mode & 0o7777).toString(8).padStart(4, "0");
    if ((status.mode & constants.S_IWOTH) !== 0) {
        return `${part} can be written by everybody (mode ${mode})`;
    }
    const isGroupWritable = (status.mode & constants.S_IWGRP) !== 0 && status.gid !== 0;
    return isGroupWritable ? `${part} can be written by group ${status.gid} (mode ${mode})` : undefined;
}
