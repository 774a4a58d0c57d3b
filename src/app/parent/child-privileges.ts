import { readlinkSync } from "node:fs";
import type { Role } from "../../core/supervise/messages.ts";
import {
    type Capability,
    dutiesOf,
    missingRights,
    parentCapabilities,
    privilegesOf,
    type RoleDuties,
} from "../../core/supervise/privileges.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { capabilityMask, hasCapability, withinMask } from "../../io/system/capabilities.ts";
import type { DaemonConfiguration } from "../daemon-program.ts";
import type { SpawnPrivileges } from "./child-process.ts";

/** As whom the process of a role starts, and what it may do: never more than this process may. */
export function childPrivileges(system: NativeAddon, role: Role, configuration: DaemonConfiguration): SpawnPrivileges {
    const { capabilities, startsScripts } = privilegesOf(role, dutiesHere(role, configuration));
    const permitted = system.permittedCapabilities();
    const mask = withinMask(capabilityMask(system, capabilities), permitted);
    const narrowed = { capabilities: mask, noNewPrivileges: !startsScripts };
    if (!hasCapability(system, permitted, "SETPCAP")) {
        // A service manager has narrowed us down already; what root's children get at exec is for it to say.
        return process.getuid?.() === 0 ? { noNewPrivileges: !startsScripts } : narrowed;
    }
    const user = startsScripts ? undefined : configuration.processUser;
    return { ...narrowed, ...(startsScripts ? {} : { boundingCapabilities: mask }), rootGainsNothing: true, ...user };
}

/** What the daemon will not be able to do for want of rights that nobody gave it. */
export function rightsMissingHere(system: NativeAddon, roles: readonly Role[]): readonly string[] {
    const permitted = system.permittedCapabilities();
    return missingRights(roles, (capability) => hasCapability(system, permitted, capability));
}

/**
 * Takes from this process, the parent, all that neither it nor its children will ever need. Another user than root keeps what the service manager has given:
 * it outlives the exec of an upgrade only as long as nothing is changed about it, and without it no process could be started any more.
 */
export function giveAwayCapabilities(system: NativeAddon, configuration: DaemonConfiguration): void {
    if (process.getuid?.() !== 0) {
        return;
    }
    const duties: { readonly [R in Role]: RoleDuties } = {
        vrrp: dutiesHere("vrrp", configuration),
        runner: dutiesHere("runner", configuration),
        checkers: dutiesHere("checkers", configuration),
        bfd: dutiesHere("bfd", configuration),
    };
    const kept: readonly Capability[] = parentCapabilities(duties);
    // To have fewer is always allowed.
    system.keepCapabilities(withinMask(capabilityMask(system, kept), system.permittedCapabilities()));
}

function dutiesHere<R extends Role>(role: R, { settings }: DaemonConfiguration): RoleDuties {
    return dutiesOf(role, settings[role], !isFirstNamespace());
}

/** Whether the kernel tells of processes here: in the machine's first network namespace. */
function isFirstNamespace(): boolean {
    try {
        return readlinkSync("/proc/self/ns/net") === readlinkSync("/proc/1/ns/net");
    } catch {
        return false;
    }
}
