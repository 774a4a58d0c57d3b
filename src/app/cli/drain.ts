import { parseArgs } from "node:util";
import type { DrainRequest } from "../../core/balance/drain-order.ts";
import { seconds } from "../../core/base/instant.ts";
import type { ControlRequest, DrainAnswer } from "../../core/supervise/control-messages.ts";
import { askDaemon } from "../../io/ipc/control-socket.ts";
import { errorCode } from "../../io/system/private-file.ts";
import { controlPath } from "../parent/run-files.ts";
import type { Streams } from "./check.ts";

const STATUS = { done: 0, usage: 1, unreachable: 3, unknown: 4, refused: 5 } as const;
const DEFAULT_PID_FILE = "/run/keepalived.pid";

const USAGE = `usage: holdfast drain VIRTUAL_SERVER REAL_SERVER [--timeout SECONDS] [--undo] [--json] [-p PIDFILE]
Gives a real server no new clients, and takes it out of the pool when its last connection has ended. Holds until it is undone or the daemon is restarted.
Servers are called as the log does, [10.0.0.1]:tcp:80, or shorter, 10.0.0.1:80.
      --timeout   takes it out after that many seconds, whoever is still connected
      --undo      gives it its weight back
      --json      one JSON document on standard output
  -p, --pid       the daemon's pid file; ${DEFAULT_PID_FILE} when not given
Exit status: 0 done, 1 wrong usage, 3 no daemon answers, 4 no such server, 5 refused: all goes on as before.
`;

interface Wish {
    readonly request: DrainRequest;
    readonly isJson: boolean;
    readonly pidFile: string;
}

/** `holdfast drain`: the exit status says whether the order is in force. */
export async function runDrain(argv: readonly string[], streams: Streams): Promise<number> {
    const wish = parseWish(argv);
    if (wish === undefined) {
        streams.errors.write(USAGE);
        return STATUS.usage;
    }
    const path = controlPath(wish.pidFile);
    const request: ControlRequest = { type: "drain", request: wish.request };
    let answer: DrainAnswer;
    try {
        // Both sides are the same program.
        answer = (await askDaemon(path, request)) as DrainAnswer;
    } catch (error) {
        streams.errors.write(`holdfast drain: no daemon answers at ${path}: ${errorCode(error)}\n`);
        return STATUS.unreachable;
    }
    streams.output.write(wish.isJson ? `${JSON.stringify(answer, undefined, 2)}\n` : `${textOf(answer, wish.request)}\n`);
    return answer.type === "unknown" ? STATUS.unknown : answer.type === "refused" ? STATUS.refused : STATUS.done;
}

function textOf(answer: DrainAnswer, { timeout }: DrainRequest): string {
    switch (answer.type) {
        case "unknown":
            return `Not done: ${answer.reason}`;
        case "refused":
            return `Refused, all goes on as before: ${answer.reason}`;
        case "draining": {
            const limit = timeout === undefined ? "" : `, or after ${timeout / seconds(1)} seconds`;
            return `${answer.server} of ${answer.service} gets no new clients; it leaves the pool when its last connection has ended${limit}`;
        }
        case "drained":
            return `${answer.server} of ${answer.service} is drained and has left the pool`;
        case "restored":
            return `${answer.server} of ${answer.service} has weight ${answer.weight} again`;
        case "untouched":
            return `Nothing to undo: no order drains ${answer.server} of ${answer.service}`;
    }
}

function parseWish(argv: readonly string[]): Wish | undefined {
    try {
        const { values, positionals } = parseArgs({
            args: [...argv],
            allowPositionals: true,
            options: {
                timeout: { type: "string" },
                undo: { type: "boolean" },
                json: { type: "boolean" },
                pid: { type: "string", short: "p" },
            },
        });
        const [service, server, ...more] = positionals;
        const { timeout, undo: isUndone = false, json: isJson = false, pid: pidFile = DEFAULT_PID_FILE } = values;
        const isTime = timeout === undefined || (/^\d+(\.\d+)?$/.test(timeout) && !isUndone);
        if (service === undefined || server === undefined || more.length > 0 || !isTime) {
            return undefined;
        }
        const request = { service, server, isUndone, ...(timeout !== undefined && { timeout: seconds(Number(timeout)) }) };
        return { request, isJson, pidFile };
    } catch {
        return undefined;
    }
}
