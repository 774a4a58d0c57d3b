import { type Instant, inSeconds } from "../../base/instant.ts";
import { equalIp, type IpAddress } from "../../base/ip.ts";
import { decodeHmacTrailer, encodeUnsignedTrailer, hmacCovered, type Sequence, signTrailer } from "../../packet/hmac-trailer.ts";
import { withTrailer } from "../../packet/vrrp.ts";
import type { OutgoingPacket } from "../effects.ts";
import type { Destination, HmacAuthentication } from "../settings.ts";
import type { HeardSequence } from "../snapshot.ts";
import { isSameDigest, type KeyedDigests } from "./keyed-digests.ts";
import { ReplayGuard } from "./replay-guard.ts";
import { advanced, isAfter, secondsBetween, sequenceAt } from "./sequence.ts";
import type { TimeOfDay } from "./time-of-day.ts";

/** What a trailer turned out to be; `skew` says by how many seconds the sender's clock is behind ours. */
export type TrailerVerdict =
    | { readonly type: "valid"; readonly skew: number }
    | { readonly type: "malformed" | "unknown-key" | "invalid-hmac" | "replayed" }
    | { readonly type: "stale"; readonly skew: number };

/** A signed message as it came. */
export interface SignedMessage {
    /** Valid only during the call. */
    readonly message: Uint8Array;
    readonly trailer: Uint8Array;
    readonly source: IpAddress;
}

/** How far a successor jumps ahead of what it knows to have been sent. */
const HEAD_START = 1 << 20;

/** `auth_hmac` (draft-cassen-vrrp-auth-hmac): signs what is sent, judges what is heard. */
export class HmacAuthenticator {
    readonly #digests: KeyedDigests;
    readonly #timeOfDay: TimeOfDay;
    readonly #guard = new ReplayGuard();
    #sent: Sequence | undefined;

    constructor(digests: KeyedDigests, timeOfDay: TimeOfDay) {
        this.#digests = digests;
        this.#timeOfDay = timeOfDay;
    }

    /** The last sequence number that was sent. */
    get sent(): Sequence | undefined {
        return this.#sent;
    }

    /** The last sequence numbers that were accepted. */
    get heard(): readonly HeardSequence[] {
        return this.#guard.heard;
    }

    /** Goes on from where a predecessor stood, who may have sent more than it wrote down. */
    restore(sent: Sequence | undefined, heard: readonly HeardSequence[]): void {
        this.#sent = sent && advanced(sent, HEAD_START);
        this.#guard.restore(heard);
    }

    /** One advertisement, signed once: all copies carry the same trailer, and over IPv6 each a checksum of its own. */
    seal(packets: readonly OutgoingPacket[], settings: HmacAuthentication, now: Instant): OutgoingPacket[] {
        const [first] = packets;
        const key = keyOf(settings, settings.activeKey);
        if (first === undefined || key === undefined) {
            return [];
        }
        const trailer = encodeUnsignedTrailer({ keyId: settings.activeKey, sequence: this.#nextSequence(settings, now) });
        signTrailer(trailer, this.#digests.hmacSha256(key, hmacCovered(first.payload, first.source, trailer)));
        return packets.map((packet) => ({
            ...packet,
            payload: withTrailer(packet.payload, trailer, packet.family === 6 ? packet : undefined),
        }));
    }

    /**
     * Judges a trailer: its time before its signature, so that a flood of old packets costs no digests, and its sequence number behind it, so
     * that nothing forged moves a mark.
     */
    verify(signed: SignedMessage, settings: HmacAuthentication, destination: Destination, now: Instant): TrailerVerdict {
        const decoded = decodeHmacTrailer(signed.trailer);
        if (!decoded.ok) {
            return { type: "malformed" };
        }
        const { keyId, sequence, hmac } = decoded.value;
        const clock = this.#clock(now);
        const skew = secondsBetween(sequence, clock);
        if (settings.checksTime && isOutside(skew, settings)) {
            return { type: "stale", skew };
        }
        const key = keyOf(settings, keyId);
        if (key === undefined) {
            return { type: "unknown-key" };
        }
        if (!isSameDigest(hmac, this.#digests.hmacSha256(key, hmacCovered(signed.message, signed.source, signed.trailer)))) {
            return { type: "invalid-hmac" };
        }
        const isPeer = (address: IpAddress) => isPeerOf(destination, address);
        // A mark outside the window only keeps out what the window keeps out too; without it a sender whose clock was set back is heard again.
        const hasExpired = (former: Sequence) => settings.checksTime && isOutside(secondsBetween(former, clock), settings);
        return this.#guard.accept(signed.source, sequence, { isPeer, hasExpired }) ? { type: "valid", skew } : { type: "replayed" };
    }

    /** The clock, or one more than the last: it grows whatever the clock does, unless it has been left so far behind that nobody would accept it. */
    #nextSequence(settings: HmacAuthentication, now: Instant): Sequence {
        const clock = this.#clock(now);
        const last = this.#sent;
        const isStranded = last !== undefined && settings.checksTime && secondsBetween(clock, last) > inSeconds(settings.window);
        const next = last === undefined || isAfter(clock, last) || isStranded ? clock : advanced(last, 1);
        this.#sent = next;
        return next;
    }

    #clock(now: Instant): Sequence {
        return sequenceAt(this.#timeOfDay.at(now));
    }
}

/** The bytes of the key with that ID; undefined when there is none, or its file could not be read. */
export function keyOf({ keys }: HmacAuthentication, id: number): Uint8Array | undefined {
    const material = keys.find((key) => key.id === id)?.material;
    return material?.type === "bytes" ? material.bytes : undefined;
}

function isOutside(skew: number, { window }: HmacAuthentication): boolean {
    return Math.abs(skew) > inSeconds(window);
}

function isPeerOf(destination: Destination, address: IpAddress): boolean {
    return destination.type === "unicast" && destination.peers.some((peer) => equalIp(peer.address, address));
}
