import { type IpAddress, isMulticast } from "../base/ip.ts";
import { keyOf } from "./auth/hmac-authentication.ts";
import type { Link } from "./events.ts";
import type { FaultReason } from "./reports.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/** Where a virtual router stands on its machine: on which interface, and from which address it speaks. */
export interface Attachment {
    readonly link?: Link;
    readonly source?: IpAddress;
}

/** Nowhere: no interface, no address. */
export const DETACHED: Attachment = {};

/** All reasons why a virtual router cannot take part from where it stands. */
export function attachmentFaults(settings: VirtualRouterSettings, attachment: Attachment): FaultReason[] {
    const faults: FaultReason[] = [];
    const { link, source } = attachment;
    if (link === undefined) {
        faults.push("interface-missing");
    } else {
        if (settings.tracksInterface && !(link.isUp && link.isRunning)) {
            faults.push("interface-down");
        }
        if (settings.destination.type === "multicast" && !link.isMulticast) {
            faults.push("no-multicast");
        }
        if (source === undefined) {
            faults.push("no-source-address");
        }
    }
    if (settings.destination.type === "unicast" && settings.destination.peers.length === 0 && settings.faultWithoutPeers) {
        faults.push("no-peers");
    }
    if (lacksSigningKey(settings)) {
        faults.push("no-signing-key");
    }
    return faults;
}

/** What is not signed would be refused by all others, and to send it all the same would open a door. */
function lacksSigningKey({ authentication }: VirtualRouterSettings): boolean {
    return (
        authentication.type === "hmac" &&
        authentication.mode !== "receive-only" &&
        keyOf(authentication, authentication.activeKey) === undefined
    );
}

/** Whether a destination address fits a router that speaks to a group, or one that speaks to peers. */
export function fitsDestination(settings: VirtualRouterSettings, destination: IpAddress): boolean {
    return isMulticast(destination) === (settings.destination.type === "multicast");
}
