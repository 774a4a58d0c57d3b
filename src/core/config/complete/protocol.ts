import type { Family } from "../../base/ip.ts";
import type { Instance, Scope } from "./scope.ts";

/** Which protocol a virtual router speaks. */
export interface Protocol {
    readonly family: Family;
    readonly version: 2 | 3;
    readonly strict: boolean;
}

/**
 * The family follows from what the instance owns, else from `native_ipv6`, its source and its peers; the version is its own, else 3 for IPv6, else the
 * global one. Strict mode knows IPv6 in version 3 only.
 */
export function completeProtocol(instance: Instance, scope: Scope): Protocol {
    const family = familyOf(instance);
    const strict = instance.strict_mode ?? scope.globals.strict;
    const wanted = instance.version ?? (family === 6 ? 3 : scope.globals.version);
    const version = wanted === 3 ? 3 : 2;
    if (strict && family === 6 && version === 2) {
        scope.report(instance.positions.version ?? instance.at, {
            code: "strict-version",
            errorClass: "general",
            message: `(${instance.name}) strict mode allows IPv6 with version 3 only`,
            consequence: "version 3 is used",
        });
        return { family, version: 3, strict };
    }
    return { family, version, strict };
}

/** The family that an instance is of, by what it owns or says. */
export function familyOf(instance: Instance): Family {
    const [first] = instance.virtual_ipaddress;
    if (first !== undefined) {
        return first.address.address.family;
    }
    if (instance.native_ipv6) {
        return 6;
    }
    const source = instance.unicast_src_ip ?? instance.mcast_src_ip;
    return source?.family ?? instance.unicast_peer[0]?.address.family ?? 4;
}
