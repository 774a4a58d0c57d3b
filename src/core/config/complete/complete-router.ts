import type { Filled } from "../../base/filled.ts";
import { type Duration, NO_TIME } from "../../base/instant.ts";
import type { Route } from "../../base/route.ts";
import type { Rule } from "../../base/rule.ts";
import type { TrackerUse } from "../../track/tracker-use.ts";
import { completeHoldings, type Holdings } from "./addresses.ts";
import { completeAnnouncements } from "./announcements.ts";
import { completeAuthentication } from "./authentication.ts";
import type { CompletedReceiveBuffer, CompletedRouter, CompletedSyncDaemon } from "./completed-router.ts";
import { completeTraffic, type Traffic } from "./destination.ts";
import { type Candidacy, completeCandidacy, completeManners, type Manners } from "./election.ts";
import { completeIdentity, type Identity } from "./identity.ts";
import { addNeededInterfaces } from "./needed-interfaces.ts";
import { completeProtocol, type Protocol } from "./protocol.ts";
import { completeReceiveBuffer } from "./receive-buffer.ts";
import type { Instance, Scope } from "./scope.ts";
import { completeSyncDaemon } from "./sync-daemon.ts";
import { completeTiming, type Timing } from "./timing.ts";
import { type CompletedLinks, linkCarriesAdvertisements, sourceOfLink } from "./virtual-links.ts";

/** One virtual router out of its `vrrp_instance`; undefined when something is missing without which it cannot run. */
export function completeRouter(instance: Instance, scope: Scope): CompletedRouter | undefined {
    const { routes, rules } = scope.routing.of(instance);
    const trackers = scope.trackers.of(instance);
    const identity = completeIdentity(instance, scope);
    if (identity === undefined) {
        return undefined;
    }
    const protocol = completeProtocol(instance, scope);
    const candidacy = completeCandidacy(instance, protocol, scope);
    const links = scope.virtualLinks.of(instance, protocol, identity.interfaceName);
    const holdings = completeHoldings(instance, protocol, links, scope);
    if (holdings.addresses.length === 0 && !mayOwnNothing(instance, protocol, scope)) {
        return undefined;
    }
    const authentication = completeAuthentication(instance, protocol, scope);
    const traffic = completeTraffic(instance, protocol, scope);
    return assemble({
        identity,
        links,
        protocol,
        candidacy,
        holdings,
        timing: completeTiming(instance, protocol, scope),
        authentication,
        receiveBuffer: completeReceiveBuffer(instance, protocol, { addressCount: holdings.addresses.length, authentication }, scope),
        traffic,
        carriesAdvertisements: linkCarriesAdvertisements(instance, protocol, traffic, scope),
        manners: completeManners(instance, candidacy, protocol, scope),
        startupDelay: scope.globals.startupDelay,
        delayAfterBoot: scope.globals.delayAfterBoot,
        promotesSecondaries: instance.promote_secondaries && instance.interface !== undefined,
        syncDaemon: completeSyncDaemon(instance, scope),
        announcements: completeAnnouncements(instance, protocol, scope),
        trackers: addNeededInterfaces(trackers, { instance, holdings, links, routes }),
        routes,
        rules,
    });
}

interface Parts extends Pick<CompletedRouter, "startupDelay" | "announcements" | "authentication"> {
    readonly delayAfterBoot: Duration;
    readonly promotesSecondaries: boolean;
    readonly receiveBuffer: CompletedReceiveBuffer | undefined;
    readonly syncDaemon: CompletedSyncDaemon | undefined;
    readonly identity: Identity;
    readonly links: CompletedLinks;
    readonly carriesAdvertisements: boolean;
    readonly protocol: Protocol;
    readonly candidacy: Candidacy;
    readonly holdings: Holdings;
    readonly timing: Timing;
    readonly traffic: Traffic;
    readonly manners: Manners;
    readonly trackers: readonly TrackerUse[] | undefined;
    readonly routes: readonly Route[];
    readonly rules: readonly Rule[];
}

/** Field by field: spreading a dozen parts into one object costs more than all the rest, and there may be thousands of routers. */
function assemble(parts: Parts): CompletedRouter {
    const { identity, protocol, candidacy, holdings, timing, traffic, manners } = parts;
    const router: Filled<CompletedRouter> = {
        name: identity.name,
        vrid: identity.vrid,
        version: protocol.version,
        family: protocol.family,
        interfaceName: identity.interfaceName,
        priority: candidacy.priority,
        wantsMaster: candidacy.wantsMaster,
        advertisementInterval: timing.advertisementInterval,
        downTimerAdverts: timing.downTimerAdverts,
        preempt: manners.preempt,
        preemptDelay: manners.preemptDelay,
        accept: manners.accept,
        startupDelay: parts.startupDelay,
        authentication: parts.authentication,
        checksum: traffic.checksum,
        destination: traffic.destination,
        tracksSourceAddress: traffic.tracksSourceAddress,
        tracksInterface: traffic.tracksInterface,
        addresses: holdings.addresses,
        excludedAddresses: holdings.excludedAddresses,
        announcements: parts.announcements,
        lowerPriorityNoAdvert: manners.lowerPriorityNoAdvert,
        higherPrioritySendAdvert: manners.higherPrioritySendAdvert,
        ownerIgnoresAdverts: manners.ownerIgnoresAdverts,
        checksAddressesOnce: manners.checksAddressesOnce,
        checksUnicastSource: traffic.checksUnicastSource,
        faultWithoutPeers: traffic.faultWithoutPeers,
        strict: protocol.strict,
    };
    const source = traffic.sourceAddress ?? sourceOfLink(parts.links);
    if (source !== undefined) {
        router.sourceAddress = source;
    }
    if (parts.links.own !== undefined) {
        router.virtualLink = { name: parts.links.own.name, carriesAdvertisements: parts.carriesAdvertisements };
    }
    if (parts.links.all.length > 0) {
        router.virtualLinks = parts.links.all;
    }
    if (parts.receiveBuffer !== undefined) {
        router.receiveBuffer = parts.receiveBuffer;
    }
    if (parts.delayAfterBoot > NO_TIME) {
        router.delayAfterBoot = parts.delayAfterBoot;
    }
    if (parts.promotesSecondaries) {
        router.promotesSecondaries = true;
    }
    if (parts.syncDaemon !== undefined) {
        router.syncDaemon = parts.syncDaemon;
    }
    if (manners.timerExpiredBackup !== undefined) {
        router.timerExpiredBackup = manners.timerExpiredBackup;
    }
    if (parts.trackers !== undefined) {
        router.trackers = parts.trackers;
    }
    if (parts.routes.length > 0) {
        router.routes = parts.routes;
    }
    if (parts.rules.length > 0) {
        router.rules = parts.rules;
    }
    return router;
}

/** Version 3 and strict mode want an address unless told otherwise; version 2 is only asked whether that is meant. */
function mayOwnNothing(instance: Instance, protocol: Protocol, scope: Scope): boolean {
    if (instance.no_virtual_ipaddress && !protocol.strict) {
        return true;
    }
    const isNeeded = protocol.version === 3 || protocol.strict;
    scope.report(instance.at, {
        code: "no-addresses",
        errorClass: "general",
        message: `(${instance.name}) has no virtual_ipaddress`,
        allowed: isNeeded && !protocol.strict ? "at least one, or no_virtual_ipaddress" : "at least one",
        consequence: isNeeded ? "the virtual router is left out" : "it takes part without an address",
        lacks: "virtual_ipaddress",
    });
    return !isNeeded;
}
