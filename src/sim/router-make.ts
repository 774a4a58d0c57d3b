import type { Duration } from "../core/base/instant.ts";
import type { IpAddress } from "../core/base/ip.ts";
import type { OutgoingPacket } from "../core/vrrp/effects.ts";
import type { Link } from "../core/vrrp/events.ts";
import type { VirtualRouterSettings } from "../core/vrrp/settings.ts";
import type { Agenda } from "./agenda.ts";

/** Where a router's frames go. */
export type Wire = (packet: OutgoingPacket) => void;

/** A machine's place on one segment, and the virtual router that it is there. */
export interface Standpoint {
    readonly settings: VirtualRouterSettings;
    readonly ownAddress: IpAddress;
    readonly link: Link;
    readonly wire: Wire;
}

/** What makes a machine: its places, all virtual routers of which are one sync group where there are several. */
export interface RouterMake {
    readonly agenda: Agenda;
    readonly standpoints: readonly Standpoint[];
    /** How long the tracked script runs until its first result. */
    readonly firstResultAfter: Duration;
}

/** The name of the script that virtual routers track, if they track one. */
export const TRACKED_SCRIPT = "chk";
