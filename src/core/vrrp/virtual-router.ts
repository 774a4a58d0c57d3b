import { earliest, type Instant, latest } from "../base/instant.ts";
import { unreachable } from "../base/result.ts";
import { ActiveDuty } from "./active-duty.ts";
import type { Attachment } from "./attachment.ts";
import type { AuthenticationMeans } from "./auth/authenticity.ts";
import { BackupDuty } from "./backup-duty.ts";
import type { TransitionCause, VrrpState } from "./reports.ts";
import { RouterCore } from "./router-core.ts";
import type { RouterEvent, Turn } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";
import type { SyncBond } from "./sync-bond.ts";

/** One virtual router: what each state makes of each event. What is then done stands in the two duties and in the core. */
export class VirtualRouter {
    readonly #core: RouterCore;
    readonly #backup: BackupDuty;
    readonly #active: ActiveDuty;
    /** From when on it may listen; undefined until it has been told to start. */
    #startsAt: Instant | undefined;

    constructor(settings: VirtualRouterSettings, means: AuthenticationMeans) {
        this.#core = new RouterCore(settings, means);
        this.#backup = new BackupDuty(this.#core);
        this.#active = new ActiveDuty(this.#core);
    }

    /** What it is to be. */
    get settings(): VirtualRouterSettings {
        return this.#core.settings;
    }

    /** Where it stands. */
    get attachment(): Attachment {
        return this.#core.attachment;
    }

    /** Which of the four states. */
    get state(): VrrpState {
        return this.#core.state;
    }

    /** Why the last change of state came about; undefined before the first. */
    get lastCause(): TransitionCause | undefined {
        return this.#core.lastCause;
    }

    /** It is called that from now on. */
    rename(name: string): void {
        this.#core.rename(name);
    }

    /** Joins a sync group, or with undefined leaves the one that it is in. */
    join(bond: SyncBond | undefined): void {
        this.#core.join(bond);
    }

    /** Whether it is a backup that waits for the Active Router's silence to last too long. */
    get isWaiting(): boolean {
        return this.#core.state === "backup";
    }

    /** When it wants to be woken; undefined means not at all. */
    get wakeAt(): Instant | undefined {
        return earliest(this.#core.advertiseAt, this.#core.watch.downAt, this.#core.addresses.nextAt);
    }

    /** All that it knows. */
    snapshot(): VirtualRouterSnapshot {
        return this.#core.snapshot();
    }

    /** What a successor that follows without a break has to know besides; absent when its addresses are still to be announced. */
    get legacy(): Pick<VirtualRouterSnapshot, "announcements"> {
        const announcements = this.#core.state === "active" ? this.#core.addresses.planned : undefined;
        return announcements === undefined ? {} : { announcements };
    }

    /** Takes one event; effects go to the turn. */
    handle(event: RouterEvent, turn: Turn): void {
        switch (this.#core.state) {
            case "initialize":
                this.#whileInitialize(event, turn);
                return;
            case "backup":
                this.#whileBackup(event, turn);
                return;
            case "active":
                this.#whileActive(event, turn);
                return;
            case "fault":
                this.#whileFault(event, turn);
                return;
            default:
                unreachable(this.#core.state);
        }
    }

    /** RFC 9568 §6.4.1. */
    #whileInitialize(event: RouterEvent, turn: Turn): void {
        switch (event.type) {
            case "start":
                this.#start(event, turn);
                return;
            case "attached":
                this.#core.attach(event.attachment, turn);
                return;
            case "configured":
                this.#core.configure(event.settings, event.standing, turn);
                this.#core.reviewFaults(turn);
                this.#begin(turn);
                return;
            case "tracked":
                this.#core.track(event.standing, turn);
                this.#core.reviewFaults(turn);
                this.#begin(turn);
                return;
            case "synced": // Nobody of the group has to wait any more.
                this.#begin(turn);
                return;
            case "group-outranks": // Nothing of ours stands.
            case "wake": // No timer runs yet.
            case "packet": // Neither the RFC nor Keepalived listens here.
            case "claimed": // The answer to an order of an earlier life.
            case "claim-failed":
            case "address-lost": // Nothing of ours stands.
            case "route-lost":
            case "stalled": // Nothing was missed.
                return;
            case "stop":
                this.#startsAt = undefined;
                return;
            default:
                unreachable(event);
        }
    }

    /** RFC 9568 §6.4.2. */
    #whileBackup(event: RouterEvent, turn: Turn): void {
        switch (event.type) {
            case "wake":
                this.#backup.wake(turn);
                return;
            case "packet":
                this.#backup.hear(event.packet, turn);
                return;
            case "attached":
                this.#core.attach(event.attachment, turn);
                return;
            case "stalled":
                this.#backup.listenAfterStall(event.lateness, turn);
                return;
            case "configured":
                this.#backup.configure(event.settings, event.standing, turn);
                return;
            case "tracked":
                this.#backup.track(event.standing, turn);
                return;
            case "synced":
                this.#backup.follow(event.to, event.group, turn);
                return;
            case "stop":
                this.#stop(event, turn);
                return;
            case "group-outranks": // Nothing of ours stands.
            case "claimed": // An order that has been taken back since.
            case "claim-failed":
            case "address-lost": // Nothing of ours stands.
            case "route-lost":
            case "start": // It has.
                return;
            default:
                unreachable(event);
        }
    }

