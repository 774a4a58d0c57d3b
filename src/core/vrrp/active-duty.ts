import type { VirtualAddress } from "../address/virtual-address.ts";
import { after, between, type Duration, earliest, isDue, microseconds, sum } from "../base/instant.ts";
import type { VrrpPacket } from "../packet/vrrp.ts";
import type { TrackedStanding } from "../track/tracked-sum.ts";
import { standingOf } from "./election.ts";
import type { ReceivedPacket } from "./events.ts";
import type { RouterCore } from "./router-core.ts";
import type { RouterEvent, Turn } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { activeDownInterval, OWNER_PRIORITY, STOP_PRIORITY } from "./timers.ts";

/** How many of the longer interval a rival owner may take to notice that it has to give way. */
const RIVAL_PATIENCE = 1.2;

/** What an Active Router does (RFC 9568 §6.4.3): advertises, and answers others that say they are active too. */
export class ActiveDuty {
    readonly #core: RouterCore;

    constructor(core: RouterCore) {
        this.#core = core;
    }

    /** Advertises and announces what is due. */
    wake(turn: Turn): void {
        if (isDue(this.#core.advertiseAt, turn.now)) {
            this.#core.advertise(turn);
        }
        this.#core.addresses.announceDue(turn);
    }

    /** Judges what came in: goes on, or gives way. */
    hear(received: ReceivedPacket, turn: Turn): void {
        const core = this.#core;
        const packet = core.reception.receive(received, undefined, turn);
        const own = core.attachment.source;
        if (packet === undefined || own === undefined) {
            return;
        }
        const [router, from, priority] = [core.name, received.source, packet.priority];
        if (priority === STOP_PRIORITY) {
            core.report({ type: "priority-zero-seen", router, from, state: "active" }, turn);
            core.advertise(turn);
            return;
        }
        switch (standingOf({ priority, address: from }, { priority: core.effectivePriority, address: own })) {
            case "higher":
                this.#giveWay(packet, received, turn);
                return;
            case "lower":
                this.#outrank(packet, received, turn);
                return;
            case "same-address":
                core.reception.complain("same-address-seen", from, turn, () => ({ type: "same-address-seen", router, from }));
                return;
        }
    }

    /** Keepalived: back to backup for Skew_Time only, then active again with all addresses. One that is not tracked is just put up again. */
    loseAddress(address: VirtualAddress, turn: Turn): void {
        const core = this.#core;
        core.context.counters.foreignRemovals += 1;
        if (!address.isTracked) {
            core.addresses.takeUpAgain(address, turn);
            return;
        }
        core.watch.forget();
        core.watch.restartWithSkew(turn.now);
        core.becomeBackup({ type: "address-removed", address: address.address }, turn);
    }

    /** As for an address that is tracked. */
    loseRoute(what: string, turn: Turn): void {
        const core = this.#core;
        core.context.counters.foreignRemovals += 1;
        core.watch.forget();
        core.watch.restartWithSkew(turn.now);
        core.becomeBackup({ type: "route-removed", what }, turn);
    }

    /**
     * The loop stood still. An Active Router goes on and lets the election decide, unless `timer_expired_backup` tells the highest priority that
     * others have, and that one has had the time to take over.
     */
    yieldAfterStall(lateness: Duration, turn: Turn): void {
        const core = this.#core;
        const { timerExpiredBackup, version, downTimerAdverts, advertisementInterval } = core.settings;
        if (timerExpiredBackup === undefined || core.advertiseAt === undefined) {
            return;
        }
        const inputs = { version, priority: timerExpiredBackup, activeAdvertisementInterval: advertisementInterval, downTimerAdverts };
        const silence = sum(between(core.advertiseAt, turn.now), advertisementInterval);
        if (silence > activeDownInterval(inputs)) {
            core.watch.forget();
            core.watch.restart(turn.now);
            core.becomeBackup({ type: "stalled", lateness }, turn);
        }
    }

    /** New settings: the difference of the addresses, the new interval at once, the new contents with the next advertisement. */
    configure(settings: VirtualRouterSettings, standing: TrackedStanding, turn: Turn): void {
        const core = this.#core;
        const before = core.settings;
        core.configure(settings, standing, turn);
        core.watch.takeOver(core.effectivePriority);
        core.addresses.changeFrom(before, turn);
        core.advertiseAt = earliest(core.advertiseAt, after(turn.now, settings.advertisementInterval));
        core.attach(core.attachment, turn);
    }

    /** Goes where the other members of its sync group went; to backup without priority 0, as when it gives way itself. */
    follow({ to, group, isBrief }: RouterEvent & { readonly type: "synced" }, turn: Turn): void {
        const { watch } = this.#core;
        if (to !== "backup") {
            this.#core.reviewFaults(turn);
            return;
        }
        watch.forget();
        if (isBrief) {
            watch.restartWithSkew(turn.now);
        } else {
            watch.restart(turn.now);
        }
        this.#core.becomeBackup({ type: "sync-group", group }, turn);
    }

    #outrank(packet: VrrpPacket, received: ReceivedPacket, turn: Turn): void {
        const core = this.#core;
        const [router, from, own] = [core.name, received.source, core.effectivePriority];
        const patience = microseconds(Math.max(packet.interval, core.settings.advertisementInterval) * RIVAL_PATIENCE);
        if (packet.priority === OWNER_PRIORITY && core.ownerConflict.rivalHeard(patience, turn.now)) {
            core.isYielding = true;
            core.report({ type: "owner-conflict", router, from }, turn);
            this.#giveWay(packet, received, turn);
            return;
        }
        const forcesElection = !core.settings.lowerPriorityNoAdvert;
        core.report({ type: "lower-priority-seen", router, from, priority: packet.priority, own, forcesElection }, turn);
        if (forcesElection) {
            core.advertise(turn);
        }
        core.addresses.lowerPrioritySeen(turn);
        core.context.bond?.outranks();
    }

    /** Without priority 0: the other one is active already. */
    #giveWay(packet: VrrpPacket, received: ReceivedPacket, turn: Turn): void {
        const core = this.#core;
        if (core.settings.higherPrioritySendAdvert) {
            core.advertiser.send(core.effectivePriority, turn);
        }
        core.watch.learn(packet, received.source);
        core.watch.restart(turn.now);
        core.becomeBackup({ type: "higher-priority", from: received.source, priority: packet.priority }, turn);
    }
}
