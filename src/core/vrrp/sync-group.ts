import { after, type Duration, type Instant, isDue } from "../base/instant.ts";
import { commonState } from "./group-state.ts";
import type { TransitionCause, VrrpState } from "./reports.ts";
import type { RouterEvent, Turn } from "./router-events.ts";
import { SyncBond, SyncTally } from "./sync-bond.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/** Tells one member something, without a word to its group. */
export type TellMember = (member: VirtualRouter, event: RouterEvent, turn: Turn) => void;

/**
 * One `vrrp_sync_group`: its members are all active, all in backup or all in FAULT.
 *
 * It goes to active when each member would be active by itself; one member in backup takes all others there, and one at fault all others.
 * Whoever starts it moves first, the others follow in the order of the configuration, then the group itself is reported.
 */
export class SyncGroup {
    readonly name: string;
    readonly members: readonly VirtualRouter[];
    readonly #tell: TellMember;
    readonly #tally: SyncTally;
    #state: VrrpState;
    #announcesAgainAt: Instant | undefined;

    /** @param former the state of the group that had its name before */
    constructor(name: string, members: readonly VirtualRouter[], tell: TellMember, former: VrrpState | undefined) {
        this.name = name;
        this.members = members;
        this.#tell = tell;
        this.#state = former ?? "initialize";
        this.#tally = new SyncTally(members.length);
        this.#tally.isActive = former === "active";
        for (const member of members) {
            member.join(new SyncBond(this.#tally));
        }
    }

    /** Where all members are, or are about to go. */
    get state(): VrrpState {
        return this.#state;
    }

    /** The members were in these states when their process died: nothing that is so still is reported again. */
    takeUp(states: readonly VrrpState[]): void {
        this.#state = commonState(states);
        this.#tally.isActive = this.#state === "active";
    }

    /** One member has dealt with an event: the others go where it went. */
    follow(leader: VirtualRouter, turn: Turn): void {
        const target = this.#targetAfter(leader.state);
        if (target !== undefined && target !== this.#state) {
            const cause = leader.lastCause ?? { type: "startup" };
            this.#move(target, cause, turn, leader);
        }
        if (this.#tally.isOutranking) {
            this.#tally.isOutranking = false;
            this.#announceWith(leader, turn);
        }
    }

    /** One is a member no longer: if it waited or was at fault for the others' sake only, it does so no more. */
    letGo(member: VirtualRouter, turn: Turn): void {
        if (member.state === "initialize" || member.state === "fault") {
            this.#release(member, turn);
        }
    }

    /** Members came or went, or have just begun: brings all of them to one state. */
    settle(cause: TransitionCause, turn: Turn): void {
        if (this.#tally.waiting > 0) {
            return;
        }
        // They may have waited for one that is no member any more.
        for (const member of this.members.filter(({ state }) => state === "initialize")) {
            this.#release(member, turn);
        }
        const states = this.members.map((member) => member.state);
        const isOver = this.#tally.faulty === 0 && states.includes("fault");
        const target = isOver ? "backup" : this.#tally.faulty > 0 ? "fault" : commonState(states);
        if (target !== this.#state || states.some((state) => state !== target)) {
            this.#move(target, cause, turn);
        }
    }

    /** All members have been told to stop, or the group is no more. */
    stop(cause: TransitionCause, turn: Turn): void {
        this.#enter("initialize", cause, turn);
    }

    /** Where the group goes when one member is in this state; undefined when that makes no difference. */
    #targetAfter(state: VrrpState): VrrpState | undefined {
        if (state === "initialize" || this.#tally.waiting > 0) {
            return undefined;
        }
        return this.#tally.faulty > 0 ? "fault" : state;
    }

    #move(to: VrrpState, cause: TransitionCause, turn: Turn, leader?: VirtualRouter): void {
        const event: RouterEvent = {
            type: "synced",
            to,
            group: this.name,
            isBrief: cause.type === "address-removed" || cause.type === "route-removed",
        };
        this.#tally.isActive = to === "active";
        turn.effects.push({ type: "report", report: { type: "group-syncing", group: this.name, to } });
        for (const member of this.members) {
            if (member !== leader && member.state !== to) {
                this.#tell(member, event, turn);
            }
        }
        this.#enter(to, cause, turn);
    }

    #release(member: VirtualRouter, turn: Turn): void {
        this.#tell(member, { type: "synced", to: "backup", group: this.name, isBrief: false }, turn);
    }

    #enter(to: VrrpState, cause: TransitionCause, turn: Turn): void {
        const from = this.#state;
        this.#state = to;
        this.#tally.isActive = to === "active";
        if (from !== to) {
            turn.effects.push({ type: "report", report: { type: "group-state-changed", group: this.name, from, to, cause } });
        }
    }

    /** Hosts may have learned the wrong router for all members' addresses; once in an interval will do, however many members say so. */
    #announceWith(leader: VirtualRouter, turn: Turn): void {
        if (this.#announcesAgainAt !== undefined && !isDue(this.#announcesAgainAt, turn.now)) {
            return;
        }
        this.#announcesAgainAt = after(turn.now, (leader.settings.advertisementInterval / 2) as Duration);
        for (const member of this.members) {
            if (member !== leader) {
                this.#tell(member, { type: "group-outranks" }, turn);
            }
        }
    }
}
