import { equalIp, type IpAddress, isMulticast } from "../base/ip.ts";
import { keyOf } from "./auth/hmac-authentication.ts";
import type { Link } from "./events.ts";
import type { FaultReason } from "./reports.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/** Where a virtual router stands on its machine: on which interface, and from which address it speaks. */
export interface Attachment {
    /** Where its advertisements travel. */
    readonly link?: Link;
    readonly source?: IpAddress;
    /** Where a link was made for it: that one, and the interface below. */
    readonly stack?: { readonly virtual?: Link; readonly base?: Link };
}

/** Nowhere: no interface, no address. */
export const DETACHED: Attachment = {};

/** All reasons why a virtual router cannot take part from where it stands. */
export function attachmentFaults(settings: VirtualRouterSettings, attachment: Attachment): FaultReason[] {
    const { link, source, stack } = attachment;
    const faults = stack === undefined ? linkFaults(link, settings) : stackFaults(stack, settings);
    if (link !== undefined) {
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

function linkFaults(link: Link | undefined, { tracksInterface }: VirtualRouterSettings): FaultReason[] {
    if (link === undefined) {
        return ["interface-missing"];
    }
    return tracksInterface && !isWorking(link) ? ["interface-down"] : [];
}

function stackFaults({ virtual, base }: NonNullable<Attachment["stack"]>, settings: VirtualRouterSettings): FaultReason[] {
    const ofBase = linkFaults(base, settings);
    if (ofBase.length > 0) {
        return ofBase;
    }
    if (base?.mac === undefined || base.isNoArp) {
        return ["no-ethernet"];
    }
    if (virtual === undefined) {
        return ["virtual-interface-missing"];
    }
    return settings.tracksInterface && !isWorking(virtual) ? ["virtual-interface-down"] : [];
}

function isWorking({ isUp, isRunning }: Link): boolean {
    return isUp && isRunning;
}

/** Whether both are the same place, as it is at the same time. */
export function isSameAttachment(left: Attachment, right: Attachment): boolean {
    const isSameStack = left.stack?.virtual === right.stack?.virtual && left.stack?.base === right.stack?.base;
    return (
        left.link === right.link &&
        isSameStack &&
        (left.stack === undefined) === (right.stack === undefined) &&
        equalIp(left.source, right.source)
    );
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
