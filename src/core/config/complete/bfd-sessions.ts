import { type Duration, milliseconds } from "../../base/instant.ts";
import { formatIp, type IpAddress, ipKey, isLinkLocal } from "../../base/ip.ts";
import { utf8 } from "../../base/utf8.ts";
import type { BfdInstance } from "../blocks/bfd-instance.ts";
import type { Complaint } from "../complaint.ts";
import type { Position } from "../position.ts";
import type { Configuration, Report } from "./scope.ts";

/** One BFD session with every default filled in. */
export interface CompletedBfdSession {
    readonly name: string;
    readonly neighbor: IpAddress;
    readonly source?: IpAddress;
    readonly interfaceName?: string;
    readonly isMultihop: boolean;
    readonly isPassive: boolean;
    readonly isAdminDown: boolean;
    readonly minTx: Duration;
    readonly minRx: Duration;
    readonly idleTx: Duration;
    readonly multiplier: number;
    readonly ttl: number;
    readonly lowestTtl: number;
    readonly authentication?: CompletedBfdAuthentication;
    readonly consumers: readonly BfdFollower[];
}

/** A process that sessions have news for. */
export type BfdFollower = "vrrp" | "checkers";

/** Type, number and bytes of a key. */
export interface CompletedBfdAuthentication {
    readonly type: "simple" | "md5" | "meticulous-md5" | "sha1" | "meticulous-sha1";
    readonly keyId: number;
    readonly key: Uint8Array;
}

const USUAL_INTERVAL = milliseconds(10);
const USUAL_IDLE_INTERVAL = milliseconds(1_000);
const USUAL_MULTIPLIER = 5;
/** Keepalived's: RFC 5881 §5 wants 255 of both families. */
const USUAL_TTL = { 4: 255, 6: 64 } as const;
const MOST_HOPS = 255;
const LONGEST_SENSIBLE = milliseconds(10_000);
const LARGEST_SENSIBLE_MULTIPLIER = 10;
const LONGEST_KEY = 16;
const LONGEST_SHA1_KEY = 20;

/** The sessions of a configuration in the order of the file; those that cannot be are left out, with a complaint. */
export function completeBfdSessions(configuration: Configuration, report: Report): readonly CompletedBfdSession[] {
    const owners = new Map<string, string>();
    return configuration.bfd_instance.flatMap((instance) => {
        const { neighbor_ip: neighbor, name } = instance;
        if (neighbor === undefined || !isPossible(instance, neighbor, report)) {
            return [];
        }
        const key = `${ipKey(neighbor)} ${instance.source_ip === undefined ? "" : ipKey(instance.source_ip)} ${instance.interface ?? ""}`;
        const rival = owners.get(key);
        if (rival !== undefined) {
            complain(instance, instance.positions.neighbor_ip, report, {
                code: "duplicate-bfd-session",
                message: `BFD instances ${rival} and ${name} have the same neighbour ${formatIp(neighbor)} and the same source`,
                consequence: `${name} is left out`,
            });
            return [];
        }
        owners.set(key, name);
        adviseOn(instance, report);
        return [complete(instance, neighbor, report)];
    });
}

function isPossible(instance: BfdInstance, neighbor: IpAddress, report: Report): boolean {
    const { source_ip: source, name, positions } = instance;
    if (source !== undefined && source.family !== neighbor.family) {
        complain(instance, positions.source_ip, report, {
            code: "bfd-family-mismatch",
            message: `BFD instance ${name}: ${formatIp(source)} and ${formatIp(neighbor)} are not of the same family`,
            consequence: "the session is left out",
        });
        return false;
    }
    if (isLinkLocal(neighbor) && instance.interface === undefined) {
        complain(instance, positions.neighbor_ip, report, {
            code: "bfd-needs-interface",
            message: `BFD instance ${name}: ${formatIp(neighbor)} means nothing without its interface`,
            allowed: "interface NAME",
            consequence: "the session is left out",
        });
        return false;
    }
    return true;
}

