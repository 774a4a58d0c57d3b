import { equalIp } from "../base/ip.ts";
import { addressKey, type VirtualAddress } from "./virtual-address.ts";

/** The way from one set of addresses to another: first these are taken down, then these are put up. */
export interface AddressPlan {
    readonly removed: readonly VirtualAddress[];
    /** In the order in which they are desired. Some may stand already: putting them up again alters them in place. */
    readonly added: readonly VirtualAddress[];
}

/** IFA_F_MCAUTOJOIN: the kernel decides on it when an address comes, and never again. */
const FIXED_FLAGS = 0x400;

/**
 * What has to be done so that exactly the desired addresses stand, and all of them as desired. What is right already is left alone; what the
 * kernel can alter in place is not taken down for it; whose label, scope, broadcast address or peer differs goes and comes back.
 */
export function planAddresses(actual: readonly VirtualAddress[], desired: readonly VirtualAddress[]): AddressPlan {
    const standing = new Map(actual.map((address) => [addressKey(address), address]));
    const wanted = new Map(desired.map((address) => [addressKey(address), address]));
    return {
        removed: actual.filter((address) => {
            const target = wanted.get(addressKey(address));
            return target === undefined || !canBeAltered(address, target);
        }),
        added: desired.filter((target) => {
            const address = standing.get(addressKey(target));
            return address === undefined || !canBeAltered(address, target) || !isAlike(address, target);
        }),
    };
}

/** Whether the kernel makes the one of the other while it stands: lifetimes always, flags of IPv6 addresses only. */
export function canBeAltered(address: VirtualAddress, target: VirtualAddress): boolean {
    const fixedFlags = address.address.family === 4 ? -1 : FIXED_FLAGS;
    return (
        address.scope === target.scope &&
        address.label === target.label &&
        equalIp(address.broadcast, target.broadcast) &&
        equalIp(address.peer?.address, target.peer?.address) &&
        address.peer?.prefixLength === target.peer?.prefixLength &&
        ((address.flags ^ target.flags) & fixedFlags) === 0
    );
}

function isAlike(address: VirtualAddress, target: VirtualAddress): boolean {
    return address.flags === target.flags && address.preferredLifetime === target.preferredLifetime;
}
