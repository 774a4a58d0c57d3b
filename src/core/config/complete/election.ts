import type { Filled } from "../../base/filled.ts";
import { type Duration, NO_TIME } from "../../base/instant.ts";
import type { Position } from "../position.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";

const OWNER = 255;
const DEFAULT_PRIORITY = 100;
/** What others may have at most without owning the addresses. */
const HIGHEST_OF_OTHERS = 254;

/** With what weight a virtual router stands for election. */
export interface Candidacy {
    readonly priority: number;
    readonly wantsMaster: boolean;
}

/** How it behaves towards others of higher or lower priority. */
export interface Manners {
    readonly preempt: boolean;
    readonly preemptDelay: Duration;
    readonly accept: boolean;
    readonly lowerPriorityNoAdvert: boolean;
    readonly higherPrioritySendAdvert: boolean;
    readonly ownerIgnoresAdverts: boolean;
    readonly checksAddressesOnce: boolean;
    readonly timerExpiredBackup?: number;
}

/** The priority, as it is written or follows from `state`. */
function priorityOf(instance: Instance): number {
    return instance.priority ?? (instance.state === "MASTER" ? OWNER : DEFAULT_PRIORITY);
}

/** Whether a virtual router owns its addresses (priority 255). */
export function isOwner(instance: Instance): boolean {
    return priorityOf(instance) === OWNER;
}

/** Priority and wish follow from each other: `state MASTER` alone makes an address owner, and an owner wants to be master. */
export function completeCandidacy(instance: Instance, protocol: Protocol, scope: Scope): Candidacy {
    const wish = instance.state;
    const priority = priorityOf(instance);
    const wantsMaster = wish === undefined ? priority === OWNER : wish === "MASTER";
    if (protocol.strict && wantsMaster !== (priority === OWNER)) {
        scope.report(instance.positions.state ?? instance.at, {
            code: "strict-owner",
            errorClass: "general",
            message: `(${instance.name}) in strict mode state MASTER and priority 255 go together`,
            consequence: `the state follows the priority ${priority}`,
        });
        return { priority, wantsMaster: priority === OWNER };
    }
    return { priority, wantsMaster: refuseMasterWithAh(instance, { priority, wantsMaster }, scope) };
}

function refuseMasterWithAh(instance: Instance, candidacy: Candidacy, scope: Scope): boolean {
    const usesAh = instance.authentication?.auth_type === "AH";
    if (!usesAh || !candidacy.wantsMaster || candidacy.priority === OWNER) {
        return candidacy.wantsMaster;
    }
    scope.report(instance.positions.state ?? instance.at, {
        code: "ah-master",
        errorClass: "general",
        message: `(${instance.name}) state MASTER does not go with authentication header`,
        consequence: "BACKUP is used",
    });
    return false;
}

/** Preemption and the answers to others; what contradicts the wish to be master, or strict mode, is cleared and said. */
export function completeManners(instance: Instance, candidacy: Candidacy, protocol: Protocol, scope: Scope): Manners {
    const isOwner = candidacy.priority === OWNER;
    const preempt = completePreempt(instance, candidacy, scope);
    const manners: Filled<Manners> = {
        preempt,
        preemptDelay: completePreemptDelay(instance, { wantsMaster: candidacy.wantsMaster, preempt, strict: protocol.strict }, scope),
        accept: completeAccept(instance, { strict: protocol.strict && !isOwner, version: protocol.version }, scope),
        lowerPriorityNoAdvert: protocol.strict || (instance.lower_prio_no_advert ?? scope.globals.lowerPriorityNoAdvert),
        higherPrioritySendAdvert: !protocol.strict && (instance.higher_prio_send_advert ?? scope.globals.higherPrioritySendAdvert),
        ownerIgnoresAdverts: isOwner && (instance.owner_ignore_adverts ?? (protocol.strict || scope.globals.ownerIgnoresAdverts)),
        checksAddressesOnce: instance.skip_check_adv_addr ?? scope.globals.checksAddressesOnce,
    };
    if (instance.positions.timer_expired_backup !== undefined) {
        manners.timerExpiredBackup = instance.timer_expired_backup ?? HIGHEST_OF_OTHERS;
    }
    return manners;
}

/**
 * Of `accept` and `no_accept` the later one counts; by default only a strict router that owns no address refuses.
 * Strict version 2 knows no accept mode at all (RFC 3768 §6.4.3).
 */
function completeAccept(instance: Instance, protocol: Pick<Protocol, "strict" | "version">, scope: Scope): boolean {
    if (isLast(instance.positions.no_accept, instance.positions.accept)) {
        return false;
    }
    if (instance.accept && protocol.strict && protocol.version === 2) {
        scope.report(instance.positions.accept ?? instance.at, {
            code: "strict-accept",
            errorClass: "general",
            message: `(${instance.name}) strict version 2 knows no accept mode`,
            allowed: "accept with version 3, or without strict mode",
            consequence: "packets to the addresses are dropped",
        });
        return false;
    }
    return instance.accept || !protocol.strict;
}

/** Whether `one` was written, and not taken back by `other` further down. */
function isLast(one: Position | undefined, other: Position | undefined): boolean {
    return one !== undefined && (other === undefined || one > other);
}

function completePreempt(instance: Instance, candidacy: Candidacy, scope: Scope): boolean {
    if (!isLast(instance.positions.nopreempt, instance.positions.preempt)) {
        return true;
    }
    if (candidacy.priority !== OWNER && !candidacy.wantsMaster) {
        return false;
    }
    const cause = candidacy.priority === OWNER ? "priority 255" : "state MASTER";
    scope.report(instance.positions.nopreempt ?? instance.at, {
        code: "nopreempt-ignored",
        errorClass: "general",
        message: `(${instance.name}) nopreempt does not work with ${cause}`,
        consequence: "nopreempt is left out; write state BACKUP to keep it",
    });
    return true;
}

function completePreemptDelay(
    instance: Instance,
    election: { readonly wantsMaster: boolean; readonly preempt: boolean; readonly strict: boolean },
    scope: Scope,
): Duration {
    const delay = instance.preempt_delay;
    if (delay === undefined || delay === NO_TIME) {
        return NO_TIME;
    }
    const cause = election.strict ? "strict mode" : election.wantsMaster ? "state MASTER" : election.preempt ? undefined : "nopreempt";
    if (cause === undefined) {
        return delay;
    }
    scope.report(instance.positions.preempt_delay ?? instance.at, {
        code: "preempt-delay-ignored",
        errorClass: "general",
        message: `(${instance.name}) preempt_delay does not work with ${cause}`,
        consequence: "there is no delay",
    });
    return NO_TIME;
}
