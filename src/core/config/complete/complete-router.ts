import { completeHoldings } from "./addresses.ts";
import { completeAnnouncements } from "./announcements.ts";
import { completeAuthentication } from "./authentication.ts";
import type { CompletedRouter } from "./completed-router.ts";
import { completeTraffic } from "./destination.ts";
import { completeCandidacy, completeManners } from "./election.ts";
import { completeIdentity } from "./identity.ts";
import { completeProtocol, type Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";
import { completeTiming } from "./timing.ts";

/** One virtual router out of its `vrrp_instance`; undefined when something is missing without which it cannot run. */
export function completeRouter(instance: Instance, scope: Scope): CompletedRouter | undefined {
    const identity = completeIdentity(instance, scope);
    if (identity === undefined) {
        return undefined;
    }
    const protocol = completeProtocol(instance, scope);
    const candidacy = completeCandidacy(instance, protocol, scope);
    const holdings = completeHoldings(instance, protocol, identity.interfaceName, scope);
    if (holdings.addresses.length === 0 && !mayOwnNothing(instance, protocol, scope)) {
        return undefined;
    }
    return {
        ...identity,
        ...protocol,
        ...completeTiming(instance, protocol, scope),
        ...candidacy,
        authentication: completeAuthentication(instance, protocol, scope),
        ...completeTraffic(instance, protocol, scope),
        ...completeManners(instance, candidacy, protocol, scope),
        startupDelay: scope.globals.startupDelay,
        announcements: completeAnnouncements(instance, protocol, scope),
        ...holdings,
    };
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
    });
    return !isNeeded;
}