function complete(instance: BfdInstance, neighbor: IpAddress, report: Report): CompletedBfdSession {
    const ttl = instance.ttl ?? USUAL_TTL[neighbor.family];
    const authentication = authenticationOf(instance, report);
    return {
        name: instance.name,
        neighbor,
        isMultihop: instance.multihop ?? false,
        isPassive: instance.passive,
        isAdminDown: instance.admin_down,
        minTx: instance.min_tx ?? USUAL_INTERVAL,
        minRx: instance.min_rx ?? USUAL_INTERVAL,
        idleTx: instance.idle_tx ?? USUAL_IDLE_INTERVAL,
        multiplier: instance.multiplier ?? USUAL_MULTIPLIER,
        ttl,
        lowestTtl: lowestTtlOf(instance, ttl, report),
        consumers: consumersOf(instance),
        ...(instance.source_ip !== undefined && { source: instance.source_ip }),
        ...(instance.interface !== undefined && { interfaceName: instance.interface }),
        ...(authentication !== undefined && { authentication }),
    };
}

function lowestTtlOf(instance: BfdInstance, ttl: number, report: Report): number {
    const hops = instance.max_hops ?? 0;
    if (hops === -1 || hops === MOST_HOPS) {
        return 0;
    }
    if (hops > ttl) {
        complain(instance, instance.positions.max_hops, report, {
            code: "max-hops-above-ttl",
            message: `BFD instance ${instance.name}: max_hops ${hops} exceeds the TTL ${ttl}`,
            consequence: `${ttl} is used`,
        });
    }
    return Math.max(0, ttl - hops);
}

/** Naming one consumer leaves the other out; naming none, or both, tells both. */
export function consumersOf({ vrrp, checker }: BfdInstance): readonly BfdFollower[] {
    if (vrrp === checker) {
        return ["vrrp", "checkers"];
    }
    return vrrp ? ["vrrp"] : ["checkers"];
}

function authenticationOf(instance: BfdInstance, report: Report): CompletedBfdAuthentication | undefined {
    if (instance.authentication === undefined) {
        return undefined;
    }
    const { type, keyId, key } = instance.authentication;
    const bytes = utf8(key);
    const longest = type.endsWith("sha1") ? LONGEST_SHA1_KEY : LONGEST_KEY;
    if (bytes.length > longest) {
        complain(instance, instance.positions.authentication, report, {
            code: "too-long",
            message: `BFD instance ${instance.name}: a key of ${bytes.length} bytes is too long for ${type}`,
            allowed: `up to ${longest}`,
            consequence: `its first ${longest} bytes are used`,
        });
    }
    return { type, keyId, key: bytes.slice(0, longest) };
}

function adviseOn(instance: BfdInstance, report: Report): void {
    for (const keyword of ["min_rx", "min_tx", "idle_tx"] as const) {
        const interval = instance[keyword];
        if (interval !== undefined && interval > LONGEST_SENSIBLE) {
            warn(instance, instance.positions[keyword], report, `${keyword} of ${interval / 1_000} ms is longer than sensible`);
        }
    }
    if (instance.multiplier !== undefined && instance.multiplier > LARGEST_SENSIBLE_MULTIPLIER) {
        warn(instance, instance.positions.multiplier, report, `multiplier ${instance.multiplier} is larger than sensible`);
    }
}

function warn(instance: BfdInstance, at: Position | undefined, report: Report, message: string): void {
    report(at ?? instance.at, {
        code: "bfd-more-than-sensible",
        errorClass: "warning",
        severity: "warning",
        message: `BFD instance ${instance.name}: ${message}`,
        consequence: "it is used all the same",
    });
}

function complain(instance: BfdInstance, at: Position | undefined, report: Report, complaint: Omit<Complaint, "errorClass">): void {
    report(at ?? instance.at, { errorClass: "general", ...complaint });
}
