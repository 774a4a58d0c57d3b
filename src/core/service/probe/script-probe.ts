import type { ScriptCommand } from "../../notify/script-command.ts";

/** `MISC_CHECK`: a program judges. */
export interface ScriptProbe {
    readonly kind: "script";
    readonly command: ScriptCommand;
    /** `misc_dynamic`: a status from 2 on is a weight. */
    readonly setsWeight: boolean;
}
