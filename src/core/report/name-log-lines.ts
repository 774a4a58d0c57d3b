import type { NameReport } from "../balance/names.ts";
import { formatIp } from "../base/ip.ts";
import type { LogLine } from "./log-lines.ts";

/** What happened to a real server's name, as a line of the log. */
export function nameLogLine(report: NameReport): LogLine {
    if (report.type === "addresses") {
        const addresses = report.addresses.map(formatIp).join(", ");
        return { level: "info", isDetail: false, text: `Real servers of ${report.host}: ${addresses}` };
    }
    const { host, reason, isKnown } = report;
    const consequence = isKnown ? "its real servers stay as they are" : "it has no real servers until then";
    return { level: "warning", isDetail: false, text: `Cannot resolve ${host}: ${reason}; it is asked for again, ${consequence}` };
}
