import type { VirtualAddress } from "../address/virtual-address.ts";
import { inSeconds } from "../base/instant.ts";
import { formatIp, type IpAddress } from "../base/ip.ts";
import { unreachable } from "../base/result.ts";
import type { FaultReason, TransitionCause, VrrpReport } from "../vrrp/reports.ts";
import { stateWord } from "./words.ts";

/** One line for the log, without time and program name. */
export interface LogLine {
    /** syslog's severity. */
    readonly level: "error" | "warning" | "notice" | "info";
    /** Only with `--log-detail`. */
    readonly isDetail: boolean;
    readonly text: string;
}

/**
 * What a report says in the log, in the phrases that Keepalived's users search for.
 *
 * Detailed lines are left out unless asked for: a burst over thousands of addresses has as many lines.
 */
export function vrrpLogLines(report: VrrpReport, isDetailed: boolean): LogLine[] {
    const lines = linesOf(report, isDetailed);
    return isDetailed ? lines : lines.filter((line) => !line.isDetail);
}

function linesOf(report: VrrpReport, isDetailed: boolean): LogLine[] {
    switch (report.type) {
        case "state-changed":
            return stateLines(report);
        case "advertisement-rejected":
            return [info(report.router === undefined ? report.detail : `(${report.router}) ${report.detail}`)];
        case "announcing":
            return isDetailed ? announcementLines(report.router, report.addresses, report.rounds) : [];
        case "addresses-set":
            return [detail(`(${report.router}) setting VIPs.`)];
        case "addresses-removed":
            return [detail(`(${report.router}) removing VIPs.`)];
        case "address-refused":
            return [{ level: "error", isDetail: false, text: `(${report.router}) cannot set ${formatIp(report.address)}: ${report.code}` }];
        case "fault-raised": {
            const what = report.detail === undefined ? "" : `: ${report.detail}`;
            return [info(`(${report.router}) entering FAULT state (${FAULT_WORDS[report.reason]}${what})`)];
        }
        case "fault-cleared":
            return [detail(`(${report.router}) leaving FAULT state reason (${FAULT_WORDS[report.reason]})`)];
        case "priority-changed":
            return [info(`(${report.router}) Changing effective priority from ${report.from} to ${report.to}`)];
        case "priority-zero-sent":
            return [detail(`(${report.router}) sent 0 priority`)];
        case "group-syncing":
            return [info(`VRRP_Group(${report.group}) Syncing instances to ${stateWord(report.to)} state`)];
        case "group-state-changed": // Its members have been told of.
        case "sequences-moved":
            return [];
        default:
            return peerLines(report);
    }
}

type PeerReport = Extract<VrrpReport, { readonly from: IpAddress }>;

/** What a peer said, and what we make of it. */
function peerLines(report: PeerReport): LogLine[] {
    const [name, from] = [`(${report.router})`, formatIp(report.from)];
    switch (report.type) {
        case "lower-priority-seen": {
            const end = report.forcesElection ? ", forcing new election" : "";
            return [info(`${name} Received advert from ${from} with lower priority ${report.priority}, ours ${report.own}${end}`)];
        }
        case "lower-priority-discarded":
            return [info(`${name} received lower priority (${report.priority}) advert from ${from} - discarding`)];
        case "priority-zero-seen":
            return report.state === "active"
                ? [detail(`${name} Master received priority 0 message`)]
                : [info(`${name} Backup received priority 0 advertisement`)];
        case "owner-conflict":
            return [
                {
                    level: "error",
                    isDetail: false,
                    text: `${name} CONFIGURATION ERROR: local instance and a remote instance (${from}) are both configured as address owner, please fix - reducing local priority`,
                },
            ];
        case "address-list-differs":
            return [info(`${name} ${report.detail}`)];
        case "interval-differs": {
            const [theirs, own] = [inSeconds(report.theirs), inSeconds(report.own)];
            return [info(`${name} advertisement interval of ${from} is ${theirs} sec, ours ${own} sec`)];
        }
        case "unsigned-accepted":
            return [info(`${name} advertisement of ${from} without an authentication trailer, accepted since auth_hmac is not enforced`)];
        case "clocks-differ": {
            const how = report.seconds > 0 ? "behind" : "ahead of";
            const by = Math.abs(report.seconds);
            return [warning(`${name} the clock of ${from} is ${by} sec ${how} ours; beyond ${report.allowed} sec it will not be heard`)];
        }
        case "same-address-seen":
            return [warning(`${name} WARNING - equal priority advert received from remote host with our IP address.`)];
        default:
            return unreachable(report);
    }
}

