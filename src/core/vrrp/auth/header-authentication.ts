import { concatBytes, equalBytes } from "../../base/bytes.ts";
import { type AuthenticationHeader, coveredIpv4Header, encodeAuthenticationHeader, signHeader, withoutDigest } from "../../packet/ah.ts";
import { encodeIpv4 } from "../../packet/ipv4.ts";
import { AUTHENTICATION_HEADER_PROTOCOL, VRRP_PROTOCOL } from "../../packet/vrrp.ts";
import type { OutgoingPacket } from "../effects.ts";
import type { ReceivedPacket } from "../events.ts";
import { isSameDigest, type KeyedDigests } from "./keyed-digests.ts";

/** What an authentication header turned out to be. */
export type HeaderVerdict = "valid" | "wrong-digest" | "wrong-spi" | "replayed";

/** Beyond this the number starts again, so that the last ones never come: a receiver that holds them would accept nothing more. */
const LAST_SEQUENCE = 0xffff_fffd;
/** How far a successor jumps ahead of what it knows to have been sent: more than can have been sent since that was written down. */
const HEAD_START = 1024;
const NO_OPTIONS = new Uint8Array(0);

/**
 * IPsec AH as Keepalived sends it in front of version 2 (RFC 2338 §5.3.6.3): HMAC-MD5-96 with the password as key, the source address as
 * SPI, and one sequence number for all routers of a VRID: who becomes active goes on behind the last one that it heard.
 */
export class HeaderAuthentication {
    readonly #digests: KeyedDigests;
    #sequence = 0;
    #identification = 0;

    constructor(digests: KeyedDigests) {
        this.#digests = digests;
    }

    /** The last number that was sent or accepted; zero when there was none. */
    get sequence(): number {
        return this.#sequence;
    }

    /** Goes on from where a predecessor stood; one that was sending may have sent more than it wrote down. */
    restore(sequence: number, wasSending: boolean): void {
        this.#sequence = wasSending ? sequence + HEAD_START : sequence;
    }

    /** One advertisement with its header; all copies that are sealed together share a number. */
    seal(packets: readonly OutgoingPacket[], password: Uint8Array, isUnicast: boolean): OutgoingPacket[] {
        this.#sequence = this.#sequence >= LAST_SEQUENCE ? 1 : this.#sequence + 1;
        this.#identification = (this.#identification % 0xffff) + 1;
        return packets.map((packet) => this.#sealOne(packet, password, isUnicast));
    }

    /** Judges a header; one that is valid raises the mark that later ones have to pass. */
    verify(received: ReceivedPacket, header: AuthenticationHeader, settings: HeaderSettings): HeaderVerdict {
        if (received.header === undefined || received.header.length < IPV4_HEADER_LENGTH) {
            return "wrong-digest";
        }
        const ipHeader = coveredIpv4Header(received.header, { coversTtl: !settings.isUnicast });
        const digest = this.#digests.hmacMd5(settings.password, concatBytes(ipHeader, withoutDigest(received.payload)));
        if (!isSameDigest(header.digest, digest)) {
            return "wrong-digest";
        }
        if (!equalBytes(header.spi, received.source.bytes)) {
            return "wrong-spi";
        }
        if (header.sequence <= this.#sequence) {
            return "replayed";
        }
        this.#sequence = header.sequence;
        return "valid";
    }

    #sealOne(packet: OutgoingPacket, password: Uint8Array, isUnicast: boolean): OutgoingPacket {
        const { source, destination, ttl } = packet;
        const identification = this.#identification;
        const header = { nextHeader: VRRP_PROTOCOL, spi: source.bytes, sequence: this.#sequence, payload: packet.payload };
        const covered = encodeIpv4({
            ...{ typeOfService: 0, identification, fragment: 0, ttl, protocol: AUTHENTICATION_HEADER_PROTOCOL, source, destination },
            options: NO_OPTIONS,
            payload: encodeAuthenticationHeader(header),
        });
        covered.set(coveredIpv4Header(covered.subarray(0, IPV4_HEADER_LENGTH), { coversTtl: !isUnicast }));
        const payload = covered.slice(IPV4_HEADER_LENGTH);
        signHeader(payload, this.#digests.hmacMd5(password, covered));
        return { ...packet, protocol: AUTHENTICATION_HEADER_PROTOCOL, identification, payload };
    }
}

/** What of its settings a header is judged by. */
export interface HeaderSettings {
    readonly password: Uint8Array;
    readonly isUnicast: boolean;
}

const IPV4_HEADER_LENGTH = 20;
