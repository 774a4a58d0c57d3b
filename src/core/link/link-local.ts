import { equalIp, type IpAddress, ipFromBytes } from "../base/ip.ts";
import type { Mac } from "../base/mac.ts";

/** What a link is to have of link-local addresses beside virtual ones, and what has to go. */
export interface LinkLocalPlan {
    readonly add?: IpAddress;
    readonly remove: readonly IpAddress[];
}

/**
 * A virtual MAC's interface speaks from its base's link-local address, so that virtual MACs of several routers can be told apart (RFC 9568 §7.3 forbids
 * one that is made of the virtual MAC). Where the base has none at first, one is made of the base's own MAC address; where it has lost its own, what is
 * there stays.
 */
export function planLinkLocal(own: readonly IpAddress[], base: readonly IpAddress[], baseMac: Mac): LinkLocalPlan {
    const wanted = base[0] ?? own[0] ?? linkLocalOf(baseMac);
    return {
        ...(!own.some((address) => equalIp(address, wanted)) && { add: wanted }),
        remove: own.filter((address) => !equalIp(address, wanted)),
    };
}

/** RFC 4291, appendix A: the address that an interface has by its MAC address. */
export function linkLocalOf(mac: Mac): IpAddress {
    const [first = 0, second = 0, third = 0, ...rest] = mac;
    return ipFromBytes(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, first ^ 0x02, second, third, 0xff, 0xfe, ...rest));
}