function stateLines(report: VrrpReport & { readonly type: "state-changed" }): LogLine[] {
    const { router, from, to, cause, priority } = report;
    const lines = causeLines(router, cause, priority);
    if (to === "initialize") {
        return lines;
    }
    const isFirst = from === "initialize" && to !== "active";
    return [...lines, info(`(${router}) Entering ${stateWord(to)} STATE${isFirst ? " (init)" : ""}`)];
}

function causeLines(router: string, cause: TransitionCause, priority: number): LogLine[] {
    switch (cause.type) {
        case "active-down-timer":
        case "owner": // Keepalived starts an owner as backup with a timer of one microsecond.
            return [detail(`(${router}) Receive advertisement timeout`)];
        case "higher-priority": {
            const from = formatIp(cause.from);
            return cause.priority > priority
                ? [info(`(${router}) Master received advert from ${from} with higher priority ${cause.priority}, ours ${priority}`)]
                : [info(`(${router}) Master received advert from ${from} with same priority ${priority} but higher IP address than ours`)];
        }
        case "route-removed":
            return [warning(`(${router}) ${cause.what} was removed by somebody else, going back to BACKUP for a moment`)];
        case "address-removed":
            return [
                warning(
                    `(${router}) ip address ${formatIp(cause.address)} was removed by somebody else, going back to BACKUP for a moment`,
                ),
            ];
        case "stalled":
            return [warning(`(${router}) Expired after ${inSeconds(cause.lateness)} sec without running, others have taken over`)];
        case "startup":
        case "fault": // The reason has been said.
        case "fault-cleared":
        case "sync-group": // The group has been told of.
        case "stop":
        case "reconfigured":
            return [];
        default:
            return unreachable(cause);
    }
}

/** One heading an address, then one line a frame, as Keepalived has them. */
function announcementLines(router: string, addresses: readonly VirtualAddress[], rounds: number): LogLine[] {
    const headings = addresses.map((address) => {
        const what = address.address.family === 4 ? "gratuitous ARPs" : "Unsolicited Neighbour Adverts";
        return detail(`(${router}) Sending/queueing ${what} on ${address.interfaceName} for ${formatIp(address.address)}`);
    });
    const frames = addresses.map((address) => {
        const what = address.address.family === 4 ? "gratuitous ARP" : "unsolicited Neighbour Advert";
        return detail(`Sending ${what} on ${address.interfaceName} for ${formatIp(address.address)}`);
    });
    return [...headings, ...Array.from({ length: rounds }, () => frames).flat()];
}

const FAULT_WORDS: Record<FaultReason, string> = {
    "interface-missing": "interface does not exist",
    "interface-down": "interface down",
    "no-ethernet": "a virtual MAC needs an Ethernet interface",
    "virtual-interface-missing": "virtual MAC interface does not exist",
    "virtual-interface-down": "virtual MAC interface down",
    "no-multicast": "interface does not support multicast, specify unicast peers",
    "no-source-address": "no address for interface",
    "no-peers": "unicast without any peers",
    "no-signing-key": "no auth_hmac key to sign with",
    tracker: "tracked object failed",
    "sync-group": "another member of the sync group",
};

function info(text: string): LogLine {
    return { level: "info", isDetail: false, text };
}

function warning(text: string): LogLine {
    return { level: "warning", isDetail: false, text };
}

function detail(text: string): LogLine {
    return { level: "info", isDetail: true, text };
}
