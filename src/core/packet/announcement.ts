import { viewOf } from "../base/bytes.ts";
import type { IpAddress } from "../base/ip.ts";
import type { Mac } from "../base/mac.ts";
import { gratuitousArp } from "./arp.ts";
import { unsolicitedNeighbourAdvertisement } from "./ndisc.ts";

const UNSPECIFIED: { readonly [family in 4 | 6]: IpAddress } = {
    4: { family: 4, bytes: new Uint8Array(4) },
    6: { family: 6, bytes: new Uint8Array(16) },
};
const ARP_SENDER = 28;
const ARP_TARGET = 38;
const IPV6_SOURCE = 22;
const NA_CHECKSUM = 56;
const NA_TARGET = 62;

/** The longest announcement: a Neighbour Advertisement with its link-layer address. */
export const MAX_ANNOUNCEMENT_LENGTH = 86;

/**
 * Writes many announcements of one interface quickly: the frame is encoded once for each family, then only the address and the checksum
 * change. The bytes are those of `gratuitousArp` and `unsolicitedNeighbourAdvertisement`.
 */
export class AnnouncementTemplate {
    readonly #arp: Uint8Array;
    readonly #advertisement: Uint8Array;
    readonly #checksumWithoutAddress: number;

    /** @param isRouter whether this machine forwards IPv6 on that interface */
    constructor(mac: Mac, isRouter: boolean) {
        this.#arp = gratuitousArp(mac, UNSPECIFIED[4]);
        this.#advertisement = unsolicitedNeighbourAdvertisement(mac, UNSPECIFIED[6], isRouter);
        this.#checksumWithoutAddress = ~viewOf(this.#advertisement).getUint16(NA_CHECKSUM) & 0xffff;
    }

    /** Writes the announcement of `address` into `into` at `offset`, where there must be room, and returns its length. */
    write(address: IpAddress, into: Uint8Array, offset: number): number {
        return address.family === 4 ? this.#writeArp(address.bytes, into, offset) : this.#writeAdvertisement(address.bytes, into, offset);
    }

    /** Makes an announcement that this template has written there for another address of that family one of `address`. */
    rewrite(address: IpAddress, into: Uint8Array, offset: number): void {
        if (address.family === 4) {
            into.set(address.bytes, offset + ARP_SENDER);
            into.set(address.bytes, offset + ARP_TARGET);
        } else {
            this.#writeAdvertisement(address.bytes, into, offset);
        }
    }

    #writeArp(address: Uint8Array, into: Uint8Array, offset: number): number {
        into.set(this.#arp, offset);
        into.set(address, offset + ARP_SENDER);
        into.set(address, offset + ARP_TARGET);
        return this.#arp.length;
    }

    #writeAdvertisement(address: Uint8Array, into: Uint8Array, offset: number): number {
        into.set(this.#advertisement, offset);
        into.set(address, offset + IPV6_SOURCE);
        into.set(address, offset + NA_TARGET);
        let sum = this.#checksumWithoutAddress;
        for (let index = 0; index < 16; index += 2) {
            // The address is covered twice: as the source in the pseudo header and as the target.
            sum += 2 * (((address[index] ?? 0) << 8) | (address[index + 1] ?? 0));
        }
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        into[offset + NA_CHECKSUM] = (~sum >> 8) & 0xff;
        into[offset + NA_CHECKSUM + 1] = ~sum & 0xff;
        return this.#advertisement.length;
    }
}
