import { standingPrefixLength } from "../address/virtual-address.ts";
import { DeadlineHeap } from "../base/heap.ts";
import { between, type Instant, milliseconds } from "../base/instant.ts";
import { equalIp, type IpAddress } from "../base/ip.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { vridOf } from "../packet/vrrp.ts";
import type { Attachment } from "./attachment.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { Link, ReceivedPacket, SpeakerEvent } from "./events.ts";
import { LinkTable } from "./link-table.ts";
import { OwnedIndex } from "./owned-index.ts";
import { RouterDirectory } from "./router-directory.ts";
import type { RouterEvent, Turn } from "./router-events.ts";
import { groupByIdentity, takeMatching } from "./router-identity.ts";
import { isSameData } from "./same-data.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";
import { StartDelay } from "./start-delay.ts";
import { StrayPackets } from "./stray-packets.ts";
import { OWNER_PRIORITY } from "./timers.ts";
import { VirtualRouter } from "./virtual-router.ts";

/**
 * All virtual routers of one machine: hands each event to those whom it concerns, and wakes them when their time has come.
 *
 * A packet, a deadline, an address or a claim costs the same with one virtual router as with a thousand; a link event costs as much as there
 * are routers on that link.
 */
export class VrrpSpeaker implements Machine<SpeakerEvent, SpeakerEffect> {
    readonly #links = new LinkTable();
    readonly #directory = new RouterDirectory();
    readonly #owned = new OwnedIndex();
    readonly #strays = new StrayPackets();
    readonly #startDelay = new StartDelay();
    readonly #deadlines = new DeadlineHeap<VirtualRouter>();
    readonly #onInterface = new Map<string, Set<VirtualRouter>>();
    #routers: ReadonlyMap<string, VirtualRouter> = new Map();
    #predecessors: ReadonlyMap<string, VirtualRouterSnapshot> = new Map();
    #isStarted = false;

    /** The earliest deadline of all virtual routers. */
    get wakeAt(): Instant | undefined {
        return this.#deadlines.earliest;
    }

    /** Whether the earliest deadline is a takeover: an Active Router's silence is about to last too long. */
    get isTakeoverNext(): boolean {
        return this.#deadlines.earliestOwner?.isWaiting === true;
    }

    /** What all virtual routers know, in the order of the configuration. */
    snapshots(): VirtualRouterSnapshot[] {
        return Array.from(this.#routers.values(), (router) => router.snapshot());
    }

    /** What one virtual router knows; undefined when there is none of that name. */
    snapshot(name: string): VirtualRouterSnapshot | undefined {
        return this.#routers.get(name)?.snapshot();
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
            case "link":
                this.#changeLink(event.link, turn);
                return;
            case "link-gone":
                this.#attachAllOn(this.#links.remove(event.interfaceIndex), turn);
                return;
            case "address-added":
                this.#addAddress(event.interfaceIndex, event.address, turn);
                return;
            case "address-removed":
                this.#removeAddress(event, turn);
                return;
            case "stalled":
                this.#tellAll({ type: "stalled", lateness: event.lateness }, turn);
                return;
            case "tracker":
                // No virtual router tracks anything but interfaces yet.
                return;
            case "configure":
                this.#configure(event.routers, turn);
                return;
            case "restore":
                this.#predecessors = new Map(event.snapshots.map((snapshot) => [snapshot.name, snapshot]));
                return;
            case "start":
                this.#startDelay.begin(turn.now, event.bootedAt);
                this.#start(turn);
                return;
            case "stop":
                this.#isStarted = false;
                this.#tellAll({ type: "stop", keepsAddresses: event.keepsAddresses, cause: { type: "stop" } }, turn);
                return;
            default:
                unreachable(event);
        }
    }

