import type { VirtualAddress } from "../../address/virtual-address.ts";
import type { Instant } from "../../base/instant.ts";
import { formatIp } from "../../base/ip.ts";
import type { RejectionReason } from "../../vrrp/reports.ts";
import type { VirtualRouterSettings } from "../../vrrp/settings.ts";
import type { VirtualRouterCounters, VirtualRouterSnapshot } from "../../vrrp/snapshot.ts";

/** A virtual router as reports show it: what it is to be and, once it runs, what it is. */
export interface RouterView {
    readonly settings: VirtualRouterSettings;
    readonly snapshot: VirtualRouterSnapshot | undefined;
}

/** Puts points of the monotonic clock on the calendar. */
export interface Calendar {
    /** Seconds since 1970. */
    unixSeconds(at: Instant): number;
    /** `Sat Nov 21 07:38:58 2026`, in local time. */
    text(unixSeconds: number): string;
}

/** A point in time as seconds and as a date. */
export function timeText(at: Instant, calendar: Calendar): string {
    const unixSeconds = calendar.unixSeconds(at);
    return `${unixSeconds.toFixed(6)} (${calendar.text(unixSeconds)})`;
}

/** Brings settings and snapshots together, in the order of the configuration. */
export function routerViews(
    settings: readonly VirtualRouterSettings[],
    snapshots: readonly VirtualRouterSnapshot[],
): readonly RouterView[] {
    const byName = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]));
    return settings.map((router) => ({ settings: router, snapshot: byName.get(router.name) }));
}

/** How often a router dropped something for this reason. */
export function rejectionCount(counters: VirtualRouterCounters | undefined, reason: RejectionReason): number {
    return counters?.rejections[reason] ?? 0;
}

/** Failed authentications of version 2: wrong passwords and digests, and sequence numbers that were used before. */
export function authenticationFailures(counters: VirtualRouterCounters | undefined): number {
    return rejectionCount(counters, "authentication-failed") + rejectionCount(counters, "authentication-replayed");
}

/** An address as `ip address` shows it: `10.0.0.1/24 dev eth0 scope global label eth0:1`. */
export function addressText(address: VirtualAddress, isSet: boolean): string {
    const whole = address.address.family === 4 ? 32 : 128;
    const prefix = (length: number) => (length === whole ? "" : `/${length}`);
    const { peer, broadcast, label } = address;
    return [
        formatIp(address.address) + (peer === undefined ? prefix(address.prefixLength) : ""),
        ...(peer === undefined ? [] : [`peer ${formatIp(peer.address)}${prefix(peer.prefixLength)}`]),
        ...(broadcast === undefined ? [] : [`brd ${formatIp(broadcast)}`]),
        `dev ${address.interfaceName}`,
        `scope ${scopeName(address.scope)}`,
        ...(label === undefined ? [] : [`label ${label}`]),
        ...(address.preferredLifetime === 0 ? ["deprecated"] : []),
        ...(isSet ? ["set"] : []),
    ].join(" ");
}

function scopeName(scope: number): string {
    const names: Readonly<Record<number, string>> = { 0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere" };
    return names[scope] ?? String(scope);
}
