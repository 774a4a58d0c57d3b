import type { IpAddress } from "../../base/ip.ts";
import { formatIp, ipKey } from "../../base/ip.ts";
import type { CompletedChecksum, CompletedDestination, CompletedPeer } from "./completed-router.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";

const DEFAULT_TTL = 255;

/** Where advertisements go to and come from. */
export interface Traffic {
    readonly destination: CompletedDestination;
    readonly sourceAddress: IpAddress | undefined;
    readonly tracksSourceAddress: boolean;
    readonly tracksInterface: boolean;
    readonly checksum: CompletedChecksum;
    readonly checksUnicastSource: boolean;
    readonly faultWithoutPeers: boolean;
}

/** Unicast as soon as `unicast_peer` is written: a list that turns out empty is an error and never means multicast. */
export function completeTraffic(instance: Instance, protocol: Protocol, scope: Scope): Traffic {
    const source = completeSource(instance, protocol, scope);
    const destination = completeDestination(instance, protocol, scope);
    const isUnicast = destination.type === "unicast";
    return {
        destination,
        sourceAddress: source,
        tracksSourceAddress: instance.track_src_ip,
        tracksInterface: !instance.dont_track_primary,
        checksum: completeChecksum(instance, protocol, { isUnicast, asVersion2: scope.globals.version3ChecksumAsVersion2 }),
        checksUnicastSource: isUnicast && (instance.check_unicast_src || scope.globals.checksUnicastSource),
        faultWithoutPeers: instance.unicast_fault_no_peer || (isUnicast && destination.peers.length === 0),
    };
}

function completeDestination(instance: Instance, protocol: Protocol, scope: Scope): CompletedDestination {
    const written = instance.positions.unicast_peer;
    if (written === undefined) {
        reportUnicastWithoutPeers(instance, scope);
        return { type: "multicast", group: completeGroup(instance, protocol, scope) };
    }
    const peers = completePeers(instance, protocol, scope);
    if (protocol.strict) {
        scope.report(written[0] ?? instance.at, {
            code: "strict-unicast",
            errorClass: "general",
            message: `(${instance.name}) strict mode knows no unicast`,
            consequence: "unicast is used all the same",
        });
    }
    if (peers.length === 0) {
        scope.report(written[0] ?? instance.at, {
            code: "no-unicast-peers",
            errorClass: "general",
            message: `(${instance.name}) unicast_peer lists no usable peer`,
            consequence: "the virtual router goes to FAULT; it never falls back to multicast",
        });
    }
    return { type: "unicast", ttl: instance.unicast_ttl ?? DEFAULT_TTL, peers };
}

function reportUnicastWithoutPeers(instance: Instance, scope: Scope): void {
    const { unicast_src_ip, unicast_ttl, check_unicast_src, unicast_fault_no_peer } = instance.positions;
    const keyword = unicast_src_ip ?? unicast_ttl ?? check_unicast_src ?? unicast_fault_no_peer;
    if (keyword !== undefined) {
        scope.report(keyword, {
            code: "unicast-without-peers",
            errorClass: "general",
            message: `(${instance.name}) this is for unicast, and there is no unicast_peer`,
            consequence: "advertisements are sent by multicast",
        });
    }
}

function completePeers(instance: Instance, protocol: Protocol, scope: Scope): readonly CompletedPeer[] {
    const peers = new Map<string, CompletedPeer>();
    for (const [index, { address, min_ttl, max_ttl }] of instance.unicast_peer.entries()) {
        const refusal =
            address.family !== protocol.family
                ? "is of the other address family"
                : peers.has(ipKey(address))
                  ? "is listed twice"
                  : undefined;
        if (refusal === undefined) {
            peers.set(ipKey(address), { address, minTtl: min_ttl ?? 0, maxTtl: max_ttl ?? DEFAULT_TTL });
            continue;
        }
        scope.report(instance.positions.unicast_peer?.[index] ?? instance.at, {
            code: "peer-refused",
            errorClass: "general",
            message: `(${instance.name}) unicast peer ${formatIp(address)} ${refusal}`,
            consequence: "it is left out",
        });
    }
    return [...peers.values()];
}

function completeGroup(instance: Instance, protocol: Protocol, scope: Scope): IpAddress {
    const standard = protocol.family === 4 ? scope.globals.group4 : scope.globals.group6;
    const wanted = instance.mcast_dst_ip;
    if (wanted === undefined || wanted.family === protocol.family) {
        return wanted ?? standard;
    }
    scope.report(instance.positions.mcast_dst_ip ?? instance.at, {
        code: "group-family",
        errorClass: "general",
        message: `(${instance.name}) mcast_dst_ip ${formatIp(wanted)} is of the other address family`,
        consequence: `${formatIp(standard)} is used`,
    });
    return standard;
}

function completeSource(instance: Instance, protocol: Protocol, scope: Scope): IpAddress | undefined {
    const wanted = instance.unicast_src_ip ?? instance.mcast_src_ip;
    if (wanted === undefined || wanted.family === protocol.family) {
        return wanted;
    }
    scope.report(instance.positions.unicast_src_ip ?? instance.positions.mcast_src_ip ?? instance.at, {
        code: "source-family",
        errorClass: "general",
        message: `(${instance.name}) source address ${formatIp(wanted)} is of the other address family`,
        consequence: "the interface's own address is used",
    });
    return undefined;
}

function completeChecksum(
    instance: Instance,
    protocol: Protocol,
    facts: { readonly isUnicast: boolean; readonly asVersion2: boolean },
): CompletedChecksum {
    if (protocol.version === 2 || protocol.family === 6) {
        return "standard";
    }
    if (instance.v3_checksum_as_v2 ?? facts.asVersion2) {
        return "without-pseudo-header";
    }
    if (!facts.isUnicast || instance.old_unicast_checksum === "never") {
        return "standard";
    }
    return instance.positions.old_unicast_checksum === undefined ? "auto" : "old-unicast";
}
