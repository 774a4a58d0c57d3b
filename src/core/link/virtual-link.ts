import type { IpAddress } from "../base/ip.ts";
import { formatMac, type Mac } from "../base/mac.ts";

/**
 * A link that is made for virtual routers on top of another one, and is gone with them: the place of a virtual router's MAC address (RFC 9568 §7.3),
 * or of an address that is to have a link of its own.
 */
export interface VirtualLink {
    /** Unique. */
    readonly name: string;
    /** The interface that it is made upon. */
    readonly baseName: string;
    readonly form: MacvlanForm | IpvlanForm;
    /** It is to carry IPv4 addresses. */
    readonly hasIpv4: boolean;
    /** It is to carry IPv6 addresses. */
    readonly hasIpv6: boolean;
    /** Its interface group; absent means its base's. */
    readonly group?: number;
    /** `netlink_notify_msg`: once it is up, its state is told in a message of its own. */
    readonly isNotified?: true;
}

/** A link with a MAC address of its own, in private mode: siblings do not hear each other. */
export interface MacvlanForm {
    readonly kind: "macvlan";
    readonly mac: Mac;
}

/** A link that shares its base's MAC address (layer 2 mode). */
export interface IpvlanForm {
    readonly kind: "ipvlan";
    /** Which siblings hear each other; the same for all of one base. */
    readonly mode: "bridge" | "private" | "vepa";
    /** What it sends from. */
    readonly address?: IpAddress;
}

/** What a link is for the network: no base can have two macvlans of one MAC address. An ipvlan is known by its name. */
export function virtualLinkKey({ name, baseName, form }: Pick<VirtualLink, "name" | "baseName" | "form">): string {
    return form.kind === "macvlan" ? `${formatMac(form.mac)} ${baseName}` : `${name} ${baseName}`;
}
