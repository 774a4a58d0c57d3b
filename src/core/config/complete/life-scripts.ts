import { type Duration, seconds } from "../../base/instant.ts";
import type { ScriptCommand } from "../../notify/script-command.ts";
import type { Globals } from "./globals.ts";
import type { Scripts } from "./scripts.ts";

/** What runs before everything else, and after it. */
export interface LifeScripts {
    readonly startup?: LifeScript;
    readonly shutdown?: LifeScript;
}

/** A script that the daemon waits for. */
export interface LifeScript {
    readonly command: ScriptCommand;
    /** How long it may take. */
    readonly timeout: Duration;
}

const USUAL_TIMEOUT = seconds(10);

export function completeLifeScripts(globals: Globals | undefined, scripts: Scripts): LifeScripts {
    if (globals === undefined) {
        return {};
    }
    const find = (keyword: "startup_script" | "shutdown_script"): LifeScript | undefined => {
        const command = scripts.resolve(globals[keyword], globals.positions[keyword] ?? globals.at, keyword);
        return command === undefined ? undefined : { command, timeout: globals[`${keyword}_timeout`] ?? USUAL_TIMEOUT };
    };
    const [startup, shutdown] = [find("startup_script"), find("shutdown_script")];
    return { ...(startup !== undefined && { startup }), ...(shutdown !== undefined && { shutdown }) };
}
