import { formatIp } from "../base/ip.ts";
import type { BfdRejectionReason, BfdReport } from "../bfd/reports.ts";
import { bfdStateWord, diagnosticWords } from "./bfd-words.ts";
import type { LogLine } from "./log-lines.ts";

/** `-D` and `-DD`: from which level on a line is written. */
const DETAIL = 1;
const MORE_DETAIL = 2;

const REJECTIONS: Readonly<Record<BfdRejectionReason, string>> = {
    "too-short": "packet is too short",
    version: "packet has another version",
    length: "packet 'length' field does not fit",
    multiplier: "packet 'detection multiplier' field is zero",
    multipoint: "packet has 'multipoint' flag",
    "my-discriminator": "packet 'my discriminator' field is zero",
    "your-discriminator": "packet 'your discriminator' field is zero and 'state' field is not Down or AdminDown",
    "poll-and-final": "packet has both poll and final flags",
    "authentication-section": "packet has a damaged authentication section",
    "no-session": "session is not found",
    source: "it is not the neighbour's address",
    interface: "it came on another interface",
    ttl: "TTL/hoplimit is too low",
    authentication: "authentication failed",
};

/** What a report says in the log, in the phrases that Keepalived's users search for. @param detail 0, 1 (`-D`) or 2 (`-DD`) */
export function bfdLogLines(report: BfdReport, detail: number): LogLine[] {
    switch (report.type) {
        case "state-changed":
            return stateLines(report, detail);
        case "poll-started":
            return detail >= MORE_DETAIL ? [info(`(${report.session}) Starting poll sequence`)] : [];
        case "packet-rejected": {
            const name = report.session === undefined ? "" : `(${report.session}) `;
            const text = `${name}Discarding packet from ${formatIp(report.source)} (${REJECTIONS[report.reason]})`;
            return detail >= DETAIL ? [info(text)] : [];
        }
    }
}

/** To come up and to be up no more is always told; the rest of the handshake is detail. */
function stateLines(report: Extract<BfdReport, { readonly type: "state-changed" }>, detail: number): LogLine[] {
    const { session, from, to, localDiagnostic, remoteDiagnostic } = report;
    if (from !== "up" && to !== "up" && detail < MORE_DETAIL) {
        return [];
    }
    const reason = `(Local diagnostic - ${diagnosticWords(localDiagnostic)}, Remote diagnostic - ${diagnosticWords(remoteDiagnostic)})`;
    const isLoss = to === "down" || to === "admin-down";
    return [info(`(${session}) Entering ${bfdStateWord(to)} state${isLoss ? ` ${reason}` : ""}`)];
}

function info(text: string): LogLine {
    return { level: "info", isDetail: false, text };
}
