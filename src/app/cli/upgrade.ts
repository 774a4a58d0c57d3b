import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ControlRequest, UpgradeAnswer } from "../../core/supervise/control-messages.ts";
import { askDaemon } from "../../io/ipc/control-socket.ts";
import { errorCode } from "../../io/system/private-file.ts";
import { controlPath } from "../parent/run-files.ts";
import type { Streams } from "./check.ts";

const STATUS = { done: 0, usage: 1, unreachable: 3, refused: 5 } as const;
const DEFAULT_PID_FILE = "/run/keepalived.pid";
/** While the daemon becomes the other program nobody answers. In milliseconds. */
const SILENCE_LIMIT = 20_000;
const RETRY = 50;

const USAGE = `usage: holdfast upgrade [--program PATH] [-p PIDFILE]
Has the running daemon go on as this version of the program: connections, addresses and sessions stay, and so does its process id.
      --program   the program's file; when not given, the one that this command belongs to
  -p, --pid       the daemon's pid file; ${DEFAULT_PID_FILE} when not given
Exit status: 0 done, 1 wrong usage, 3 no daemon answers, 5 refused: the version that runs goes on.
`;

/** `holdfast upgrade`: the exit status says whether the new version works. @param script the file of the program to which this command belongs */
export async function runUpgrade(argv: readonly string[], script: string, streams: Streams): Promise<number> {
    const wish = parseWish(argv, script);
    if (wish === undefined) {
        streams.errors.write(USAGE);
        return STATUS.usage;
    }
    const path = controlPath(wish.pidFile);
    try {
        const answer = await ask(path, wish.program);
        streams.output.write(
            answer.type === "upgraded"
                ? `Upgraded to Holdfast ${answer.version}\n`
                : `Refused, the version that runs goes on: ${answer.reason}\n`,
        );
        return answer.type === "upgraded" ? STATUS.done : STATUS.refused;
    } catch (error) {
        streams.errors.write(`holdfast upgrade: no daemon answers at ${path}: ${errorCode(error)}\n`);
        return STATUS.unreachable;
    }
}

/** A connection that breaks off means that the daemon has gone over: whoever is there then knows how that went. */
async function ask(path: string, script: string): Promise<UpgradeAnswer> {
    const request: ControlRequest = { type: "upgrade", program: { node: process.execPath, script } };
    try {
        return (await askDaemon(path, request)) as UpgradeAnswer;
    } catch (error) {
        if (["ENOENT", "ECONNREFUSED", "EACCES", "ENOTSOCK"].includes(errorCode(error))) {
            throw error;
        }
    }
    const outcome: ControlRequest = { type: "upgrade-outcome" };
    for (const limit = Date.now() + SILENCE_LIMIT; ; ) {
        try {
            return (await askDaemon(path, outcome)) as UpgradeAnswer;
        } catch (error) {
            if (Date.now() > limit) {
                throw error;
            }
        }
        await new Promise((done) => setTimeout(done, RETRY));
    }
}

function parseWish(argv: readonly string[], script: string): { readonly program: string; readonly pidFile: string } | undefined {
    try {
        const { values } = parseArgs({ args: [...argv], options: { program: { type: "string" }, pid: { type: "string", short: "p" } } });
        return { program: programFile(values.program ?? script), pidFile: values.pid ?? DEFAULT_PID_FILE };
    } catch {
        return undefined;
    }
}

/** Where it really is: a link such as `current` may point elsewhere by the time a process is started anew. */
function programFile(path: string): string {
    try {
        return realpathSync(path);
    } catch {
        return resolve(path);
    }
}
