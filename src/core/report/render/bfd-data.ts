import { formatIp } from "../../base/ip.ts";
import type { BfdSessionSettings } from "../../bfd/settings.ts";
import type { BfdSessionSnapshot } from "../../bfd/snapshot.ts";
import { bfdStateWord, diagnosticWords } from "../bfd-words.ts";
import { type Calendar, timeText } from "./router-view.ts";

/** Sessions and their state as text, in the layout that Keepalived's users search: ` BFD Instance = NAME`, `   local state = Up`. */
export function renderBfdData(
    sessions: readonly BfdSessionSettings[],
    snapshots: readonly BfdSessionSnapshot[],
    calendar: Calendar,
): string {
    const named = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]));
    const lines = sessions.flatMap((session) => {
        const snapshot = named.get(session.name);
        const all = [...settingLines(session), ...(snapshot === undefined ? [] : stateLines(snapshot, calendar))];
        return [` BFD Instance = ${session.name}`, ...all.map((line) => `   ${line}`)];
    });
    return ["------< BFD Data >------", "------< BFD Topology >------", ...lines, ""].join("\n");
}

/** Sessions and their state as plain data, for JSON. */
export function bfdJson(sessions: readonly BfdSessionSettings[], snapshots: readonly BfdSessionSnapshot[], calendar: Calendar): object[] {
    const named = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]));
    return sessions.map(({ name, neighbor, source }) => {
        const snapshot = named.get(name);
        return {
            name,
            neighbor: formatIp(neighbor),
            ...(source !== undefined && { source: formatIp(source) }),
            ...(snapshot !== undefined && jsonOf(snapshot, calendar)),
        };
    });
}

function settingLines(session: BfdSessionSettings): readonly string[] {
    const hops = session.lowestTtl === 0 ? -1 : session.ttl - session.lowestTtl;
    return [
        `Neighbor IP = ${formatIp(session.neighbor)}`,
        ...(session.source === undefined ? [] : [`Source IP = ${formatIp(session.source)}`]),
        `Required min RX interval = ${session.minRx} us`,
        `Desired min TX interval = ${session.minTx} us`,
        `Desired idle TX interval = ${session.idleTx} us`,
        `Detection multiplier = ${session.multiplier}`,
        `${session.neighbor.family === 4 ? "ttl" : "hoplimit"} = ${session.ttl}`,
        `max_hops = ${hops}`,
        `passive = ${session.isPassive}`,
        `send event to VRRP process = ${yesNo(session.consumers.includes("vrrp"))}`,
        `send event to checker process = ${yesNo(session.consumers.includes("checkers"))}`,
    ];
}

function stateLines(snapshot: BfdSessionSnapshot, calendar: Calendar): readonly string[] {
    const { remote, counters } = snapshot;
    return [
        `local state = ${bfdStateWord(snapshot.state)}`,
        `remote state = ${bfdStateWord(remote.state)}`,
        `local discriminator = 0x${snapshot.localDiscriminator.toString(16)}`,
        `remote discriminator = 0x${remote.discriminator.toString(16)}`,
        `local diag = ${diagnosticWords(snapshot.localDiagnostic)}`,
        `remote diag = ${diagnosticWords(remote.diagnostic)}`,
        `remote min tx intv = ${remote.minTx} us`,
        `remote min rx intv = ${remote.minRx} us`,
        "local demand = 0",
        `remote demand = ${Number(remote.isDemanding)}`,
        `remote detect multiplier = ${remote.detectMult}`,
        `${snapshot.isPolling ? "" : "!"}poll, !final`,
        `local tx intv = ${snapshot.transmitInterval} us`,
        `local detection time = ${snapshot.detectionTime} us`,
        `last seen = ${snapshot.heardAt === undefined ? "[never]" : timeText(snapshot.heardAt, calendar)}`,
        `packets received = ${counters.received}`,
        `packets sent = ${counters.sent}`,
        `times up = ${counters.wentUp}`,
        `times down = ${counters.wentDown}`,
        ...Object.entries(counters.rejections).map(([reason, count]) => `rejected (${reason}) = ${count}`),
    ];
}

function jsonOf(snapshot: BfdSessionSnapshot, calendar: Calendar): object {
    const { remote, counters, heardAt, changedAt } = snapshot;
    return {
        local_state: bfdStateWord(snapshot.state),
        remote_state: bfdStateWord(remote.state),
        local_diag: snapshot.localDiagnostic,
        remote_diag: remote.diagnostic,
        local_discriminator: snapshot.localDiscriminator,
        remote_discriminator: remote.discriminator,
        tx_interval: snapshot.transmitInterval,
        detection_time: snapshot.detectionTime,
        ...(heardAt !== undefined && { last_seen: calendar.unixSeconds(heardAt) }),
        ...(changedAt !== undefined && { last_transition: calendar.unixSeconds(changedAt) }),
        ...counters,
    };
}

function yesNo(is: boolean): string {
    return is ? "Yes" : "No";
}
