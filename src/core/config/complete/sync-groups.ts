import type { CompletedGroup } from "./completed-router.ts";
import { isOwner } from "./election.ts";
import type { Configuration, Instance, Report } from "./scope.ts";

type SyncGroup = Configuration["vrrp_sync_group"][number];

/** Which virtual routers keep in step with which: members that do not exist or belong elsewhere already are left out and said. */
export class SyncGroups {
    readonly #members = new Map<SyncGroup, readonly Instance[]>();
    readonly #groupOf = new Map<string, SyncGroup>();

    constructor(configuration: Configuration, report: Report) {
        const instances = new Map(configuration.vrrp_instance.map((instance) => [instance.name, instance]));
        for (const group of configuration.vrrp_sync_group) {
            const members = this.#membersOf(group, instances, report);
            this.#members.set(group, members);
            reportSize(group, members.length, report);
            reportOwners(group, members, report);
        }
    }

    /** The group of the virtual router of that name. */
    of(name: string): SyncGroup | undefined {
        return this.#groupOf.get(name);
    }

    /** The first member that owns its addresses. */
    ownerIn(group: SyncGroup): string | undefined {
        return this.#members.get(group)?.find(isOwner)?.name;
    }

    /** The groups as they are to run: of those virtual routers that do. */
    completed(isRunning: (name: string) => boolean): readonly CompletedGroup[] {
        return Array.from(this.#members, ([group, members]) => ({
            name: group.name,
            members: members.map(({ name }) => name).filter(isRunning),
        })).filter(({ members }) => members.length > 0);
    }

    #membersOf(group: SyncGroup, instances: ReadonlyMap<string, Instance>, report: Report): readonly Instance[] {
        const members: Instance[] = [];
        for (const [index, name] of group.group.entries()) {
            const member = instances.get(name);
            const other = this.#groupOf.get(name);
            if (member !== undefined && other === undefined) {
                this.#groupOf.set(name, group);
                members.push(member);
                continue;
            }
            const refusal = other === undefined ? "does not exist" : `is a member of ${other.name} already`;
            report(group.positions.group?.[index] ?? group.at, {
                code: "group-member-refused",
                errorClass: "general",
                message: `virtual router ${name} in sync group ${group.name} ${refusal}`,
                consequence: "it is left out of the group",
            });
        }
        return members;
    }
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

/** An owner is active from the start and whenever it can; others wait, and the group with them. */
function reportOwners(group: SyncGroup, members: readonly Instance[], report: Report): void {
    const owner = members.find(isOwner);
    const other = members.find((member) => !isOwner(member));
    if (owner !== undefined && other !== undefined) {
        report(group.at, {
            code: "group-owners-mixed",
            errorClass: "general",
            message: `sync group ${group.name}: ${owner.name} owns its addresses (priority 255), and ${other.name} does not`,
            consequence: "the owner waits for the others, as if it were none",
        });
    }
}
