import { parseArgs } from "node:util";
import type { Streams } from "../check.ts";
import { Act, type Outcome, type Router } from "./act.ts";
import { Lab } from "./lab.ts";
import type { LabDaemon } from "./lab-daemon.ts";
import { Narrator } from "./narrator.ts";
import { Probe } from "./probe.ts";
import { ToolError } from "./run-tool.ts";
import { type Style, styleFor } from "./style.ts";
import { textTable } from "./text-table.ts";

/** What a lab needs to know of its surroundings. */
export interface LabSurroundings {
    /** The command that runs the daemon, without arguments. */
    readonly program: readonly string[];
    readonly print: (line: string) => void;
    readonly style: Style;
}

const ADDRESS = "10.77.0.100";
const PROBE_EVERY = 2;
const LAST_WORDS = 12;

const USAGE = `usage: holdfast lab [--interval SECONDS]

Two routers and a client in network namespaces on this machine, with two daemons: shows what happens to
a service's address when the master's process, its machine or its cable dies, returns, or is stopped.
Needs root and iproute2. Touches nothing outside its own namespaces and removes them at the end.

  --interval SECONDS   one round with this advertisement interval (0.01 to 2; usually one with 0.1, one with 1)
  --help               this text`;

/** `holdfast lab`: the whole show. Returns the exit code: 0 when the address moved as it should, 1 when not, 2 for a wrong command line. */
export async function runLab(argv: readonly string[], streams: Streams): Promise<number> {
    const print = (line: string) => streams.output.write(`${line}\n`);
    const options = readOptions(argv);
    if (typeof options === "string") {
        streams.errors.write(options === "help" ? `${USAGE}\n` : `${options}\n\n${USAGE}\n`);
        return options === "help" ? 0 : 2;
    }
    if (process.getuid?.() !== 0) {
        streams.errors.write("holdfast lab: only root may make network namespaces; try again with sudo.\n");
        return 1;
    }
    const program = [process.execPath, process.argv[1] ?? ""];
    return runShow(options.intervals, { program, print, style: styleFor(streams.output, process.env) });
}

/** Plays one act per interval (in seconds) and ends with a table of what was measured. */
export async function runShow(intervals: readonly number[], surroundings: LabSurroundings): Promise<number> {
    const { print, style } = surroundings;
    print(picture(style));
    const rows: string[][] = [];
    try {
        for (const [index, interval] of intervals.entries()) {
            print(style("bold", `\n${index + 1}. Advertisements every ${interval} s (VRRP version ${versionFor(interval)})\n`));
            const outcomes = await playAct(interval, surroundings);
            rows.push(...outcomes.map((outcome) => row(interval, outcome)));
        }
    } catch (error) {
        print(style("red", `\nThe lab stopped: ${error instanceof Error ? error.message : error}`));
        print(error instanceof ToolError ? TOOL_ADVICE : "");
        return 1;
    }
    print(`\n${textTable([HEADING, ...rows])}\n`);
    print("protocol waits: how long the standard has a backup wait before it takes over; what comes on top is ours and the machine's.");
    print("takeover: last word of the old master to first word of the new one. outage: the client's longest time without an answer.");
    return 0;
}

const TOOL_ADVICE = "It needs iproute2 (apt install iproute2) and the right to make network namespaces (a container needs --privileged).";
const HEADING = ["event", "interval", "protocol waits", "takeover", "outage"];

function readOptions(args: readonly string[]): { readonly intervals: readonly number[] } | string {
    try {
        const { values } = parseArgs({ args: [...args], options: { interval: { type: "string" }, help: { type: "boolean", short: "h" } } });
        if (values.help === true) {
            return "help";
        }
        const interval = Number(values.interval ?? 0.1);
        const isSensible = interval >= 0.01 && interval <= 2;
        return isSensible
            ? { intervals: values.interval === undefined ? [0.1, 1] : [interval] }
            : `--interval ${values.interval} is not in 0.01 to 2`;
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}

async function playAct(interval: number, { program, print, style }: LabSurroundings): Promise<readonly Outcome[]> {
    const lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "client" }] });
    const probe = Probe.start(lab.addon, lab.network, { node: "client", address: ADDRESS, every: PROBE_EVERY });
    const daemons: LabDaemon[] = [];
    const start = (router: Router) => {
        const daemon = lab.start(router, { program, configuration: configurationOf(router, interval) });
        daemons.push(daemon);
        return daemon;
    };
    try {
        const narrator = new Narrator({ capture: lab.capture, address: ADDRESS, style, print });
        return await new Act({ lab, narrator, address: ADDRESS, interval: interval * 1000, start }).play();
    } catch (error) {
        for (const daemon of daemons) {
            print(style("dim", `\nThe last words of process ${daemon.pid}:\n${daemon.log().split("\n").slice(-LAST_WORDS).join("\n")}`));
        }
        throw error;
    } finally {
        probe.stop();
        lab.close();
    }
}

/** Version 2 knows whole seconds only. */
function versionFor(interval: number): 2 | 3 {
    return Number.isInteger(interval) ? 2 : 3;
}

function configurationOf(router: Router, interval: number): string {
    return `vrrp_instance VI_1 {
    state ${router === "r1" ? "MASTER" : "BACKUP"}
    interface eth0
    virtual_router_id 51
    priority ${router === "r1" ? 150 : 100}
    version ${versionFor(interval)}
    advert_int ${interval}
    virtual_ipaddress {
        ${ADDRESS}/16
    }
}
`;
}

function picture(style: Style): string {
    return `Two routers and a client on this machine, each in a network namespace of its own:

    client ──┬── ${style("green", "r1")}   10.77.0.1, priority 150
             └── ${style("cyan", "r2")}   10.77.0.2, priority 100

The service's address is ${ADDRESS}; the client asks it every ${PROBE_EVERY} ms.`;
}

function row(interval: number, { event, limit, takeover, outage }: Outcome): string[] {
    return [event, `${interval} s`, inMilliseconds(limit), inMilliseconds(takeover), inMilliseconds(outage)];
}

function inMilliseconds(value: number | undefined): string {
    if (value === Number.POSITIVE_INFINITY) {
        return "to the end";
    }
    return value === undefined ? "–" : `${value.toFixed(0)} ms`;
}
