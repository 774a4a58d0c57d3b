import { after, type Instant, isDue, seconds } from "../../base/instant.ts";
import { type Rejected, type Result, success } from "../../base/result.ts";
import { type AuthenticationHeader, decodeAuthenticationHeader } from "../../packet/ah.ts";
import { AUTHENTICATION_HEADER_PROTOCOL, VRRP_PROTOCOL, type VrrpPacket } from "../../packet/vrrp.ts";
import type { OutgoingPacket } from "../effects.ts";
import type { ReceivedPacket } from "../events.ts";
import { type Rejection, reject } from "../rejection.ts";
import type { HmacAuthentication, VirtualRouterSettings } from "../settings.ts";
import type { SequenceSnapshot } from "../snapshot.ts";
import { HeaderAuthentication } from "./header-authentication.ts";
import { HmacAuthenticator, type TrailerVerdict } from "./hmac-authentication.ts";
import type { KeyedDigests } from "./keyed-digests.ts";
import type { TimeOfDay } from "./time-of-day.ts";

/** What signing and judging need of the process. */
export interface AuthenticationMeans {
    readonly digests: KeyedDigests;
    readonly timeOfDay: TimeOfDay;
}

/** What is worth saying of an advertisement that was let through. */
export interface AuthenticityRemark {
    readonly type: "unsigned" | "clocks-differ";
    /** By how many seconds the sender's clock is behind. */
    readonly seconds: number;
}

/** How often at most a successor's knowledge is brought up to date: what was heard since may be heard once more after a crash. */
const KEEPING_INTERVAL = seconds(10);

/** All that makes one virtual router's advertisements credible: seals its own, judges others', and remembers how far both have come. */
export class Authenticity {
    readonly #header: HeaderAuthentication;
    readonly #hmac: HmacAuthenticator;
    #keepAt: Instant | undefined;
    #hasMoved = false;

    constructor({ digests, timeOfDay }: AuthenticationMeans) {
        this.#header = new HeaderAuthentication(digests);
        this.#hmac = new HmacAuthenticator(digests, timeOfDay);
    }

    /** Advertisements as they are to leave; the same ones where nothing is added. */
    seal(
        packets: readonly OutgoingPacket[],
        { authentication, destination }: VirtualRouterSettings,
        now: Instant,
    ): readonly OutgoingPacket[] {
        if (authentication.type === "header") {
            this.#hasMoved = true;
            return this.#header.seal(packets, authentication.password, destination.type === "unicast");
        }
        if (authentication.type === "hmac" && authentication.mode !== "receive-only") {
            this.#hasMoved = true;
            return this.#hmac.seal(packets, authentication, now);
        }
        return packets;
    }

    /** Judges the header in front of an advertisement, if the settings want one. */
    checkHeader(received: ReceivedPacket, settings: VirtualRouterSettings): Rejected<Rejection> | undefined {
        const { authentication, destination } = settings;
        if (authentication.type !== "header") {
            return undefined;
        }
        const header = decodeAuthenticationHeader(received.payload);
        if (!header.ok) {
            return reject("authentication-failed", () => "IPSEC-AH : malformed header");
        }
        const isUnicast = destination.type === "unicast";
        switch (this.#header.verify(received, header.value, { password: authentication.password, isUnicast })) {
            case "valid":
                this.#hasMoved = true;
                return undefined;
            case "wrong-digest":
                return reject(
                    "authentication-failed",
                    () => "IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !",
                );
            case "wrong-spi":
                return reject("authentication-failed", () => "IPSEC-AH : the SPI is not the source address");
            case "replayed": {
                const detail = `sequence number ${header.value.sequence} already processed. Packet dropped. Local(${this.#header.sequence})`;
                return reject("authentication-replayed", () => `IPSEC-AH : ${detail}`);
            }
        }
    }

