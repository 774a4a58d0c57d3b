/**
 * BFD control packets, RFC 5880 §4.1:
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *    |                       My Discriminator                        |
 *    |                      Your Discriminator                       |
 *    |                    Desired Min TX Interval                    |
 *    |                   Required Min RX Interval                    |
 *    |                 Required Min Echo RX Interval                 |
 *    +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * An authentication section may follow (§4.2 to §4.4): see `bfd-authentication.ts`.
 */
import { concatBytes, viewOf } from "../base/bytes.ts";
import { type Duration, microseconds } from "../base/instant.ts";
import { type Result, rejected, success } from "../base/result.ts";
import { type BfdAuthenticationSection, decodeAuthenticationSection } from "./bfd-authentication.ts";

/** Where single-hop control packets go (RFC 5881 §4). */
export const BFD_SINGLE_HOP_PORT = 3784;

/** Where multihop control packets go (RFC 5883 §5). */
export const BFD_MULTIHOP_PORT = 4784;

/** The states of a session, in the order of their numbers (RFC 5880 §4.1). */
export const BFD_STATES = ["admin-down", "down", "init", "up"] as const;

/** The state of a session. */
export type BfdState = (typeof BFD_STATES)[number];

/** Why a session changed its state last (RFC 5880 §4.1); others have no use here. */
export const BFD_DIAGNOSTICS = {
    none: 0,
    detectionTimeExpired: 1,
    neighborSignaledDown: 3,
    administrativelyDown: 7,
} as const;

/** A control packet but for its authentication. */
export interface BfdPacket {
    /** 0 to 31; the RFC names 0 to 8. */
    readonly diagnostic: number;
    readonly state: BfdState;
    readonly poll: boolean;
    readonly final: boolean;
    readonly controlPlaneIndependent: boolean;
    readonly demand: boolean;
    /** 1 to 255. */
    readonly detectMult: number;
    /** Never zero. */
    readonly myDiscriminator: number;
    /** Zero as long as it is not known. */
    readonly yourDiscriminator: number;
    readonly desiredMinTxInterval: Duration;
    /** Zero: the sender wants no periodic packets. */
    readonly requiredMinRxInterval: Duration;
    /** Zero: the sender takes no echoes. */
    readonly requiredMinEchoRxInterval: Duration;
}

/** A received control packet. Its byte arrays are views of the receive buffer: valid only as long as that is. */
export interface ReceivedBfdPacket extends BfdPacket {
    readonly authentication?: BfdAuthenticationSection;
    /** What the Length field covers, which a digest is made over. */
    readonly pdu: Uint8Array;
}

/** Why bytes are no control packet that may be acted upon: the rules of RFC 5880 §6.8.6 that need no session. */
export type BfdDecodeFailure =
    | "too-short"
    | "version"
    | "length"
    | "multiplier"
    | "multipoint"
    | "my-discriminator"
    | "your-discriminator"
    | "poll-and-final"
    | "authentication-section";

/** Bytes before the authentication section. */
export const BFD_HEADER_LENGTH = 24;

const VERSION = 1;
const FLAGS = { poll: 0x20, final: 0x10, controlPlaneIndependent: 0x08, authentication: 0x04, demand: 0x02, multipoint: 0x01 } as const;

/**
 * Takes a UDP payload apart. Total: any bytes give a packet or a reason. What follows behind the Length field is passed over.
 *
 * RFC 5880 §6.8.6. That Poll and Final never stand together is §6.8.7's.
 */
export function decodeBfd(payload: Uint8Array): Result<ReceivedBfdPacket, BfdDecodeFailure> {
    if (payload.length < BFD_HEADER_LENGTH) {
        return rejected("too-short");
    }
    const failure = headerFailure(payload);
    if (failure !== undefined) {
        return rejected(failure);
    }
    const pdu = payload.subarray(0, payload[3]);
    const packet: ReceivedBfdPacket = { ...headerOf(pdu), pdu };
    if (!hasFlag(payload, FLAGS.authentication)) {
        return success(packet);
    }
    const authentication = decodeAuthenticationSection(pdu.subarray(BFD_HEADER_LENGTH));
    return authentication === undefined ? rejected("authentication-section") : success({ ...packet, authentication });
}

/** The bytes of a control packet. @param authentication the section that follows; its digest is filled in afterwards */
export function encodeBfd(packet: BfdPacket, authentication: Uint8Array = new Uint8Array(0)): Uint8Array {
    const bytes = concatBytes(new Uint8Array(BFD_HEADER_LENGTH), authentication);
    const view = viewOf(bytes);
    view.setUint8(0, (VERSION << 5) | (packet.diagnostic & 0x1f));
    view.setUint8(1, (BFD_STATES.indexOf(packet.state) << 6) | flagsOf(packet, authentication.length > 0));
    view.setUint8(2, packet.detectMult);
    view.setUint8(3, bytes.length);
    view.setUint32(4, packet.myDiscriminator);
    view.setUint32(8, packet.yourDiscriminator);
    view.setUint32(12, packet.desiredMinTxInterval);
    view.setUint32(16, packet.requiredMinRxInterval);
    view.setUint32(20, packet.requiredMinEchoRxInterval);
    return bytes;
}

function headerFailure(payload: Uint8Array): BfdDecodeFailure | undefined {
    const [first = 0, second = 0, detectMult = 0, length = 0] = payload;
    const view = viewOf(payload);
    const isBeforeSession = second >> 6 < BFD_STATES.indexOf("init");
    const failures: readonly (readonly [BfdDecodeFailure, boolean])[] = [
        ["version", first >> 5 !== VERSION],
        ["length", length < BFD_HEADER_LENGTH || length > payload.length],
        ["multiplier", detectMult === 0],
        ["multipoint", hasFlag(payload, FLAGS.multipoint)],
        ["my-discriminator", view.getUint32(4) === 0],
        ["your-discriminator", view.getUint32(8) === 0 && !isBeforeSession],
        ["poll-and-final", hasFlag(payload, FLAGS.poll) && hasFlag(payload, FLAGS.final)],
    ];
    return failures.find(([, isFailed]) => isFailed)?.[0];
}

function headerOf(pdu: Uint8Array): BfdPacket {
    const view = viewOf(pdu);
    return {
        diagnostic: view.getUint8(0) & 0x1f,
        state: BFD_STATES[view.getUint8(1) >> 6] ?? "admin-down",
        poll: hasFlag(pdu, FLAGS.poll),
        final: hasFlag(pdu, FLAGS.final),
        controlPlaneIndependent: hasFlag(pdu, FLAGS.controlPlaneIndependent),
        demand: hasFlag(pdu, FLAGS.demand),
        detectMult: view.getUint8(2),
        myDiscriminator: view.getUint32(4),
        yourDiscriminator: view.getUint32(8),
        desiredMinTxInterval: microseconds(view.getUint32(12)),
        requiredMinRxInterval: microseconds(view.getUint32(16)),
        requiredMinEchoRxInterval: microseconds(view.getUint32(20)),
    };
}

function hasFlag(payload: Uint8Array, flag: number): boolean {
    return ((payload[1] ?? 0) & flag) !== 0;
}

function flagsOf({ poll, final, controlPlaneIndependent, demand }: BfdPacket, isAuthenticated: boolean): number {
    return (
        (poll ? FLAGS.poll : 0) |
        (final ? FLAGS.final : 0) |
        (controlPlaneIndependent ? FLAGS.controlPlaneIndependent : 0) |
        (isAuthenticated ? FLAGS.authentication : 0) |
        (demand ? FLAGS.demand : 0)
    );
}
