import type { TrackerUse } from "../../track/tracker-use.ts";
import type { Position } from "../position.ts";
import type { Configuration, Report } from "./scope.ts";

type TrackGroup = Configuration["track_group"][number];

/** Something that may be tied to a group. */
interface Tied {
    readonly at: Position;
    readonly track_group?: string | undefined;
}

/**
 * Which virtual routers need which static addresses, routes and rules: all that is tied to a `track_group` is tracked, as one thing, by each
 * of its members. Names of nothing are said.
 */
export function completeTrackGroups(configuration: Configuration, report: Report): ReadonlyMap<string, readonly TrackerUse[]> {
    const instances = new Set(configuration.vrrp_instance.map(({ name }) => name));
    const uses = new Map<string, TrackerUse[]>();
    for (const group of configuration.track_group) {
        for (const member of membersOf(group, instances, report)) {
            const others = uses.get(member) ?? [];
            uses.set(member, others);
            others.push({ kind: "static", name: group.name, weight: 0, isReversed: false });
        }
    }
    reportTies(configuration, report);
    return uses;
}

function membersOf(group: TrackGroup, instances: ReadonlySet<string>, report: Report): ReadonlySet<string> {
    const members = new Set<string>();
    for (const [index, name] of group.group.entries()) {
        if (instances.has(name)) {
            members.add(name);
            continue;
        }
        report(group.positions.group?.[index] ?? group.at, {
            code: "group-member-refused",
            errorClass: "general",
            message: `virtual router ${name} in track group ${group.name} does not exist`,
            consequence: "it is left out of the group",
        });
    }
    return members;
}

function reportTies({ track_group, static_ipaddress, static_routes, static_rules }: Configuration, report: Report): void {
    const groups = new Set(track_group.map(({ name }) => name));
    const tied: readonly Tied[] = [...static_ipaddress, ...static_routes, ...static_rules];
    for (const { at, track_group: name } of tied) {
        if (name !== undefined && !groups.has(name)) {
            report(at, {
                code: "track-group-unknown",
                errorClass: "general",
                message: `track_group ${name} is not defined`,
                consequence: "no virtual router needs it",
            });
        }
    }
}
