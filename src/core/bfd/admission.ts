import { equalIp } from "../base/ip.ts";
import type { ReceivedDatagram } from "./events.ts";
import type { BfdRejectionReason } from "./reports.ts";
import type { BfdSessionSettings } from "./settings.ts";

/**
 * Why a packet that names a session, or comes from its neighbour, is not for it; undefined when it is.
 *
 * A discriminator alone would do for RFC 5880 §6.3; that the addresses fit as well keeps strangers out who learnt one. RFC 5881 §5 wants
 * TTL 255 of single-hop packets; Keepalived lets the configuration say how far away a neighbour may be.
 */
export function refusal(datagram: ReceivedDatagram, settings: BfdSessionSettings): BfdRejectionReason | undefined {
    if (datagram.isMultihop !== settings.isMultihop || !equalIp(datagram.source, settings.neighbor)) {
        return "source";
    }
    if (settings.source !== undefined && !equalIp(datagram.destination, settings.source)) {
        return "source";
    }
    if (settings.interfaceName !== undefined && settings.interfaceName !== datagram.interfaceName) {
        return "interface";
    }
    return datagram.ttl < settings.lowestTtl ? "ttl" : undefined;
}
