import { type Duration, inSeconds } from "../../base/instant.ts";
import { formatIp } from "../../base/ip.ts";
import type { SyncGroupSettings } from "../../vrrp/settings.ts";
import { stateWord } from "../words.ts";
import { addressText, type Calendar, type RouterView, timeText } from "./router-view.ts";
import { routeDumpText, ruleDumpText } from "./routing-text.ts";
import { syncGroupLines, trackingLines } from "./sync-groups.ts";

/** Configuration and state as text, in the layout that Keepalived's users search: ` VRRP Instance = NAME`, `   State = MASTER`. */
export function renderData(views: readonly RouterView[], groups: readonly SyncGroupSettings[], calendar: Calendar): string {
    const groupOf = new Map(groups.flatMap(({ name, members }) => members.map((member) => [member, name] as const)));
    const topology = views.flatMap((view) => linesOf(view, groupOf.get(view.settings.name), calendar));
    return ["------< VRRP Topology >------", ...topology, ...syncGroupLines(groups, views), ""].join("\n");
}

function linesOf(view: RouterView, group: string | undefined, calendar: Calendar): readonly string[] {
    const groupLines = group === undefined ? [] : [`Sync group = ${group}`];
    const lines = [
        ...groupLines,
        ...stateLines(view, calendar),
        ...protocolLines(view),
        ...addressLines(view),
        ...destinationLines(view),
        ...trackingLines(view),
    ];
    return [` VRRP Instance = ${view.settings.name}`, ...lines.map((line) => `   ${line}`)];
}

function stateLines({ settings, snapshot }: RouterView, calendar: Calendar): readonly string[] {
    const state = snapshot?.state ?? "initialize";
    const readUntil = snapshot?.activeDownAt ?? snapshot?.advertiseAt;
    return [
        `VRRP Version = ${settings.version}`,
        `State = ${stateWord(state)}`,
        ...(state === "backup" && snapshot?.activeAddress !== undefined
            ? [`Master router = ${formatIp(snapshot.activeAddress)}`, `Master priority = ${snapshot.activePriority ?? 0}`]
            : []),
        `Wantstate = ${settings.wantsMaster ? "MASTER" : "BACKUP"}`,
        `Faults = ${snapshot === undefined || snapshot.faults.length === 0 ? "none" : snapshot.faults.join(", ")}`,
        ...(snapshot?.lastTransition === undefined ? [] : [`Last transition = ${timeText(snapshot.lastTransition.at, calendar)}`]),
        ...(readUntil === undefined ? [] : [`Read timeout = ${timeText(readUntil, calendar)}`]),
        `Interface = ${settings.interfaceName}`,
    ];
}

function protocolLines({ settings, snapshot }: RouterView): readonly string[] {
    const { announcements } = settings;
    return [
        ...(settings.sourceAddress === undefined ? [] : [`Using src_ip = ${formatIp(settings.sourceAddress)} (from configuration)`]),
        ...(settings.destination.type === "multicast" ? [`Multicast address ${formatIp(settings.destination.group)}`] : []),
        `Gratuitous ARP delay = ${inSeconds(announcements.masterDelay)}`,
        `Gratuitous ARP repeat = ${announcements.masterRepeat}`,
        `Gratuitous ARP refresh = ${inSeconds(announcements.refresh)}`,
        `Gratuitous ARP refresh repeat = ${announcements.refreshRepeat}`,
        `Gratuitous ARP lower priority delay = ${inSeconds(announcements.lowerPriorityDelay)}`,
        `Gratuitous ARP lower priority repeat = ${announcements.lowerPriorityRepeat}`,
        `Down timer adverts = ${settings.downTimerAdverts}`,
        `Send advert after receive lower priority advert = ${!settings.lowerPriorityNoAdvert}`,
        `Send advert after receive higher priority advert = ${settings.higherPrioritySendAdvert}`,
        `Virtual Router ID = ${settings.vrid}`,
        `Priority = ${settings.priority}`,
        `Effective priority = ${snapshot?.effectivePriority ?? settings.priority}`,
        `Advert interval = ${intervalText(settings.advertisementInterval, settings.version)}`,
        ...(settings.version === 3 && snapshot !== undefined
            ? [`Master advert interval = ${intervalText(snapshot.activeAdvertisementInterval, 3)}`]
            : []),
        `Accept = ${settings.accept ? "enabled" : "disabled"}`,
        `Preempt = ${settings.preempt ? "enabled" : "disabled"}`,
        ...(settings.preemptDelay > 0 ? [`Preempt delay = ${inSeconds(settings.preemptDelay)} secs`] : []),
        ...authenticationLines(settings),
    ];
}

/** Secrets are not shown, nor how long they are. */
function authenticationLines({ version, authentication }: RouterView["settings"]): readonly string[] {
    switch (authentication.type) {
        case "none":
            return version === 2 ? ["Authentication type = none"] : [];
        case "pass":
            return ["Authentication type = SIMPLE_PASSWORD", "Password = ********"];
        case "header":
            return ["Authentication type = IPSEC_AH", "Password = ********"];
        case "hmac":
            return [
                "Authentication type = HMAC-SHA256",
                `  Mode = ${authentication.mode}`,
                `  Anti replay = ${authentication.checksTime ? `time, window ${inSeconds(authentication.window)} secs` : "monotonic"}`,
                `  Active key = ${authentication.activeKey}`,
                ...authentication.keys.map(
                    ({ id, material }) => `  Key ${id} = ********${material.type === "file" ? ` from ${material.path}` : ""}`,
                ),
            ];
    }
}

function addressLines({ settings, snapshot }: RouterView): readonly string[] {
    const isSet = snapshot?.state === "active";
    const texts = (addresses: typeof settings.addresses) => addresses.map((address) => `  ${addressText(address, isSet)}`);
    return [
        `Virtual IP (${settings.addresses.length}):`,
        ...texts(settings.addresses),
        ...(settings.excludedAddresses.length > 0 ? ["Virtual IP Excluded :", ...texts(settings.excludedAddresses)] : []),
        ...listed("Virtual Routes :", (settings.routes ?? []).map(routeDumpText)),
        ...listed("Virtual Rules :", (settings.rules ?? []).map(ruleDumpText)),
    ];
}

function listed(heading: string, texts: readonly string[]): readonly string[] {
    return texts.length === 0 ? [] : [heading, ...texts.map((text) => `  ${text}`)];
}

function destinationLines({ settings: { destination } }: RouterView): readonly string[] {
    if (destination.type === "multicast") {
        return [];
    }
    const peers = destination.peers.map(({ address, minTtl, maxTtl }) => `  ${formatIp(address)} min_ttl ${minTtl} max_ttl ${maxTtl}`);
    return [`Unicast TTL = ${destination.ttl}`, "Unicast Peer :", ...peers];
}

function intervalText(interval: Duration, version: 2 | 3): string {
    return version === 2 ? `${inSeconds(interval)} sec` : `${interval / 1_000} milli-sec`;
}
