import { BFD_HEADER_LENGTH, type BfdPacket, encodeBfd, type ReceivedBfdPacket } from "../packet/bfd.ts";
import { type BfdAuthenticationSection, encodeAuthenticationSection, isMeticulous } from "../packet/bfd-authentication.ts";
import type { BfdAuthentication } from "./settings.ts";

/** A digest over bytes: of 16 bytes for md5, of 20 for sha1. */
export type Digest = (algorithm: "md5" | "sha1", bytes: Uint8Array) => Uint8Array;

/** A sequence number may be ahead of the last one by so many times the multiplier (RFC 5880 §6.7.3). */
const WINDOW_FACTOR = 3;
const SECTION_HEADER_LENGTH = 8;
/** So many times the multiplier a successor goes ahead: beyond what was sent since it was told last, and within the neighbour's window. */
const AHEAD_FACTOR = 2;

/**
 * The sequence number with which a successor goes on: its predecessor may have sent more packets than it could tell of.
 *
 * @param told the last one that is known @param multiplier our own, which the neighbour's window goes by
 */
export function sequenceAfter(told: number, multiplier: number): number {
    return told + AHEAD_FACTOR * multiplier;
}

/** Puts authentication into one session's packets, and looks for it in the neighbour's (RFC 5880 §6.7). */
export class Authenticator {
    readonly #digest: Digest;
    #wanted: BfdAuthentication | undefined;
    #sent: number;
    #heard: number | undefined;

    /** @param sequence bfd.XmitAuthSeq: of the last packet sent, or any number at first */
    constructor(wanted: BfdAuthentication | undefined, sequence: number, digest: Digest) {
        this.#wanted = wanted;
        this.#sent = sequence >>> 0;
        this.#digest = digest;
    }

    /** The sequence number that was sent last. */
    get sent(): number {
        return this.#sent;
    }

    /** What packets carry; another object when it has changed. */
    get wanted(): BfdAuthentication | undefined {
        return this.#wanted;
    }

    /** What holds from now on; with another key the neighbour may count anew. */
    want(authentication: BfdAuthentication | undefined): void {
        if (!isSameAuthentication(authentication, this.#wanted)) {
            this.#wanted = authentication;
            this.#heard = undefined;
        }
    }

    /** Whether a packet that says the same is the same bytes: a meticulous key counts each one (RFC 5880 §6.7.3, §6.7.4). */
    get isRepeatable(): boolean {
        return this.#wanted === undefined || !isMeticulous(this.#wanted.type);
    }

    /** Whether a successor had better be told of the last packet's number: of one in as many as the multiplier says. */
    isToBeKept(multiplier: number): boolean {
        return !this.isRepeatable && this.#sent % multiplier === 0;
    }

    /** The bytes of a packet. @param isNews whether it says something else than the last one: a key that is not meticulous counts only those */
    seal(packet: BfdPacket, isNews: boolean): Uint8Array {
        const wanted = this.#wanted;
        if (wanted === undefined) {
            return encodeBfd(packet);
        }
        if (isNews || isMeticulous(wanted.type)) {
            this.#sent = (this.#sent + 1) >>> 0;
        }
        const { type, keyId, key } = wanted;
        const bytes = encodeBfd(packet, encodeAuthenticationSection({ type, keyId, sequence: this.#sent, proof: key }));
        if (type !== "simple") {
            bytes.set(this.#digest(algorithmOf(type), bytes), BFD_HEADER_LENGTH + SECTION_HEADER_LENGTH);
        }
        return bytes;
    }

    /** Whether a packet comes from somebody who knows the key, and is no old one sent again; remembers its number if so. */
    admit({ authentication: section, pdu }: ReceivedBfdPacket, detectMult: number): boolean {
        const wanted = this.#wanted;
        if (wanted === undefined || section === undefined) {
            // RFC 5880 §6.8.6: either both ends authenticate or none does.
            return wanted === undefined && section === undefined;
        }
        if (section.type !== wanted.type || section.keyId !== wanted.keyId) {
            return false;
        }
        if (section.type === "simple") {
            return isSame(section.proof, wanted.key);
        }
        if (!this.#isInWindow(section, detectMult) || !this.#isGenuine(section, pdu, wanted)) {
            return false;
        }
        this.#heard = section.sequence;
        return true;
    }

    /** The neighbour was silent so long that it may have begun to count anew (bfd.AuthSeqKnown). */
    forget(): void {
        this.#heard = undefined;
    }

    #isInWindow({ sequence, type }: BfdAuthenticationSection, detectMult: number): boolean {
        if (this.#heard === undefined) {
            return true;
        }
        const ahead = (sequence - this.#heard) >>> 0;
        return ahead >= (isMeticulous(type) ? 1 : 0) && ahead <= WINDOW_FACTOR * detectMult;
    }

    #isGenuine(section: BfdAuthenticationSection, pdu: Uint8Array, wanted: BfdAuthentication): boolean {
        const bytes = pdu.slice();
        const digestAt = BFD_HEADER_LENGTH + SECTION_HEADER_LENGTH;
        bytes.fill(0, digestAt);
        bytes.set(wanted.key, digestAt);
        return isSame(section.proof, this.#digest(algorithmOf(wanted.type), bytes));
    }
}

function isSameAuthentication(left: BfdAuthentication | undefined, right: BfdAuthentication | undefined): boolean {
    if (left === undefined || right === undefined) {
        return left === right;
    }
    return left.type === right.type && left.keyId === right.keyId && isSame(left.key, right.key);
}

function algorithmOf(type: BfdAuthentication["type"]): "md5" | "sha1" {
    return type === "md5" || type === "meticulous-md5" ? "md5" : "sha1";
}

/** Takes the same time wherever the first difference is. */
function isSame(found: Uint8Array, expected: Uint8Array): boolean {
    let difference = found.length ^ expected.length;
    for (const [index, byte] of found.entries()) {
        difference |= byte ^ (expected[index] ?? 0);
    }
    return difference === 0;
}