    /** Judges what stands behind an advertisement, if the settings want a signature. */
    checkTrailer(
        packet: VrrpPacket,
        received: ReceivedPacket,
        { authentication, destination }: VirtualRouterSettings,
        now: Instant,
    ): Result<AuthenticityRemark | undefined, Rejection> {
        if (authentication.type !== "hmac") {
            return success(undefined);
        }
        if (packet.trailer.length === 0) {
            return authentication.mode === "enforce"
                ? reject("extension-missing", () => "advertisement without an authentication trailer")
                : success({ type: "unsigned", seconds: 0 });
        }
        const signed = { message: packet.pdu, trailer: packet.trailer, source: received.source };
        return this.#outcome(this.#hmac.verify(signed, authentication, destination, now), packet, authentication);
    }

    /** Whether so much has happened that a successor should know; to be asked after each advertisement that was sent or heard. */
    takeNews(now: Instant): boolean {
        if (!this.#hasMoved || (this.#keepAt !== undefined && !isDue(this.#keepAt, now))) {
            return false;
        }
        this.#hasMoved = false;
        this.#keepAt = after(now, KEEPING_INTERVAL);
        return true;
    }

    /** How far sequence numbers have come; undefined when none was used. */
    snapshot(): SequenceSnapshot | undefined {
        const { sent, heard } = this.#hmac;
        const header = this.#header.sequence;
        if (header === 0 && sent === undefined && heard.length === 0) {
            return undefined;
        }
        return { ...(header > 0 && { header }), ...(sent && { sent }), ...(heard.length > 0 && { heard }) };
    }

    /** Goes on from where a predecessor stood. */
    restore({ header, sent, heard }: SequenceSnapshot, wasSending: boolean): void {
        this.#header.restore(header ?? 0, wasSending);
        this.#hmac.restore(sent, heard ?? []);
    }

    #outcome(
        verdict: TrailerVerdict,
        { trailer }: VrrpPacket,
        { window }: HmacAuthentication,
    ): Result<AuthenticityRemark | undefined, Rejection> {
        const allowed = window / seconds(1);
        switch (verdict.type) {
            case "valid":
                this.#hasMoved = true;
                return success(2 * Math.abs(verdict.skew) > allowed ? { type: "clocks-differ", seconds: verdict.skew } : undefined);
            case "malformed":
                return reject("extension-malformed", () => "malformed authentication trailer");
            case "unknown-key":
                return reject(
                    "extension-unknown-key",
                    () => `authentication trailer signed with key ${trailer[1] ?? 0}, which is not configured`,
                );
            case "invalid-hmac":
                return reject("extension-invalid-hmac", () => "authentication trailer with invalid HMAC: different keys, or forged");
            case "stale":
                return reject(
                    "extension-stale",
                    () => `authentication trailer is ${verdict.skew} sec old, allowed are ${allowed} sec either way`,
                );
            case "replayed":
                return reject("extension-replayed", () => "replayed authentication trailer");
        }
    }
}

/** The advertisement in a packet: behind the authentication header where there is one, and there must be one exactly if the settings say so. */
export function openPacket(received: ReceivedPacket, { authentication }: VirtualRouterSettings): Result<Uint8Array, Rejection> {
    const hasHeader = received.protocol === AUTHENTICATION_HEADER_PROTOCOL;
    const wantsHeader = authentication.type === "header";
    if (hasHeader !== wantsHeader) {
        return reject("authentication-header", () =>
            hasHeader ? "Received AH header but auth type not AH" : "No AH header but auth type is AH",
        );
    }
    return hasHeader ? openHeader(decodeAuthenticationHeader(received.payload), received) : success(received.payload);
}

function openHeader(header: ReturnType<typeof decodeAuthenticationHeader>, { payload }: ReceivedPacket): Result<Uint8Array, Rejection> {
    if (!header.ok) {
        return reject("packet-length", () => `authentication header of a wrong length, in ${payload.length} bytes`);
    }
    const { nextHeader } = header.value satisfies AuthenticationHeader;
    return nextHeader === VRRP_PROTOCOL
        ? success(header.value.payload)
        : reject("authentication-header", () => `AH header in front of protocol ${nextHeader}`);
}
