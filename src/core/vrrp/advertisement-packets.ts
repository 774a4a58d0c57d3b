import type { IpAddress } from "../base/ip.ts";
import { type Advertisement, encodeVrrp, type PseudoHeader, VRRP_GROUP_IPV4, VRRP_PROTOCOL, VRRP_TTL } from "../packet/vrrp.ts";
import type { Attachment } from "./attachment.ts";
import type { OutgoingPacket } from "./effects.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/**
 * One advertisement for everybody whom it concerns: one for the group, or one for each peer. Empty where it cannot be sent.
 *
 * The packets hold the encoded bytes and never change, so an Active Router makes them once and hands them out again and again.
 *
 * @param hasOldPeers unicast peers were heard that put the multicast group into the pseudo header
 */
export function advertisementPackets(
    settings: VirtualRouterSettings,
    attachment: Attachment,
    priority: number,
    hasOldPeers: boolean,
): readonly OutgoingPacket[] {
    const { link, source } = attachment;
    if (link === undefined || source === undefined) {
        return [];
    }
    const advertisement = advertisementOf(settings, priority);
    return destinationsOf(settings).map(({ address, ttl }) => ({
        interfaceIndex: link.index,
        family: settings.family,
        protocol: VRRP_PROTOCOL,
        source,
        destination: address,
        ttl,
        payload: encodeVrrp(advertisement, pseudoHeader(settings, source, address, hasOldPeers)),
    }));
}

function advertisementOf(settings: VirtualRouterSettings, priority: number): Advertisement {
    return {
        version: settings.version,
        family: settings.family,
        vrid: settings.vrid,
        priority,
        interval: settings.advertisementInterval,
        addresses: settings.addresses.map((address) => address.address),
        ...(settings.authentication.type === "pass" && { password: settings.authentication.password }),
        ...(settings.authentication.type === "header" && { hasAuthenticationHeader: true }),
    };
}

function destinationsOf(settings: VirtualRouterSettings): readonly { readonly address: IpAddress; readonly ttl: number }[] {
    const { destination } = settings;
    return destination.type === "multicast"
        ? [{ address: destination.group, ttl: VRRP_TTL }]
        : destination.peers.map((peer) => ({ address: peer.address, ttl: destination.ttl }));
}

/**
 * RFC 9568 §5.2.8. Over IPv4 it leaves the pseudo header out of version 3; Keepalived and FRR put it in, as RFC 5798 was read, and so do we
 * unless `v3_checksum_as_v2` is set.
 */
function pseudoHeader(
    settings: VirtualRouterSettings,
    source: IpAddress,
    destination: IpAddress,
    hasOldPeers: boolean,
): PseudoHeader | undefined {
    if (settings.family === 6) {
        return { source, destination };
    }
    if (settings.version === 2 || settings.checksum === "without-pseudo-header") {
        return undefined;
    }
    const isOld = settings.destination.type === "unicast" && (settings.checksum === "old-unicast" || hasOldPeers);
    return { source, destination: isOld ? VRRP_GROUP_IPV4 : destination };
}