    /** RFC 9568 §6.4.3. */
    #whileActive(event: RouterEvent, turn: Turn): void {
        switch (event.type) {
            case "wake":
                this.#active.wake(turn);
                return;
            case "packet":
                this.#active.hear(event.packet, turn);
                return;
            case "attached":
                this.#core.attach(event.attachment, turn);
                return;
            case "claimed":
                this.#core.addresses.claimed(event.addresses, event.isLast, turn);
                return;
            case "claim-failed": {
                const { address, code } = event;
                this.#core.report({ type: "address-refused", router: this.#core.name, address: address.address, code }, turn);
                return;
            }
            case "address-lost":
                this.#active.loseAddress(event.address, turn);
                return;
            case "route-lost":
                this.#active.loseRoute(event.what, turn);
                return;
            case "stalled":
                this.#active.yieldAfterStall(event.lateness, turn);
                return;
            case "configured":
                this.#active.configure(event.settings, event.standing, turn);
                return;
            case "tracked":
                this.#core.track(event.standing, turn);
                this.#core.reviewFaults(turn);
                return;
            case "synced":
                this.#active.follow(event, turn);
                return;
            case "group-outranks":
                this.#core.addresses.lowerPrioritySeen(turn);
                return;
            case "stop":
                this.#stop(event, turn);
                return;
            case "start": // It has.
                return;
            default:
                unreachable(event);
        }
    }

    /** Keepalived's FAULT: out of the race until every reason is gone. */
    #whileFault(event: RouterEvent, turn: Turn): void {
        switch (event.type) {
            case "attached":
                this.#core.attach(event.attachment, turn);
                return;
            case "configured":
                this.#core.configure(event.settings, event.standing, turn);
                this.#core.reviewFaults(turn);
                return;
            case "tracked":
                this.#core.track(event.standing, turn);
                this.#core.reviewFaults(turn);
                return;
            case "synced": // The others' faults are over; our own may be not.
                this.#core.reviewFaults(turn);
                return;
            case "stop":
                this.#stop(event, turn);
                return;
            case "group-outranks": // Nothing of ours stands.
            case "wake": // No timer runs.
            case "packet": // Keepalived does not look at packets either.
            case "claimed": // An order that has been taken back since.
            case "claim-failed":
            case "address-lost": // Nothing of ours stands.
            case "route-lost":
            case "stalled": // Nothing was missed.
            case "start": // It has.
                return;
            default:
                unreachable(event);
        }
    }

    #start({ predecessor, listensFrom }: RouterEvent & { readonly type: "start" }, turn: Turn): void {
        if (predecessor !== undefined && predecessor.state !== "initialize") {
            this.#core.goOn(predecessor, turn);
            return;
        }
        this.#startsAt = listensFrom;
        if (this.#core.faults.mustWait) {
            this.#core.addresses.releaseAll(turn);
        }
        this.#begin(turn);
    }

    /** Begins, unless it has not been told to, or has to wait for the first word of something that it or its sync group tracks. */
    #begin(turn: Turn): void {
        if (this.#startsAt === undefined || this.#core.faults.mustWait) {
            return;
        }
        const listensFrom = latest(this.#startsAt, turn.now);
        this.#core.begin(listensFrom <= turn.now, listensFrom, turn);
    }

    #stop({ keepsAddresses, cause }: RouterEvent & { readonly type: "stop" }, turn: Turn): void {
        this.#startsAt = undefined;
        this.#core.stop(keepsAddresses, cause, turn);
    }
}
