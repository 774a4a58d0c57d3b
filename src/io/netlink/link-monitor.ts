import { equalBytes } from "../../core/base/bytes.ts";
import { type IpAddress, ipKey } from "../../core/base/ip.ts";
import { NETLINK, type NetlinkMessage, readMessages } from "../../core/netlink/message.ts";
import { type AddressMessage, type LinkMessage, RTNETLINK, readAddress, readLink, writeDump } from "../../core/netlink/rtnetlink.ts";
import type { Link, SpeakerEvent } from "../../core/vrrp/events.ts";
import type { LinkPort, Source } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { refuse } from "../native/sys.ts";
import { dumpTable, type KernelTable } from "./kernel-table.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import type { OwnRemovals } from "./own-removals.ts";
import { generous, type ReceiveBuffer } from "./receive-buffer.ts";
import type { StandingPlace } from "./standing-news.ts";

const RECEIVE_BUFFER = generous(8 << 20);
const READS_IN_DRAIN = 4;
const MAX_DISCARDS = 4_096;

const LINKS: KernelTable<LinkMessage> = {
    ask: (writer, sequence) => writeDump(writer, RTNETLINK.RTM_GETLINK, sequence),
    answer: RTNETLINK.RTM_NEWLINK,
    read: readLink,
};
const ADDRESSES: KernelTable<AddressMessage> = {
    ask: (writer, sequence) => writeDump(writer, RTNETLINK.RTM_GETADDR, sequence),
    answer: RTNETLINK.RTM_NEWADDR,
    read: readAddress,
};

/** What the monitor tells of. */
export type KernelNews = SpeakerEvent & { readonly type: "link" | "link-gone" | "address-added" | "address-removed" };

/** An address as far as it matters who has it. */
type StandingAddress = Omit<AddressMessage, "flags">;

/** What the monitor is made of. */
export interface LinkMonitorSettings {
    readonly system: NativeAddon;
    readonly ownRemovals: OwnRemovals;
    readonly onNews: (news: KernelNews) => void;
    /** The kernel has news of addresses, maybe of such as we have put up: the last moment to say (by `stands`) that they stand. */
    readonly beforeAddressNews?: () => void;
    /** Something has arrived: the loop's `turn`. */
    readonly onReady: (source: Source) => void;
    readonly receiveBuffer?: ReceiveBuffer | undefined;
}

/**
 * The kernel's links and addresses: asked for once, followed from then on. When the kernel could not tell everything (its buffer was full)
 * everything is asked for anew, and what had changed meanwhile is told as if it happened now. Nothing is ever missed for good.
 */
export class LinkMonitor implements LinkPort {
    readonly #settings: LinkMonitorSettings;
    readonly #socket: NetlinkSocket;
    readonly #poller: Poller;
    readonly #links = new Map<number, Link>();
    readonly #indices = new Map<string, number>();
    readonly #addresses = new Map<string, StandingAddress>();
    #overruns = 0;
    /** What is known may be wrong. */
    #isStale = false;

    /** Dumps first: afterwards `links` and `addresses` tell what there is. @throws Error when the kernel refuses a socket or a dump */
    constructor(settings: LinkMonitorSettings) {
        const { system } = settings;
        const groups = [RTNETLINK.RTNLGRP_LINK, RTNETLINK.RTNLGRP_IPV4_IFADDR, RTNETLINK.RTNLGRP_IPV6_IFADDR];
        this.#settings = settings;
        this.#socket = new NetlinkSocket(system, groups, settings.receiveBuffer ?? RECEIVE_BUFFER);
        try {
            this.#resynchronise();
            this.#poller = this.#watch();
        } catch (error) {
            this.#socket.close();
            throw error;
        }
    }

    get links(): ReadonlyMap<number, Link> {
        return this.#links;
    }

    /** How many times the kernel's buffer was full, so that everything had to be asked for anew. */
    get overruns(): number {
        return this.#overruns;
    }

    /** The link of that name, as known now. */
    linkNamed(name: string): Link | undefined {
        const index = this.#indices.get(name);
        return index === undefined ? undefined : this.#links.get(index);
    }

    /** Whether that address stands there, as far as was heard. */
    holds(interfaceIndex: number, address: IpAddress, prefixLength: number): boolean {
        return this.#addresses.has(keyOf({ interfaceIndex, address, prefixLength }));
    }

    /**
     * From now on the kernel does not tell of addresses that are put up through the socket with that port id; who puts them up tells it, by
     * `stands`. Thousands at once would each be told here at length, while more of them are being put up.
     */
    leaveOut(port: number): void {
        this.#socket.ignore({ type: RTNETLINK.RTM_NEWADDR, port });
    }

    /** Those addresses were put up by us and can be used. */
    stands(places: readonly StandingPlace[]): void {
        for (const place of places) {
            this.#putAddress({ ...place, isUsable: true });
        }
    }

    drain(): boolean {
        if (this.#isStale) {
            this.#resynchronise();
        }
        for (let reads = 0; reads < READS_IN_DRAIN; reads++) {
            const reception = this.#socket.receive(this.#takeDatagram);
            if (reception === "overrun") {
                this.#overruns++;
                this.#resynchronise();
            }
            if (reception === "nothing") {
                this.#settings.ownRemovals.settle();
                return false;
            }
        }
        return true;
    }

    close(): void {
        this.#settings.system.pollerClose(this.#poller);
        this.#socket.close();
    }

    #watch(): Poller {
        const { system, onReady } = this.#settings;
        const poller = system.pollerOpen(this.#socket.fd, () => onReady(this));
        if (typeof poller === "number") {
            refuse(system, poller, "netlink poller");
        }
        system.pollerSet(poller, POLL.read);
        return poller;
    }

