import type { Configuration, Report } from "./scope.ts";

type SyncGroup = Configuration["vrrp_sync_group"][number];

/** Looks through the groups: members that do not exist or belong elsewhere already, and groups that are left empty or with one member. */
export function checkSyncGroups(configuration: Configuration, report: Report): void {
    const instances = new Set(configuration.vrrp_instance.map((instance) => instance.name));
    const taken = new Map<string, string>();
    for (const group of configuration.vrrp_sync_group) {
        reportSize(group, countMembers(group, instances, taken, report), report);
    }
}

function countMembers(group: SyncGroup, instances: ReadonlySet<string>, taken: Map<string, string>, report: Report): number {
    let count = 0;
    for (const [index, member] of group.group.entries()) {
        const refusal = instances.has(member) ? otherGroup(taken.get(member)) : "does not exist";
        if (refusal === undefined) {
            taken.set(member, group.name);
            count += 1;
            continue;
        }
        report(group.positions.group?.[index] ?? group.at, {
            code: "group-member-refused",
            errorClass: "general",
            message: `virtual router ${member} in sync group ${group.name} ${refusal}`,
            consequence: "it is left out of the group",
        });
    }
    return count;
}

function otherGroup(name: string | undefined): string | undefined {
    return name === undefined ? undefined : `is a member of ${name} already`;
}

function reportSize(group: SyncGroup, count: number, report: Report): void {
    if (count === 0) {
        report(group.at, {
            code: "group-empty",
            errorClass: "general",
            message: `sync group ${group.name} has no members`,
            consequence: "the group is left out",
        });
    } else if (count === 1) {
        report(group.at, {
            code: "group-of-one",
            errorClass: "general",
            message: `sync group ${group.name} has one member only, so nothing is kept in step`,
            consequence: "the group is used as it stands",
        });
    }
}
