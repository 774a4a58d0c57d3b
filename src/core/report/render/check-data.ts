import type { Traffic } from "../../balance/traffic.ts";
import type { CheckView, ServerView, VirtualServerView } from "../../balance/views.ts";
import { wordsFor } from "../check-words.ts";
import { type Calendar, timeText } from "./router-view.ts";

/** What is counted, and how people call it. */
const COUNTED = [
    ["connections", "connections"],
    ["active", "active connections"],
    ["inactive", "inactive connections"],
    ["inPackets", "packets in"],
    ["outPackets", "packets out"],
    ["inBytes", "bytes in"],
    ["outBytes", "bytes out"],
] as const satisfies readonly (readonly [keyof Traffic, string])[];

/** How the load balancer stands, as text, in the layout that Keepalived's users search: `   quorum = 1, hysteresis = 0`, `     alive = 1`. */
export function renderCheckData(views: readonly VirtualServerView[], calendar: Calendar): string {
    return ["------< LVS Topology >------", ...views.flatMap((view) => virtualServerLines(view, calendar)), ""].join("\n");
}

function virtualServerLines(view: VirtualServerView, calendar: Calendar): readonly string[] {
    const { name, scheduler, quorum, hysteresis, hasQuorum, traffic, servers } = view;
    const own = [
        `lvs_sched = ${scheduler}`,
        `quorum = ${quorum}, hysteresis = ${hysteresis}`,
        `quorum_state_up = ${Number(hasQuorum)}`,
        ...trafficLines(traffic),
    ];
    return [
        " ------< Virtual server >------",
        ` VS = ${name}`,
        ...own.map((line) => `   ${line}`),
        ...servers.flatMap((server) => serverLines(server, calendar)),
    ];
}

function serverLines({ name, isUp, weight, checks, traffic }: ServerView, calendar: Calendar): readonly string[] {
    const own = [
        `alive = ${Number(isUp)}`,
        `effective weight = ${weight}`,
        ...trafficLines(traffic),
        ...checks.map((check) => checkLine(check, calendar)),
    ];
    return ["   ------< Real server >------", `   RS = ${name}`, ...own.map((line) => `     ${line}`)];
}

function trafficLines(traffic: Traffic): readonly string[] {
    return COUNTED.flatMap(([key, word]) => (traffic[key] === undefined ? [] : [`${word} = ${traffic[key]}`]));
}

/** `TCP_CHECK = DOWN, last: connection refused after 0.4 ms, at 1763710738.000000 (Fri Nov 21 07:38:58 2025)`. */
function checkLine({ kind, about, isUp, last }: CheckView, calendar: Calendar): string {
    const what = about === undefined ? "" : ` [${about}]`;
    const state = `${wordsFor(kind).name}${what} = ${isUp ? "UP" : "DOWN"}`;
    if (last === undefined) {
        return state;
    }
    const { outcome, latency, at } = last;
    const result = outcome.type === "success" ? "success" : outcome.reason;
    return `${state}, last: ${result} after ${(latency / 1_000).toFixed(1)} ms, at ${timeText(at, calendar)}`;
}
