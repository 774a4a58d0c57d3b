import { earliest, type Instant } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { vridOf } from "../packet/vrrp.ts";
import { TrackerTable } from "../track/tracker-table.ts";
import type { AuthenticationMeans } from "./auth/authenticity.ts";
import { type KeyedDigests, NO_DIGESTS } from "./auth/keyed-digests.ts";
import { TimeOfDay } from "./auth/time-of-day.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { ReceivedPacket, SpeakerEvent } from "./events.ts";
import { heardAt } from "./packet-time.ts";
import { Predecessors } from "./predecessors.ts";
import { Reload } from "./reload.ts";
import type { TransitionCause } from "./reports.ts";
import type { RouterEvent, Turn } from "./router-events.ts";
import { RouterRota } from "./router-rota.ts";
import type { SyncGroupSettings, VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";
import { StartDelay } from "./start-delay.ts";
import { StrayPackets } from "./stray-packets.ts";
import { Surroundings } from "./surroundings.ts";
import { SyncGroups } from "./sync-groups.ts";
import { VirtualRouter } from "./virtual-router.ts";

/** So many virtual routers take on new settings in one turn of the loop: well under a millisecond. */
const RELOAD_SHARE = 16;

/**
 * All virtual routers of one machine: hands each event to those whom it concerns, and wakes them when their time has come.
 *
 * A packet, a deadline, an address or a claim costs the same with one virtual router as with a thousand; a link event costs as much as there
 * are routers on that link.
 */
export class VrrpSpeaker implements Machine<SpeakerEvent, SpeakerEffect> {
    readonly #surroundings = new Surroundings({
        tell: (router, event, turn) => this.#tell(router, event, turn),
        track: (news, turn) => this.#track(this.#trackers.tell(news), turn),
    });
    readonly #strays = new StrayPackets();
    readonly #startDelay = new StartDelay();
    readonly #rota = new RouterRota();
    readonly #trackers = new TrackerTable<VirtualRouter>();
    readonly #predecessors = new Predecessors();
    readonly #groups = new SyncGroups((router, event, turn) => this.#rota.deliver(router, event, turn));
    readonly #timeOfDay = new TimeOfDay();
    readonly #means: AuthenticationMeans;
    #routers: ReadonlyMap<string, VirtualRouter> = new Map();
    #reload: Reload | undefined;
    /** When the reload is to go on. */
    #reloadAt: Instant | undefined;
    #isStarted = false;

    /** @param digests what AH and `auth_hmac` sign with */
    constructor(digests: KeyedDigests = NO_DIGESTS) {
        this.#means = { digests, timeOfDay: this.#timeOfDay };
    }

    /** The earliest deadline of all virtual routers; now, while a reload is under way. */
    get wakeAt(): Instant | undefined {
        return this.#reload === undefined ? this.#rota.wakeAt : earliest(this.#rota.wakeAt, this.#reloadAt);
    }

    /** Whether the earliest deadline is a takeover: an Active Router's silence is about to last too long. */
    get isTakeoverNext(): boolean {
        return this.#reload === undefined && this.#rota.isTakeoverNext;
    }

    /** What all virtual routers know, in the order of the configuration. */
    snapshots(): VirtualRouterSnapshot[] {
        return Array.from(this.#routers.values(), (router) => this.#snapshotOf(router));
    }

    /** What a successor has to know that takes over while this one still works. */
    snapshotsForSuccessor(): VirtualRouterSnapshot[] {
        return Array.from(this.#routers.values(), (router) => ({ ...this.#snapshotOf(router), ...router.legacy }));
    }

    /** What one virtual router knows; undefined when there is none of that name. */
    snapshot(name: string): VirtualRouterSnapshot | undefined {
        const router = this.#routers.get(name);
        return router && this.#snapshotOf(router);
    }

    /** How many packets came for a VRID that nobody here has, or were too short to have one. */
    get strayPackets(): number {
        return this.#strays.count;
    }

    /** Takes one event; the effects are to be carried out in order. */
    handle(event: SpeakerEvent, now: Instant): readonly SpeakerEffect[] {
        const turn: Turn = { now, effects: [] };
        this.#dispatch(event, turn);
        return turn.effects;
    }

    #dispatch(event: SpeakerEvent, turn: Turn): void {
        switch (event.type) {
            case "wake":
                this.#wake(turn);
                return;
            case "packet":
                this.#receive(event.packet, turn);
                return;
            case "addresses-claimed":
                this.#tellNamed(event.router, { type: "claimed", addresses: event.addresses, isLast: event.isLast }, turn);
                return;
            case "claim-failed":
                this.#tellNamed(event.router, { type: "claim-failed", address: event.address, code: event.code }, turn);
                return;
            case "route-lost":
                this.#tellNamed(event.router, { type: "route-lost", what: event.what }, turn);
                return;
            case "link":
            case "link-gone":
            case "address-added":
            case "address-removed":
                this.#surroundings.hear(event, turn);
                return;
            case "time-of-day":
                this.#timeOfDay.offset = event.offset;
                return;
            case "stalled":
                this.#tellAll({ type: "stalled", lateness: event.lateness }, turn);
                return;
            case "tracker":
                this.#track(this.#trackers.tell(event), turn);
                return;
            case "configure":
                this.#configure(event.routers, event.groups ?? [], turn);
                return;
            case "restore":
                this.#predecessors.set(event.snapshots);
                return;
            case "start":
                this.#startDelay.begin(turn.now, event.bootedAt);
                this.#start(turn);
                return;
            case "stop":
                this.#finishReload(turn);
                this.#isStarted = false;
                this.#tellAll({ type: "stop", keepsAddresses: event.keepsAddresses, cause: { type: "stop" } }, turn);
                this.#groups.stop(turn);
                return;
            default:
                unreachable(event);
        }
    }

    #wake(turn: Turn): void {
        for (const router of this.#rota.takeDue(turn.now)) {
            this.#tell(router, WAKE, turn);
        }
        this.#goOnReloading(RELOAD_SHARE, turn);
    }

    #receive(packet: ReceivedPacket, turn: Turn): void {
        const vrid = vridOf(packet.payload, packet.protocol);
        const router =
            vrid === undefined ? undefined : this.#surroundings.places.directory.find(packet.interfaceIndex, packet.family, vrid, packet);
        if (router === undefined) {
            this.#strays.note(packet, vrid, this.#surroundings.links.at(packet.interfaceIndex)?.name, turn);
        } else {
            this.#tell(router, { type: "packet", packet }, { now: heardAt(packet, turn.now), effects: turn.effects });
        }
    }

    #start(turn: Turn): void {
        this.#isStarted = true;
        const routers = [...this.#routers.values()];
        for (const news of routers.flatMap(({ settings }) => this.#predecessors.of(settings)?.trackers ?? [])) {
            this.#track(this.#trackers.adopt(news), turn);
        }
        this.#groups.takeUp(({ settings }) => this.#predecessors.of(settings));
        for (const router of routers) {
            this.#begin(router, turn);
        }
        this.#settle({ type: "startup" }, turn);
        this.#predecessors.set([]);
    }

    /** All members of a group have to be told before the group looks at them: see `#settle`. */
    #begin(router: VirtualRouter, turn: Turn): void {
        if (this.#isStarted) {
            const listensFrom = this.#startDelay.listensFrom(router.settings, turn.now);
            this.#rota.deliver(router, { type: "start", predecessor: this.#predecessors.of(router.settings), listensFrom }, turn);
        }
    }

    #settle(cause: TransitionCause, turn: Turn): void {
        if (this.#isStarted) {
            this.#groups.settle(cause, turn);
        }
    }

    #configure(wanted: readonly VirtualRouterSettings[], groups: readonly SyncGroupSettings[], turn: Turn): void {
        this.#finishReload(turn);
        // Members of a group take on what is new together; so does everybody before the start.
        const isWhole = !this.#isStarted || groups.length > 0 || this.#groups.areAny;
        const reload: Reload = new Reload(this.#routers, wanted, {
            make: (settings) => new VirtualRouter(settings, this.#means),
            rename,
            dismiss: (router, now) => this.#dismiss(router, now),
            admit: (router, now) => this.#admit(router, now),
            change: (router, settings, now) => this.#change(router, settings, now),
            attach: (router, now) => this.#surroundings.attach(router, now),
            regroup: (now) => this.#groups.configure(groups, reload.routers, now),
            begin: (router, now) => this.#begin(router, now),
            settle: (now) => this.#settle({ type: "reconfigured" }, now),
        });
        this.#routers = reload.routers;
        this.#reload = reload;
        this.#goOnReloading(isWhole ? Number.POSITIVE_INFINITY : RELOAD_SHARE, turn);
    }

    #finishReload(turn: Turn): void {
        this.#goOnReloading(Number.POSITIVE_INFINITY, turn);
    }

    #goOnReloading(share: number, turn: Turn): void {
        const reload = this.#reload;
        reload?.step(share, turn);
        this.#reloadAt = turn.now;
        if (reload?.isOver === true) {
            this.#reload = undefined;
            turn.effects.push({ type: "configured", changed: [...reload.changed], gone: reload.gone });
        }
    }

    #dismiss(router: VirtualRouter, turn: Turn): void {
        this.#tell(router, { type: "stop", keepsAddresses: false, cause: { type: "reconfigured" } }, turn);
        this.#takeOut(router);
    }

    #admit(router: VirtualRouter, turn: Turn): void {
        this.#surroundings.enter(router);
        this.#tell(router, { type: "tracked", standing: this.#trackers.enter(router, router.settings.trackers) }, turn);
    }

    #change(router: VirtualRouter, settings: VirtualRouterSettings, turn: Turn): void {
        this.#takeOut(router);
        this.#tell(router, { type: "configured", settings, standing: this.#trackers.enter(router, settings.trackers) }, turn);
        this.#surroundings.enter(router);
    }

    #takeOut(router: VirtualRouter): void {
        this.#surroundings.takeOut(router);
        this.#trackers.leave(router, router.settings.trackers ?? []);
    }

    #track(routers: readonly VirtualRouter[], turn: Turn): void {
        for (const router of routers) {
            this.#tell(router, { type: "tracked", standing: this.#trackers.standingOf(router) }, turn);
        }
    }

    #tellNamed(name: string, event: RouterEvent, turn: Turn): void {
        const router = this.#routers.get(name);
        if (router !== undefined) {
            this.#tell(router, event, turn);
        }
    }

    #tellAll(event: RouterEvent, turn: Turn): void {
        for (const router of this.#routers.values()) {
            this.#tell(router, event, turn);
        }
    }

    #tell(router: VirtualRouter, event: RouterEvent, turn: Turn): void {
        this.#rota.deliver(router, event, turn);
        this.#groups.follow(router, turn);
    }

    #snapshotOf(router: VirtualRouter): VirtualRouterSnapshot {
        const trackers = this.#trackers.newsOf(router.settings.trackers ?? []);
        return trackers.length === 0 ? router.snapshot() : { ...router.snapshot(), trackers };
    }
}

const WAKE: RouterEvent = { type: "wake" };

function rename(names: ReadonlyMap<VirtualRouter, string>, turn: Turn): void {
    turn.effects.push({ type: "renamed", names: Array.from(names, ([router, name]) => [router.settings.name, name]) });
    for (const [router, name] of names) {
        router.rename(name);
    }
}
