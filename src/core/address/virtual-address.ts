import { type IpAddress, ipKey } from "../base/ip.ts";

/** One address that a virtual router (or the static block) owns, with everything that the kernel is to be told of it. */
export interface VirtualAddress {
    readonly address: IpAddress;
    readonly prefixLength: number;
    /** The interface on which it stands. */
    readonly interfaceName: string;
    /** rtnetlink's scope: 0 global, 253 link, 254 host. */
    readonly scope: number;
    readonly broadcast?: IpAddress;
    /** IPv4 only: `eth0:1`. At most 15 bytes. */
    readonly label?: string;
    readonly peer?: { readonly address: IpAddress; readonly prefixLength: number };
    /** IFA_F_* bits: NODAD, HOMEADDRESS, MANAGETEMPADDR, NOPREFIXROUTE, MCAUTOJOIN. */
    readonly flags: number;
    /** Preferred lifetime in whole seconds; absent means for ever. */
    readonly preferredLifetime?: number;
    /** Whether the loss of this address by somebody else's hand concerns its virtual router (`no_track` clears it). */
    readonly isTracked: boolean;
}

/** The same address on the same interface, whatever its label, scope or lifetime. */
export function addressKey(address: VirtualAddress): string {
    return `${ipKey(address.address)}/${address.prefixLength}@${address.interfaceName}`;
}

/** The prefix length under which the kernel has it: it knows only one, and where there is a peer that is the peer's. */
export function standingPrefixLength({ prefixLength, peer }: VirtualAddress): number {
    return peer?.prefixLength ?? prefixLength;
}
