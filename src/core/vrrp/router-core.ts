import { after, earliest, type Instant, latest } from "../base/instant.ts";
import { type TrackedStanding, UNTRACKED } from "../track/tracked-sum.ts";
import { ActiveWatch } from "./active-watch.ts";
import { AddressHolder } from "./address-holder.ts";
import { Advertiser } from "./advertiser.ts";
import { type Attachment, DETACHED } from "./attachment.ts";
import { type AuthenticationMeans, Authenticity } from "./auth/authenticity.ts";
import { OwnerConflict } from "./owner-conflict.ts";
import { effectivePriority } from "./priority.ts";
import { Reception } from "./reception.ts";
import type { FaultReason, TransitionCause, VrrpReport, VrrpState } from "./reports.ts";
import type { RouterContext } from "./router-context.ts";
import { RouterCounters } from "./router-counters.ts";
import type { Turn } from "./router-events.ts";
import { RouterFaults } from "./router-faults.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";
import type { SyncBond } from "./sync-bond.ts";
import { SyncFollower } from "./sync-follower.ts";
import { OWNER_PRIORITY } from "./timers.ts";

/** What an owner says after it gave way to another one. */
const YIELDING_PRIORITY = OWNER_PRIORITY - 1;

/** The inside of one virtual router: its parts, and the transitions between the states of RFC 9568 §6.4 and Keepalived's FAULT. */
export class RouterCore {
    readonly context: RouterContext;
    readonly advertiser: Advertiser;
    readonly reception: Reception;
    readonly addresses: AddressHolder;
    readonly watch: ActiveWatch;
    readonly ownerConflict = new OwnerConflict();
    readonly faults: RouterFaults;
    /** Adver_Timer: when the next advertisement is due; undefined unless active. */
    advertiseAt: Instant | undefined;
    /** An owner gave way to another owner, and says 254 until that one is gone. */
    isYielding = false;
    readonly #syncFollower = new SyncFollower();
    /** Keepalived's `vrrp_startup_delay`: what comes in before is thrown away, so that no silence counts before. */
    #listensFrom: Instant | undefined;
    #state: VrrpState = "initialize";
    #lastTransition: { readonly at: Instant; readonly cause: TransitionCause } | undefined;

    constructor(settings: VirtualRouterSettings, means: AuthenticationMeans) {
        const authenticity = new Authenticity(means);
        this.context = {
            settings,
            attachment: DETACHED,
            standing: UNTRACKED,
            bond: undefined,
            counters: new RouterCounters(),
            authenticity,
        };
        this.advertiser = new Advertiser(this.context);
        this.reception = new Reception(this.context, this.advertiser);
        this.addresses = new AddressHolder(this.context);
        this.faults = new RouterFaults(this.context);
        // RFC 9568 §6.1 makes Skew_Time of the priority; an owner's stays 255 even while it yields to another owner.
        this.watch = new ActiveWatch(this.context, () => effectivePriority(this.settings.priority, this.context.standing.weight));
    }

    /** What it is to be. */
    get settings(): VirtualRouterSettings {
        return this.context.settings;
    }

    /** Where it stands. */
    get attachment(): Attachment {
        return this.context.attachment;
    }

    /** Which of the four states. */
    get state(): VrrpState {
        return this.#state;
    }

    /** What it is called. */
    get name(): string {
        return this.settings.name;
    }

    /** The priority that it advertises and compares. */
    get effectivePriority(): number {
        return this.isYielding ? YIELDING_PRIORITY : effectivePriority(this.settings.priority, this.context.standing.weight);
    }

    /** Why the last change of state came about; undefined before the first. */
    get lastCause(): TransitionCause | undefined {
        return this.#lastTransition?.cause;
    }

    /** It is called that from now on; nothing else changes by that. */
    rename(name: string): void {
        this.context.settings = { ...this.settings, name };
        this.advertiser.refresh();
    }

