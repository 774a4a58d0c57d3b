/**
 * The library: Holdfast's protocol machines, free of I/O, for programs of one's own, for tests and for simulations.
 */
export type { VirtualAddress } from "./core/address/virtual-address.ts";
export {
    after,
    between,
    centiseconds,
    type Duration,
    type Instant,
    inSeconds,
    instant,
    microseconds,
    milliseconds,
    NO_TIME,
    seconds,
} from "./core/base/instant.ts";
export { type Family, formatIp, type IpAddress, ipFromBytes, parseIp } from "./core/base/ip.ts";
export { formatMac, type Mac, parseMac } from "./core/base/mac.ts";
export type { Machine } from "./core/base/machine.ts";
export type { Rejected, Result, Success } from "./core/base/result.ts";
export type { OutgoingPacket, SpeakerEffect } from "./core/vrrp/effects.ts";
export type { Link, ReceivedPacket, SpeakerEvent } from "./core/vrrp/events.ts";
export type { FaultReason, RejectionReason, TransitionCause, VrrpReport, VrrpState } from "./core/vrrp/reports.ts";
export type {
    AnnouncementSettings,
    Authentication,
    ChecksumForm,
    Destination,
    UnicastPeer,
    VirtualRouterSettings,
} from "./core/vrrp/settings.ts";
export type { VirtualRouterCounters, VirtualRouterSnapshot } from "./core/vrrp/snapshot.ts";
export { VrrpSpeaker } from "./core/vrrp/speaker.ts";
