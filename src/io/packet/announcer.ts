import type { VirtualAddress } from "../../core/address/virtual-address.ts";
import { equalBytes } from "../../core/base/bytes.ts";
import { after, type Instant, milliseconds } from "../../core/base/instant.ts";
import type { Family } from "../../core/base/ip.ts";
import type { Mac } from "../../core/base/mac.ts";
import { AnnouncementTemplate, MAX_ANNOUNCEMENT_LENGTH } from "../../core/packet/announcement.ts";
import type { Link } from "../../core/vrrp/events.ts";
import type { AnnouncementPort, BulkLane, BulkWork, Clock } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller, type TxBatch } from "../native/addon.ts";
import { refuse } from "../native/sys.ts";
import { AnnouncementPace, type AnnouncementPacing } from "./announcement-pace.ts";
import { type Announcement, AnnouncementQueue, type AnnouncingLink } from "./announcement-queue.ts";
import { LINUX } from "./linux-numbers.ts";
import { SOCKET_ADDRESS_LENGTH, writeLinkSocketAddress } from "./socket-address.ts";

const BATCH = 64;
const SHARE = 16;
const RETRY = milliseconds(10);
const MAC_LENGTH = 6;

/** What the announcer is made of. */
export interface AnnouncerSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly bulk: BulkLane;
    readonly linkByName: (name: string) => Link | undefined;
    /** Whether this machine forwards IPv6 on the interface: the router flag of Neighbour Advertisements. */
    readonly isRouter: (interfaceName: string) => boolean;
    /** Gaps to keep; undefined is none. */
    readonly pacingOf: (interfaceName: string) => AnnouncementPacing | undefined;
}

/** What the announcer counted since it was made. */
export interface AnnouncerCounters {
    readonly sent: number;
    /** Given up: the interface was down or gone, or the kernel refused for another reason. */
    readonly dropped: number;
}

/**
 * Gratuitous ARP and unsolicited Neighbour Advertisements on one packet socket that receives nothing, 64 with a system call, as bulk work.
 */
export class Announcer implements AnnouncementPort, BulkWork {
    readonly #settings: AnnouncerSettings;
    readonly #fd: number;
    readonly #poller: Poller;
    readonly #batch: TxBatch;
    readonly #queue = new AnnouncementQueue();
    readonly #pace: AnnouncementPace;
    readonly #links = new Map<string, KnownLink>();
    /** What each slot of the batch was written with last. */
    readonly #written: { readonly template: AnnouncementTemplate; readonly family: Family }[] = [];
    #isWaitingForRoom = false;
    #sent = 0;
    #dropped = 0;

    /** @throws Error when the kernel gives no packet socket: CAP_NET_RAW is missing */
    constructor(settings: AnnouncerSettings) {
        const { system } = settings;
        this.#settings = settings;
        this.#pace = new AnnouncementPace(settings.pacingOf);
        this.#batch = system.createTxBatch(BATCH, MAX_ANNOUNCEMENT_LENGTH, SOCKET_ADDRESS_LENGTH, 0);
        // Protocol 0: it receives nothing.
        this.#fd = system.socket(system.constants.AF_PACKET, system.constants.SOCK_RAW, 0);
        const poller = this.#fd < 0 ? this.#fd : system.pollerOpen(this.#fd, () => this.#roomAgain());
        if (typeof poller === "number") {
            refuse(system, poller, "packet socket");
        }
        this.#poller = poller;
    }

