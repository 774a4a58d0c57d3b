import { parseArgs } from "node:util";
import type { ConfigurationChange, ControlRequest, ReloadAnswer } from "../../core/supervise/control-messages.ts";
import { askDaemon } from "../../io/ipc/control-socket.ts";
import { errorCode } from "../../io/system/private-file.ts";
import { controlPath } from "../parent/run-files.ts";
import type { Streams } from "./check.ts";
import { textTable } from "./lab/text-table.ts";

const STATUS = { done: 0, usage: 1, unreachable: 3, refused: 5 } as const;
const DEFAULT_PID_FILE = "/run/keepalived.pid";

const USAGE = `usage: holdfast reload [--dry-run] [--json] [-p PIDFILE]
Has the running daemon read its configuration again. What is unchanged is not touched; a configuration with errors changes nothing.
  -n, --dry-run   say what would change, and change nothing
      --json      one JSON document on standard output
  -p, --pid       the daemon's pid file; ${DEFAULT_PID_FILE} when not given
Exit status: 0 taken on, 1 wrong usage, 3 no daemon answers, 5 refused: all goes on as before.
`;

const EFFECTS: Readonly<Record<ConfigurationChange["effect"], string>> = {
    applied: "taken on",
    "restarts-object": "begins anew",
    "next-start": "at the next start",
    "refuses-reload": "needs a restart",
};

/** `holdfast reload`: the exit status says whether the new configuration is in force. */
export async function runReload(argv: readonly string[], streams: Streams): Promise<number> {
    const wish = parseWish(argv);
    if (wish === undefined) {
        streams.errors.write(USAGE);
        return STATUS.usage;
    }
    const path = controlPath(wish.pidFile);
    const request: ControlRequest = { type: wish.isDryRun ? "plan-reload" : "reload" };
    let answer: ReloadAnswer;
    try {
        // Both sides are the same program.
        answer = (await askDaemon(path, request)) as ReloadAnswer;
    } catch (error) {
        streams.errors.write(`holdfast reload: no daemon answers at ${path}: ${errorCode(error)}\n`);
        return STATUS.unreachable;
    }
    streams.output.write(wish.isJson ? `${JSON.stringify(answer, undefined, 2)}\n` : textOf(answer, wish.isDryRun));
    return answer.type === "accepted" ? STATUS.done : STATUS.refused;
}

function textOf(answer: ReloadAnswer, isDryRun: boolean): string {
    const complaints = answer.lines.map(({ level, text }) => `${level}: ${text}\n`).join("");
    if (answer.type === "refused") {
        return `${complaints}Refused, all goes on as before: ${answer.reason}\n`;
    }
    const count = answer.changes.length;
    const what = `${count} change${count === 1 ? "" : "s"} ${isDryRun ? "would be" : count === 1 ? "was" : "were"} taken on`;
    return `${complaints}${changeTable(answer.changes)}${count === 0 ? "Nothing has changed" : what}\n`;
}

function changeTable(changes: readonly ConfigurationChange[]): string {
    if (changes.length === 0) {
        return "";
    }
    const rows = changes.map(({ what, before = "-", after = "-", effect }) => [what, oneLine(before), oneLine(after), EFFECTS[effect]]);
    return `${textTable([["what", "before", "after", "effect"], ...rows])}\n`;
}

function oneLine(text: string): string {
    const flat = text.replaceAll("\n", ", ");
    return flat.length > 40 ? `${flat.slice(0, 39)}…` : flat;
}

function parseWish(argv: readonly string[]): { isDryRun: boolean; isJson: boolean; pidFile: string } | undefined {
    try {
        const { values } = parseArgs({
            args: [...argv],
            options: { "dry-run": { type: "boolean", short: "n" }, json: { type: "boolean" }, pid: { type: "string", short: "p" } },
        });
        return { isDryRun: values["dry-run"] === true, isJson: values.json === true, pidFile: values.pid ?? DEFAULT_PID_FILE };
    } catch {
        return undefined;
    }
}
