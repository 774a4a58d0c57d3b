import type { BalanceReport } from "../balance/reports.ts";
import { unreachable } from "../base/result.ts";
import { wordsFor } from "./check-words.ts";
import type { LogLine } from "./log-lines.ts";

/** One report as lines of the log, in the words that Keepalived's users search for. */
export function balanceLogLines(report: BalanceReport): readonly LogLine[] {
    switch (report.type) {
        case "server-state": {
            const { isUp, inhibits, server, service } = report;
            const verb = isUp ? (inhibits ? "Enabling" : "Adding") : inhibits ? "Disabling" : "Removing";
            const where = inhibits ? "of" : isUp ? "to" : "from";
            return [info(`${verb} service ${server} ${where} VS ${service}`)];
        }
        case "quorum":
            return quorumLines(report);
        case "weight": {
            const { from, to, isActive, server, service } = report;
            const state = isActive ? "active" : "inactive";
            return [info(`Changing weight from ${from} to ${to} for ${state} service ${server} of VS ${service}`)];
        }
        case "slow-start": {
            const { isOver, weight, server, service } = report;
            return [info(`Slow start of service ${server} of VS ${service} ${isOver ? "is over at" : "begins, up to"} weight ${weight}`)];
        }
        case "drain":
            return [info(drainText(report))];
        case "drain-undone":
            return [info(`Draining of service ${report.server} of VS ${report.service} is undone: weight ${report.weight}`)];
        case "check-activated":
            return [detail(`Activating healthchecker for service ${report.server} for VS ${report.service}`)];
        case "check":
            return [info(wordsFor(report.kind)[report.outcome](report))];
        case "check-impossible":
            return [
                warning(
                    `${wordsFor(report.kind).name} on service ${report.server} of VS ${report.service} cannot be made: ${report.reason}`,
                ),
            ];
        case "table-refused":
            return report.reasons.map((reason) => ({ level: "error", isDetail: false, text: `IPVS refuses ${reason}` }));
        case "server-stopped":
            return [info(`Shutting down service ${report.server} from VS ${report.service}`)];
        case "server-removed":
            return [info(`Removing service ${report.server} from VS ${report.service}`)];
        case "server-started":
        case "service-stopped":
            // Who is told by other ways than the log is told.
            return [];
        case "service-removed":
            return [info(`Removing VS ${report.service}`)];
        default:
            return unreachable(report);
    }
}

function drainText({ server, service, isOver, connections }: BalanceReport & { readonly type: "drain" }): string {
    if (!isOver) {
        return `Draining service ${server} of VS ${service}`;
    }
    const left =
        connections === 0
            ? "no connections are left"
            : `its time is over, ${Number.isNaN(connections) ? "" : `${connections} `}connections are left`;
    return `Drained service ${server} of VS ${service}: ${left}`;
}

function quorumLines(report: BalanceReport & { readonly type: "quorum" }): readonly LogLine[] {
    const { isUp, isStart, quorum, hysteresis, weight, service, sorryServer } = report;
    const balance = isUp
        ? `${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight}`
        : `${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight}`;
    const head = isUp ? "Gained quorum" : isStart ? "Starting with quorum down" : "Lost quorum";
    const lines = [info(`${head} ${balance} for VS ${service}`)];
    if (sorryServer === undefined || (isUp && isStart)) {
        return lines;
    }
    const { name, inhibits } = sorryServer;
    const [verb, where] = isUp ? [inhibits ? "Disabling" : "Removing", "from"] : [inhibits ? "Enabling" : "Adding", "to"];
    const others = isUp ? "Adding alive servers to" : "Removing alive servers from";
    return [...lines, info(`${verb} sorry server ${name} ${where} VS ${service}`), info(`${others} the pool for VS ${service}`)];
}

function info(text: string): LogLine {
    return { level: "info", isDetail: false, text };
}

function warning(text: string): LogLine {
    return { level: "warning", isDetail: false, text };
}

function detail(text: string): LogLine {
    return { level: "info", isDetail: true, text };
}