    get counters(): AnnouncerCounters {
        return { sent: this.#sent, dropped: this.#dropped };
    }

    /** Addresses on interfaces that know no ARP are passed over; those on interfaces that are not there count as dropped. */
    announce(router: string, addresses: readonly VirtualAddress[], rounds: number): void {
        const links = new Map<string, AnnouncingLink | undefined>();
        const announcements: Announcement[] = [];
        let name: string | undefined;
        let link: AnnouncingLink | undefined;
        for (const { address, interfaceName } of addresses) {
            if (interfaceName !== name) {
                // Thousands of addresses are on one interface as a rule.
                name = interfaceName;
                link = links.has(name) ? links.get(name) : this.#linkFor(name);
                links.set(name, link);
            }
            if (link !== undefined) {
                announcements.push({ link, address });
            }
        }
        this.#queue.add(router, announcements, rounds);
        this.#settings.bulk.add(this);
    }

    cancel(router: string): void {
        this.#queue.cancel(router);
    }

    rename(names: ReadonlyMap<string, string>): void {
        this.#queue.rename(names);
    }

    step(): boolean | Instant {
        if (this.#isWaitingForRoom || this.#queue.isEmpty) {
            return false;
        }
        const now = this.#settings.clock.now();
        this.#pace.reset();
        let slot = 0;
        const count = this.#queue.take(BATCH, SHARE, (announcement) => this.#fill(announcement, slot, now) && ++slot > 0);
        if (count === 0) {
            return this.#pace.nextFree ?? false;
        }
        return this.#send(count, now);
    }

    close(): void {
        const { system } = this.#settings;
        system.pollerClose(this.#poller);
        system.close(this.#fd);
    }

    #send(count: number, now: Instant): boolean | Instant {
        const result = this.#settings.system.sendmmsg(this.#fd, this.#batch, 0, count, 0);
        this.#queue.settle(result >= 0 ? result : isBusy(-result) ? 0 : 1);
        if (result >= 0) {
            this.#sent += result;
            return true;
        }
        if (-result === LINUX.ENOBUFS) {
            return after(now, RETRY);
        }
        if (-result === LINUX.EAGAIN) {
            this.#isWaitingForRoom = true;
            this.#settings.system.pollerSet(this.#poller, POLL.write);
            return false;
        }
        // The first one cannot leave: the interface is down or gone.
        this.#dropped += isBusy(-result) ? 0 : 1;
        return true;
    }

    #roomAgain(): void {
        this.#isWaitingForRoom = false;
        this.#settings.system.pollerSet(this.#poller, 0);
        this.#settings.bulk.add(this);
    }

    #fill({ link, address }: Announcement, slot: number, now: Instant): boolean {
        if (!this.#pace.admit(link.name, address.family, now)) {
            return false;
        }
        const { data, addr, lens, addrLens } = this.#batch;
        const start = slot * MAX_ANNOUNCEMENT_LENGTH;
        const former = this.#written[slot];
        if (former?.template === link.template && former.family === address.family) {
            link.template.rewrite(address, data, start);
            return true;
        }
        this.#written[slot] = { template: link.template, family: address.family };
        lens[slot] = link.template.write(address, data, start);
        const destination = data.subarray(start, start + MAC_LENGTH);
        addrLens[slot] = writeLinkSocketAddress(addr, slot * SOCKET_ADDRESS_LENGTH, link.index, destination);
        return true;
    }

    #linkFor(name: string): AnnouncingLink | undefined {
        const link = this.#settings.linkByName(name);
        if (link === undefined) {
            this.#dropped++;
            return undefined;
        }
        if (link.isNoArp || link.isLoopback || link.mac?.length !== MAC_LENGTH) {
            return undefined;
        }
        const isRouter = this.#settings.isRouter(name);
        const known = this.#links.get(name);
        if (known?.index === link.index && known.isRouter === isRouter && equalBytes(known.mac, link.mac)) {
            return known;
        }
        const fresh = { index: link.index, name, mac: link.mac, isRouter, template: new AnnouncementTemplate(link.mac, isRouter) };
        this.#links.set(name, fresh);
        return fresh;
    }
}

interface KnownLink extends AnnouncingLink {
    readonly mac: Mac;
    readonly isRouter: boolean;
}

function isBusy(errno: number): boolean {
    return errno === LINUX.ENOBUFS || errno === LINUX.EAGAIN || errno === LINUX.EINTR;
}