    readonly #takeDatagram = (datagram: Uint8Array): void => {
        for (const message of readMessages(datagram)) {
            this.#take(message);
        }
    };

    #take(message: NetlinkMessage): void {
        switch (message.type) {
            case RTNETLINK.RTM_NEWLINK:
                this.#putLink(readLink(message.payload));
                return;
            case RTNETLINK.RTM_DELLINK:
                this.#removeLink(readLink(message.payload)?.index);
                return;
            case RTNETLINK.RTM_NEWADDR:
                this.#settings.beforeAddressNews?.();
                this.#putAddress(readAddress(message.payload));
                return;
            case RTNETLINK.RTM_DELADDR:
                this.#settings.beforeAddressNews?.();
                this.#removeAddress(readAddress(message.payload), message.port);
                return;
            case NETLINK.NLMSG_OVERRUN:
                this.#isStale = true;
                return;
            default:
                // What else there is to tell of links is no concern of ours.
                return;
        }
    }

    #putLink(found: LinkMessage | undefined): void {
        if (found === undefined) {
            return;
        }
        const before = this.#links.get(found.index);
        // A message without an MTU is about one thing only; what else it leaves out has not changed.
        const link: Link = found.mtu === undefined ? { ...before, ...found, mtu: before?.mtu ?? 0 } : { ...found, mtu: found.mtu };
        if (before !== undefined && isSameLink(before, link)) {
            return;
        }
        if (before !== undefined && before.name !== link.name && this.#indices.get(before.name) === link.index) {
            this.#indices.delete(before.name);
        }
        this.#links.set(link.index, link);
        this.#indices.set(link.name, link.index);
        this.#settings.onNews({ type: "link", link });
    }

    #removeLink(index: number | undefined): void {
        const link = index === undefined ? undefined : this.#links.get(index);
        if (link === undefined) {
            return;
        }
        for (const [key, address] of this.#addresses) {
            if (address.interfaceIndex === link.index) {
                this.#addresses.delete(key);
            }
        }
        this.#links.delete(link.index);
        if (this.#indices.get(link.name) === link.index) {
            this.#indices.delete(link.name);
        }
        this.#settings.onNews({ type: "link-gone", interfaceIndex: link.index });
    }

    /** An address whose duplicate address detection is not over stands, but is not told of yet. */
    #putAddress(found: StandingAddress | undefined): void {
        if (found === undefined) {
            return;
        }
        const key = keyOf(found);
        const wasUsable = this.#addresses.get(key)?.isUsable === true;
        if (!wasUsable) {
            this.#addresses.set(key, found);
        }
        if (found.isUsable && !wasUsable) {
            const { interfaceIndex, address, prefixLength } = found;
            this.#settings.onNews({ type: "address-added", interfaceIndex, address, prefixLength });
        }
    }

    /** @param port whose request it was, 0 when that is not known */
    #removeAddress(found: StandingAddress | undefined, port: number): void {
        if (found === undefined) {
            return;
        }
        const { interfaceIndex, address, prefixLength } = found;
        const key = keyOf(found);
        const wasUsable = this.#addresses.get(key)?.isUsable === true;
        const isOurs = this.#settings.ownRemovals.claim(found, port);
        this.#addresses.delete(key);
        if (wasUsable) {
            this.#settings.onNews({ type: "address-removed", interfaceIndex, address, prefixLength, isOurs });
        }
    }

    /**
     * Everything anew, and what differs is told. What still waits on the socket is older than that and thrown away first: while it waits the
     * kernel drops what is new without a word. When the tables change faster than they can be read, what is there counts, and what seems to be
     * gone is looked for again next time.
     *
     * @throws Error when the kernel refuses; the next look at the socket tries again
     */
    #resynchronise(): void {
        this.#isStale = true;
        this.#settings.beforeAddressNews?.();
        this.#discard();
        const links = dumpTable(this.#settings.system, LINKS);
        const addresses = dumpTable(this.#settings.system, ADDRESSES);
        if (links.isWhole) {
            this.#removeOtherLinks(new Set(links.items.map((link) => link.index)));
        }
        for (const link of links.items) {
            this.#putLink(link);
        }
        if (addresses.isWhole) {
            this.#removeOtherAddresses(new Set(addresses.items.map(keyOf)));
        }
        for (const address of addresses.items) {
            this.#putAddress(address);
        }
        this.#isStale = !links.isWhole || !addresses.isWhole;
    }

    #discard(): void {
        for (let reads = 0; reads < MAX_DISCARDS && this.#socket.receive(() => {}) !== "nothing"; reads++) {}
    }

    #removeOtherLinks(present: ReadonlySet<number>): void {
        for (const index of [...this.#links.keys()]) {
            if (!present.has(index)) {
                this.#removeLink(index);
            }
        }
    }

    #removeOtherAddresses(standing: ReadonlySet<string>): void {
        for (const [key, address] of [...this.#addresses]) {
            if (!standing.has(key)) {
                this.#removeAddress(address, 0);
            }
        }
    }
}

function keyOf({ interfaceIndex, address, prefixLength }: Pick<AddressMessage, "interfaceIndex" | "address" | "prefixLength">): string {
    return `${interfaceIndex} ${prefixLength} ${ipKey(address)}`;
}

function isSameLink(left: Link, right: Link): boolean {
    const { mac: leftMac, ...leftRest } = left;
    const { mac: rightMac, ...rightRest } = right;
    const isSameMac = leftMac === rightMac || (leftMac !== undefined && rightMac !== undefined && equalBytes(leftMac, rightMac));
    const fields = Object.entries(leftRest);
    const isAsLong = fields.length === Object.keys(rightRest).length;
    return isSameMac && isAsLong && fields.every(([name, value]) => rightRest[name as keyof typeof rightRest] === value);
}
