import type { TransitionCause } from "./reports.ts";
import type { Turn } from "./router-events.ts";
import type { SyncGroupSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";
import { SyncGroup, type TellMember } from "./sync-group.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/** All sync groups, and who is in which. Whether an event moves a group costs the same however many members there are. */
export class SyncGroups {
    readonly #tell: TellMember;
    #groups: ReadonlyMap<string, SyncGroup> = new Map();
    #byMember: ReadonlyMap<VirtualRouter, SyncGroup> = new Map();

    constructor(tell: TellMember) {
        this.#tell = tell;
    }

    /** Whether there is a group. */
    get areAny(): boolean {
        return this.#groups.size > 0;
    }

    /** Takes on new groups; those whose members are the same ones go on as they are. */
    configure(wanted: readonly SyncGroupSettings[], routers: ReadonlyMap<string, VirtualRouter>, turn: Turn): void {
        const former = this.#groups;
        const kept = new Set<VirtualRouter>();
        const groups = new Map<string, SyncGroup>();
        const members = new Map<VirtualRouter, SyncGroup>();
        const fresh = new Set<VirtualRouter>();
        for (const { name, members: names } of wanted) {
            const here = names.flatMap((member) => routers.get(member) ?? []);
            const before = former.get(name);
            const isSame = before !== undefined && isSameList(before.members, here);
            const group = isSame ? before : new SyncGroup(name, here, this.#tell, before?.state);
            groups.set(name, group);
            for (const member of here) {
                members.set(member, group);
                (isSame ? kept : fresh).add(member);
            }
        }
        for (const [member, group] of this.#byMember) {
            if (!kept.has(member) && !fresh.has(member)) {
                member.join(undefined);
                group.letGo(member, turn);
            }
        }
        for (const [name, group] of former) {
            if (!groups.has(name)) {
                group.stop({ type: "reconfigured" }, turn);
            }
        }
        [this.#groups, this.#byMember] = [groups, members];
    }

    /** One virtual router has dealt with an event: the others of its group go where it went. */
    follow(router: VirtualRouter, turn: Turn): void {
        this.#byMember.get(router)?.follow(router, turn);
    }

    /** What predecessors of all members of a group were in is what the group was in. */
    takeUp(predecessorOf: (router: VirtualRouter) => VirtualRouterSnapshot | undefined): void {
        for (const group of this.#groups.values()) {
            const predecessors = group.members.map((member) => predecessorOf(member));
            if (predecessors.every((predecessor) => predecessor !== undefined)) {
                group.takeUp(predecessors.map((predecessor) => predecessor.state));
            }
        }
    }

    /** Brings the members of each group to one state. */
    settle(cause: TransitionCause, turn: Turn): void {
        for (const group of this.#groups.values()) {
            group.settle(cause, turn);
        }
    }

    /** All virtual routers have stopped. */
    stop(turn: Turn): void {
        for (const group of this.#groups.values()) {
            group.stop({ type: "stop" }, turn);
        }
    }
}

function isSameList(left: readonly VirtualRouter[], right: readonly VirtualRouter[]): boolean {
    return left.length === right.length && left.every((member, index) => member === right[index]);
}
