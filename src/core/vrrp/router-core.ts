import { after, earliest, type Instant } from "../base/instant.ts";
import { ActiveWatch } from "./active-watch.ts";
import { AddressHolder } from "./address-holder.ts";
import { Advertiser } from "./advertiser.ts";
import { type Attachment, attachmentFaults, DETACHED } from "./attachment.ts";
import { OwnerConflict } from "./owner-conflict.ts";
import { PacketGuard } from "./packet-guard.ts";
import { Reception } from "./reception.ts";
import type { FaultReason, TransitionCause, VrrpReport, VrrpState } from "./reports.ts";
import type { RouterContext } from "./router-context.ts";
import { RouterCounters } from "./router-counters.ts";
import type { Turn } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";
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
    readonly guard: PacketGuard;
    readonly watch: ActiveWatch;
    readonly ownerConflict = new OwnerConflict();
    /** Adver_Timer: when the next advertisement is due; undefined unless active. */
    advertiseAt: Instant | undefined;
    /** An owner gave way to another owner, and says 254 until that one is gone. */
    isYielding = false;
    readonly #syncFollower: SyncFollower;
    #state: VrrpState = "initialize";
    #faults: readonly FaultReason[] = [];
    #lastTransition: { readonly at: Instant; readonly cause: TransitionCause } | undefined;

    constructor(settings: VirtualRouterSettings) {
        this.context = { settings, attachment: DETACHED, counters: new RouterCounters() };
        this.advertiser = new Advertiser(this.context);
        this.reception = new Reception(this.context, this.advertiser);
        this.addresses = new AddressHolder(this.context);
        this.guard = new PacketGuard(this.context);
        this.#syncFollower = new SyncFollower(this.context);
        // RFC 9568 §6.1 makes Skew_Time of the priority; an owner's stays 255 even while it yields to another owner.
        this.watch = new ActiveWatch(this.context, () => this.settings.priority);
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
        return this.isYielding ? YIELDING_PRIORITY : this.settings.priority;
    }

    /** Begins: in FAULT where it cannot take part, as Active Router where it owns the addresses, listening otherwise (RFC 9568 §6.4.1). */
    begin(ownerMayStart: boolean, listensFrom: Instant, turn: Turn): void {
        this.#faults = attachmentFaults(this.settings, this.attachment);
        const isOwner = this.settings.priority === OWNER_PRIORITY;
        if (this.#faults.length === 0 && isOwner && ownerMayStart) {
            this.becomeActive({ type: "owner" }, turn);
            return;
        }
        this.addresses.releaseAll(turn);
        for (const reason of this.#faults) {
            this.report({ type: "fault-raised", router: this.name, reason }, turn);
        }
        if (this.#faults.length > 0) {
            this.#changeState("fault", { type: "startup" }, turn);
            return;
        }
        // `state MASTER` makes no difference: whoever is no owner listens first.
        if (isOwner) {
            this.watch.expireAt(listensFrom);
        } else {
            this.watch.restart(listensFrom);
        }
        this.#changeState("backup", { type: "startup" }, turn);
    }

    /** Takes up a predecessor's state as if there had been no break: where nothing changes, nothing is reported. */
    goOn(predecessor: VirtualRouterSnapshot, turn: Turn): void {
        this.#state = predecessor.state;
        this.#faults = predecessor.faults;
        this.#lastTransition = predecessor.lastTransition;
        this.context.counters.restore(predecessor.counters);
        this.watch.restore(predecessor, turn.now);
        if (this.#state === "active") {
            this.advertiseAt = earliest(predecessor.advertiseAt, after(turn.now, this.settings.advertisementInterval));
            this.guard.raise(turn);
            this.addresses.takeUp(turn);
        } else {
            this.addresses.releaseAll(turn);
        }
        if (this.#state === "backup") {
            // What was sent while nobody listened is lost.
            this.watch.listenFirst(turn.now);
        }
        this.#syncFollower.follow(this.#state, turn);
        this.attach(this.attachment, turn);
    }

    /** RFC 9568 §6.4.2: the advertisement first, so that the former Active Router lets go of the addresses, then the addresses. */
    becomeActive(cause: TransitionCause, turn: Turn): void {
        this.isYielding = false;
        this.context.counters.becameActive += 1;
        this.watch.takeOver(this.settings.priority);
        this.advertise(turn);
        this.guard.raise(turn);
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
        if (this.#state === "initialize") {
            return;
        }
        const before = this.#faults;
        this.#faults = attachmentFaults(this.settings, attachment);
        const raised = this.#faults.filter((reason) => !before.includes(reason));
        const cleared = before.filter((reason) => !this.#faults.includes(reason));
        for (const reason of raised) {
            this.report({ type: "fault-raised", router: this.name, reason }, turn);
        }
        for (const reason of cleared) {
            this.report({ type: "fault-cleared", router: this.name, reason }, turn);
        }
        const [reason] = this.#faults;
        if (reason === undefined && this.#state === "fault") {
            this.#leaveFault(turn);
        } else if (reason !== undefined && this.#state !== "fault") {
            this.#enterFault(reason, turn);
        }
    }

    /** Takes new settings on; timers and addresses are the caller's. */
    configure(settings: VirtualRouterSettings, turn: Turn): void {
        const before = this.settings.priority;
        this.context.settings = settings;
        this.advertiser.refresh();
        this.watch.reconfigured();
        this.#syncFollower.follow(this.#state, turn);
        if (before !== settings.priority) {
            this.isYielding = false;
            this.report({ type: "priority-changed", router: this.name, from: before, to: settings.priority }, turn);
        }
    }

    /** Tells what happened. */
    report(report: VrrpReport, turn: Turn): void {
        turn.effects.push({ type: "report", report });
    }

    /** All that it knows. */
    snapshot(): VirtualRouterSnapshot {
        const { name, vrid, family, version, interfaceName, priority } = this.settings;
        return {
            ...{ name, vrid, family, version, interfaceName },
            state: this.#state,
            faults: this.#faults,
            basePriority: priority,
            effectivePriority: this.effectivePriority,
            ...this.watch.snapshot(),
            ...(this.advertiseAt !== undefined && { advertiseAt: this.advertiseAt }),
            ...(this.#lastTransition && { lastTransition: this.#lastTransition }),
            counters: this.context.counters.snapshot(),
        };
    }

    #enterFault(reason: FaultReason, turn: Turn): void {
        this.watch.forget();
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
        this.watch.restart(turn.now);
        this.#changeState("backup", { type: "fault-cleared" }, turn);
    }

    #leaveActive(keepsAddresses: boolean, to: VrrpState, cause: TransitionCause, turn: Turn): void {
        this.advertiseAt = undefined;
        this.context.counters.releasedActive += 1;
        this.addresses.giveUp(keepsAddresses, turn);
        if (!keepsAddresses) {
            this.guard.lower(turn);
        }
        this.#changeState(to, cause, turn);
        if (!keepsAddresses) {
            this.report({ type: "addresses-removed", router: this.name, count: this.addresses.count }, turn);
        }
    }

    #changeState(to: VrrpState, cause: TransitionCause, turn: Turn): void {
        const from = this.#state;
        this.#state = to;
        this.#lastTransition = { at: turn.now, cause };
        this.reception.forget();
        this.ownerConflict.clear();
        this.#syncFollower.follow(to, turn);
        this.report({ type: "state-changed", router: this.name, from, to, cause, priority: this.effectivePriority }, turn);
    }
}
