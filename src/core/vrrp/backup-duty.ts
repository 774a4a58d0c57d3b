import { type Duration, isDue } from "../base/instant.ts";
import type { VrrpPacket } from "../packet/vrrp.ts";
import type { TrackedStanding } from "../track/tracked-sum.ts";
import { mayPreempt } from "./election.ts";
import type { ReceivedPacket } from "./events.ts";
import type { VrrpState } from "./reports.ts";
import type { RouterCore } from "./router-core.ts";
import type { Turn } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { OWNER_PRIORITY, STOP_PRIORITY } from "./timers.ts";

/** What a Backup Router does (RFC 9568 §6.4.2): listens, and takes over when Active_Down_Timer fires. */
export class BackupDuty {
    readonly #core: RouterCore;

    constructor(core: RouterCore) {
        this.#core = core;
    }

    /** Takes over when nothing was heard for Active_Down_Interval. */
    wake(turn: Turn): void {
        const { watch, context } = this.#core;
        if (!isDue(watch.downAt, turn.now)) {
            return;
        }
        if (context.bond !== undefined && !context.bond.mayTakeOver) {
            this.#core.want(true);
            watch.restart(turn.now);
        } else {
            const lastActive = watch.address;
            const silence = watch.silence(turn.now);
            this.#core.becomeActive({ type: "active-down-timer", silence, ...(lastActive && { lastActive }) }, turn);
        }
    }

    /** Judges what came in, and waits on, waits anew, or waits for Skew_Time only. */
    hear(received: ReceivedPacket, turn: Turn): void {
        const core = this.#core;
        if (core.isDeaf(turn.now)) {
            return;
        }
        const packet = core.reception.receive(received, core.watch.address, turn);
        if (packet === undefined) {
            return;
        }
        const [router, from, priority, own] = [core.name, received.source, packet.priority, core.effectivePriority];
        if (priority === STOP_PRIORITY) {
            core.report({ type: "priority-zero-seen", router, from, state: "backup" }, turn);
            core.watch.restartWithSkew(turn.now);
        } else if (mayPreempt(priority, own, core.settings) && !core.watch.delaysPreemption(turn.now)) {
            // RFC 9568 §6.4.2: discarded, Active_Down_Timer runs on.
            core.report({ type: "lower-priority-discarded", router, from, priority, own }, turn);
        } else {
            this.#accept(packet, received, turn);
        }
    }

    /** The loop stood still for longer than an Active Router may be silent: what is missing may have been lost here. */
    listenAfterStall(lateness: Duration, turn: Turn): void {
        if (lateness > this.#core.watch.downInterval) {
            this.#core.watch.listenFirst(turn.now);
        }
    }

    /** New settings move the end of the running timer; they do not start it again. */
    configure(settings: VirtualRouterSettings, standing: TrackedStanding, turn: Turn): void {
        this.#shiftBy(() => this.#core.configure(settings, standing, turn), turn);
        this.#core.attach(this.#core.attachment, turn);
    }

    /** Another priority moves the end of the running timer likewise, by the difference of the Skew_Times. */
    track(standing: TrackedStanding, turn: Turn): void {
        this.#shiftBy(() => this.#core.track(standing, turn), turn);
        this.#core.reviewFaults(turn);
    }

    /** Goes where the other members of its sync group went. */
    follow(to: VrrpState, group: string, turn: Turn): void {
        if (to === "active") {
            this.#core.becomeActive({ type: "sync-group", group }, turn);
        } else {
            this.#core.reviewFaults(turn);
        }
    }

    #shiftBy(change: () => void, turn: Turn): void {
        const { watch } = this.#core;
        const before = watch.downInterval;
        change();
        watch.shift((watch.downInterval - before) as Duration, turn.now);
    }

    #accept(packet: VrrpPacket, received: ReceivedPacket, turn: Turn): void {
        const core = this.#core;
        if (packet.priority >= core.effectivePriority) {
            core.watch.stopPreemption();
        }
        const isAnother = core.watch.learn(packet, received.source);
        if (isAnother) {
            core.reception.forgetAllBut(received.source);
        }
        if (isAnother || packet.priority !== OWNER_PRIORITY) {
            core.isYielding = false;
        }
        core.want(false);
        core.watch.restart(turn.now);
    }
}