    #wake(turn: Turn): void {
        for (let router = this.#deadlines.takeDue(turn.now); router !== undefined; router = this.#deadlines.takeDue(turn.now)) {
            this.#tell(router, WAKE, turn);
        }
    }

    #receive(packet: ReceivedPacket, turn: Turn): void {
        const vrid = vridOf(packet.payload, packet.protocol);
        const router = vrid === undefined ? undefined : this.#directory.find(packet.interfaceIndex, packet.family, vrid, packet);
        if (router === undefined) {
            this.#strays.note(packet, vrid, this.#links.at(packet.interfaceIndex)?.name, turn);
        } else {
            this.#tell(router, { type: "packet", packet }, { now: heardAt(packet, turn.now), effects: turn.effects });
        }
    }

    #start(turn: Turn): void {
        this.#isStarted = true;
        for (const router of this.#routers.values()) {
            this.#startRouter(router, turn);
        }
        this.#predecessors = new Map();
    }

    #startRouter(router: VirtualRouter, turn: Turn): void {
        const { name, vrid, family, interfaceName } = router.settings;
        const found = this.#predecessors.get(name);
        const isSame = found?.vrid === vrid && found.family === family && found.interfaceName === interfaceName;
        const listensFrom = this.#startDelay.listensFrom(router.settings, turn.now);
        this.#tell(router, { type: "start", predecessor: isSame ? found : undefined, listensFrom }, turn);
    }

    #configure(wanted: readonly VirtualRouterSettings[], turn: Turn): void {
        const former = groupByIdentity(this.#routers.values());
        const kept = wanted.map((settings) => takeMatching(former, settings));
        for (const router of [...former.values()].flat()) {
            this.#remove(router, turn);
        }
        const routers = new Map<string, VirtualRouter>();
        const fresh: VirtualRouter[] = [];
        for (const [index, settings] of wanted.entries()) {
            const match = kept[index];
            const router = match ?? new VirtualRouter(settings);
            routers.set(settings.name, router);
            if (match === undefined) {
                fresh.push(router);
                this.#enter(router);
            } else if (!isSameData(match.settings, settings)) {
                this.#takeOut(match);
                this.#tell(match, { type: "configured", settings }, turn);
                this.#enter(match);
            }
        }
        this.#routers = routers;
        for (const router of routers.values()) {
            this.#attach(router, turn);
        }
        for (const router of this.#isStarted ? fresh : []) {
            this.#startRouter(router, turn);
        }
    }

    #remove(router: VirtualRouter, turn: Turn): void {
        this.#tell(router, { type: "stop", keepsAddresses: false, cause: { type: "reconfigured" } }, turn);
        this.#takeOut(router);
    }

    #enter(router: VirtualRouter): void {
        const { interfaceName } = router.settings;
        const neighbours = this.#onInterface.get(interfaceName) ?? new Set();
        this.#onInterface.set(interfaceName, neighbours.add(router));
        this.#owned.add(router);
        this.#directory.place(router, this.#links.named(interfaceName)?.index);
    }

    #takeOut(router: VirtualRouter): void {
        this.#onInterface.get(router.settings.interfaceName)?.delete(router);
        this.#owned.remove(router);
        this.#directory.place(router, undefined);
    }

    #changeLink(link: Link, turn: Turn): void {
        const formerName = this.#links.put(link);
        this.#attachAllOn(formerName, turn);
        this.#attachAllOn(link.name, turn);
    }

    #addAddress(interfaceIndex: number, address: IpAddress, turn: Turn): void {
        this.#links.addAddress(interfaceIndex, address);
        const name = this.#links.at(interfaceIndex)?.name;
        this.#attachForAddress(name, address, turn);
    }

    #removeAddress(event: SpeakerEvent & { readonly type: "address-removed" }, turn: Turn): void {
        this.#links.removeAddress(event.interfaceIndex, event.address);
        const name = this.#links.at(event.interfaceIndex)?.name;
        if (name !== undefined && !event.isOurs) {
            for (const { router, address } of this.#owned.ownersOf(name, event.address)) {
                if (standingPrefixLength(address) === event.prefixLength) {
                    this.#tell(router, { type: "address-lost", address }, turn);
                }
            }
        }
        this.#attachForAddress(name, event.address, turn);
    }

    /** Another address may be another source; a virtual address can only be the source of those who own it. */
    #attachForAddress(name: string | undefined, address: IpAddress, turn: Turn): void {
        const owners = name === undefined ? [] : this.#owned.ownersOf(name, address);
        if (owners.length === 0) {
            this.#attachAllOn(name, turn);
        }
        for (const { router } of owners) {
            const { source } = router.attachment;
            if (source === undefined || equalIp(source, address)) {
                this.#attach(router, turn);
            }
        }
    }

    #attachAllOn(name: string | undefined, turn: Turn): void {
        for (const router of (name !== undefined && this.#onInterface.get(name)) || []) {
            this.#attach(router, turn);
        }
    }

    #attach(router: VirtualRouter, turn: Turn): void {
        const link = this.#links.named(router.settings.interfaceName);
        const source = link && this.#sourceOf(router, link);
        const before = router.attachment;
        if (link === before.link && equalIp(source, before.source)) {
            return;
        }
        if (link?.index !== before.link?.index) {
            this.#directory.place(router, link?.index);
        }
        const attachment: Attachment = { ...(link && { link }), ...(source && { source }) };
        this.#tell(router, { type: "attached", attachment }, turn);
    }

    #sourceOf(router: VirtualRouter, link: Link): IpAddress | undefined {
        const { sourceAddress, tracksSourceAddress, family, priority } = router.settings;
        if (sourceAddress !== undefined) {
            return tracksSourceAddress && !this.#links.holds(link.index, sourceAddress) ? undefined : sourceAddress;
        }
        const own = this.#links.sourceAddress(link.index, family, (address) => this.#owned.ownersOf(link.name, address).length === 0);
        // An owner's virtual address is its interface's own.
        return own ?? (priority === OWNER_PRIORITY ? this.#links.sourceAddress(link.index, family, () => true) : undefined);
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
        router.handle(event, turn);
        this.#deadlines.set(router, router.wakeAt);
    }
}

/**
 * When a packet counts as heard: when the kernel took it in, not when we came to read it, or every timer would be late by the way in between.
 * What lay longer is no longer a matter of the way but of a stall, after which timers start from now.
 */
function heardAt({ arrivedAt }: ReceivedPacket, now: Instant): Instant {
    return arrivedAt !== undefined && arrivedAt <= now && between(arrivedAt, now) <= LONGEST_WAY ? arrivedAt : now;
}

const LONGEST_WAY = milliseconds(20);

const WAKE: RouterEvent = { type: "wake" };