    /** Joins a sync group, or with undefined leaves the one that it is in; nothing else changes by that. */
    join(bond: SyncBond | undefined): void {
        const isWilling = this.#state === "active" || this.context.bond?.isWilling === true;
        this.context.bond = bond;
        this.faults.tellGroup(this.#state);
        this.want(isWilling);
    }

    /** Begins: in FAULT where it cannot take part, as Active Router where it owns the addresses, listening otherwise (RFC 9568 §6.4.1). */
    begin(ownerMayStart: boolean, listensFrom: Instant, turn: Turn): void {
        const { bond } = this.context;
        this.#listensFrom = listensFrom;
        this.faults.restore([]);
        const faultReports = this.faults.review(this.#state);
        const [fault] = this.faults.reasons;
        const isFreeOwner = this.settings.priority === OWNER_PRIORITY && (bond?.mayStartActive ?? true);
        if (fault === undefined && isFreeOwner && ownerMayStart) {
            this.becomeActive({ type: "owner" }, turn);
            return;
        }
        this.addresses.releaseAll(turn);
        turn.effects.push(...faultReports.map((report) => ({ type: "report", report }) as const));
        if (fault !== undefined) {
            this.#changeState("fault", { type: "startup" }, turn);
            return;
        }
        this.want(this.settings.wantsMaster);
        // `state MASTER` alone makes no difference: whoever is no owner listens first. In a sync group it listens for a shorter time.
        if (isFreeOwner) {
            this.watch.expireAt(listensFrom);
        } else if (bond?.isWilling === true) {
            this.watch.restartSoon(listensFrom);
        } else {
            this.watch.restart(listensFrom);
        }
        this.#changeState("backup", { type: "startup" }, turn);
    }

    /** Whether it does not listen yet. */
    isDeaf(now: Instant): boolean {
        return this.#listensFrom !== undefined && now < this.#listensFrom;
    }

    /** Takes up a predecessor's state as if there had been no break: where nothing changes, nothing is reported. */
    goOn(predecessor: VirtualRouterSnapshot, turn: Turn): void {
        this.#state = predecessor.state;
        this.faults.restore(predecessor.faults);
        this.want(this.#state === "active" || predecessor.wantsActive === true);
        this.#lastTransition = predecessor.lastTransition;
        this.context.counters.restore(predecessor.counters);
        if (predecessor.sequences !== undefined) {
            this.context.authenticity.restore(predecessor.sequences, predecessor.state === "active");
        }
        this.watch.restore(predecessor, turn.now);
        if (this.#state === "active") {
            this.advertiseAt = earliest(predecessor.advertiseAt, after(turn.now, this.settings.advertisementInterval));
            this.addresses.takeUp(turn, predecessor.announcements);
        } else {
            this.addresses.releaseAll(turn);
        }
        if (this.#state === "backup") {
            // What was sent while nobody listened is lost.
            this.watch.listenFirst(turn.now);
        }
        this.#syncFollower.follow(this.settings, this.#state, turn);
        this.attach(this.attachment, turn);
    }

    /** RFC 9568 §6.4.2: the advertisement first, so that the former Active Router lets go of the addresses, then the addresses. */
    becomeActive(cause: TransitionCause, turn: Turn): void {
        this.isYielding = false;
        this.context.counters.becameActive += 1;
        this.want(true);
        this.watch.takeOver(this.effectivePriority);
        this.advertise(turn);
        this.addresses.takeUp(turn);
        this.#changeState("active", cause, turn);
        this.report({ type: "addresses-set", router: this.name, count: this.addresses.count }, turn);
    }

    /** Leaves the active state for backup; the watch's timer is set before. */
    becomeBackup(cause: TransitionCause, turn: Turn): void {
        this.#leaveActive(false, "backup", cause, turn);
    }

    /** Takes part no more: says so if it was active, and forgets what it knew. */
    stop(keepsAddresses: boolean, cause: TransitionCause, turn: Turn): void {
        this.watch.forget();
        this.want(false);
        if (this.#state === "active") {
            this.advertiser.resign(turn);
            this.#leaveActive(keepsAddresses, "initialize", cause, turn);
        } else {
            this.#changeState("initialize", cause, turn);
        }
    }

    /** Sends an advertisement and starts Adver_Timer (RFC 9568 §6.4.3). */
    advertise(turn: Turn): void {
        this.advertiser.send(this.effectivePriority, turn);
        this.ownerConflict.advertisementSent(turn.now);
        this.advertiseAt = after(turn.now, this.settings.advertisementInterval);
    }

    /** Takes note of where it stands, and of the faults that come and go with that. */
    attach(attachment: Attachment, turn: Turn): void {
        this.context.attachment = attachment;
        this.advertiser.refresh();
        this.reviewFaults(turn);
    }

    /** Goes to FAULT, or leaves it, as its own faults and those of its sync group want it. */
    reviewFaults(turn: Turn): void {
        if (this.#state === "initialize") {
            this.faults.tellGroup(this.#state);
            return;
        }
        for (const report of this.faults.review(this.#state)) {
            this.report(report, turn);
        }
        const [reason] = this.faults.reasons;
        if (reason === undefined && this.#state === "fault") {
            this.#leaveFault(turn);
        } else if (reason !== undefined && this.#state !== "fault") {
            this.#enterFault(reason, turn);
        }
    }

    /** What it tracks makes something else of it; the next advertisement says so, and timers are the caller's. */
    track(standing: TrackedStanding, turn: Turn): void {
        const before = this.effectivePriority;
        this.context.standing = standing;
        if (this.#state !== "initialize") {
            this.#reportPriority(before, turn);
        }
    }

    /** Takes new settings on; timers and addresses are the caller's. */
    configure(settings: VirtualRouterSettings, standing: TrackedStanding, turn: Turn): void {
        const [before, configuredBefore] = [this.effectivePriority, this.settings.priority];
        this.context.settings = settings;
        this.context.standing = standing;
        this.advertiser.refresh();
        this.watch.reconfigured();
        this.#syncFollower.follow(this.settings, this.#state, turn);
        if (configuredBefore !== settings.priority) {
            this.isYielding = false;
        }
        this.#reportPriority(before, turn);
    }

    /** Tells its sync group whether it would be active if the others could be too. */
    want(wantsActive: boolean): void {
        if (this.context.bond !== undefined) {
            this.context.bond.isWilling = wantsActive;
        }
    }

    /** Tells what happened. */
    report(report: VrrpReport, turn: Turn): void {
        turn.effects.push({ type: "report", report });
    }

    /** All that it knows. */
    snapshot(): VirtualRouterSnapshot {
        const { name, vrid, family, version, interfaceName, priority } = this.settings;
        const wantsActive = this.#state === "backup" && this.context.bond?.isWilling === true;
        const sequences = this.context.authenticity.snapshot();
        return {
            ...{ name, vrid, family, version, interfaceName },
            state: this.#state,
            faults: this.faults.reasons,
            basePriority: priority,
            effectivePriority: this.effectivePriority,
            ...(wantsActive && { wantsActive }),
            ...this.watch.snapshot(),
            ...(this.advertiseAt !== undefined && { advertiseAt: this.advertiseAt }),
            ...(this.#lastTransition && { lastTransition: this.#lastTransition }),
            counters: this.context.counters.snapshot(),
            ...(sequences && { sequences }),
        };
    }

    #enterFault(reason: FaultReason, turn: Turn): void {
        this.watch.forget();
        this.want(false);
        const cause: TransitionCause = { type: "fault", reason };
        if (this.#state === "active") {
            // Keepalived sends this twice; no peer needs the second.
            this.advertiser.resign(turn);
            this.#leaveActive(false, "fault", cause, turn);
        } else {
            this.#changeState("fault", cause, turn);
        }
    }

    /** Always to backup with the whole timer, the owner too, as Keepalived does; RFC 9568 §6.4.1 would let the owner start as active. */
    #leaveFault(turn: Turn): void {
        this.watch.restart(latest(turn.now, this.#listensFrom ?? turn.now));
        this.#changeState("backup", { type: "fault-cleared" }, turn);
        this.addresses.announceSource(turn);
    }

    #leaveActive(keepsAddresses: boolean, to: VrrpState, cause: TransitionCause, turn: Turn): void {
        this.advertiseAt = undefined;
        this.want(false);
        this.context.counters.releasedActive += 1;
        this.addresses.giveUp(keepsAddresses, turn);
        this.#changeState(to, cause, turn);
        if (!keepsAddresses) {
            this.report({ type: "addresses-removed", router: this.name, count: this.addresses.count }, turn);
        }
    }

    #reportPriority(before: number, turn: Turn): void {
        const { effectivePriority: to, name: router } = this;
        if (before !== to) {
            this.report({ type: "priority-changed", router, from: before, to, state: this.#state }, turn);
        }
    }

    #changeState(to: VrrpState, cause: TransitionCause, turn: Turn): void {
        const from = this.#state;
        this.#state = to;
        this.#lastTransition = { at: turn.now, cause };
        this.faults.tellGroup(to);
        this.reception.forget();
        this.ownerConflict.clear();
        this.#syncFollower.follow(this.settings, to, turn);
        this.report({ type: "state-changed", router: this.name, from, to, cause, priority: this.effectivePriority }, turn);
    }
}
