import type { ScriptCommand } from "../notify/script-command.ts";
import type { Complaint } from "./complaint.ts";

/** A script as the configuration has it. */
export interface ScriptRequest {
    /** The first is the program. */
    readonly words: readonly string[];
    /** `script_user`, or its own; absent: whoever runs scripts by default. */
    readonly user?: string;
    readonly group?: string;
    /** `set_supplementary_groups`. */
    readonly takesAllGroups: boolean;
    /** `use_symlink_paths`: run by the path as written. */
    readonly keepsLinks: boolean;
    /** `enable_script_security`. */
    readonly isSecured: boolean;
}

/** What this machine makes of a script. */
export interface ScriptVerdict {
    /** Absent: it must not or cannot be run; the last complaint says why. */
    readonly command?: ScriptCommand;
    readonly complaints: readonly Complaint[];
    /** Root would run what others could have changed. */
    readonly isInsecure: boolean;
}

/** Who owns a named pipe. */
export interface PipeOwner {
    readonly uid: number;
    readonly gid: number;
}

/** Finds scripts and users on a machine, and judges whether scripts may be run. */
export interface ScriptJudge {
    judge(request: ScriptRequest): ScriptVerdict;
    /** The numbers of a user and a group (its own when not given); a text says what is not known. */
    owner(user: string, group: string | undefined): PipeOwner | string;
}

/** For who has no machine at hand: every script is as it should be, and runs as the daemon does. */
export const TRUSTING_JUDGE: ScriptJudge = {
    judge: ({ words }) => ({ command: { path: words[0] ?? "", words }, complaints: [], isInsecure: false }),
    owner: () => ({ uid: 0, gid: 0 }),
};
