import { equalBytes } from "../../core/base/bytes.ts";
import { type IpAddress, ipKey } from "../../core/base/ip.ts";
import { NETLINK, type NetlinkMessage, readMessages } from "../../core/netlink/message.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import { type AddressMessage, RTNETLINK, readAddress, readLink, writeDump } from "../../core/netlink/rtnetlink.ts";
import type { Link, SpeakerEvent } from "../../core/vrrp/events.ts";
import type { LinkPort, Source } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import type { OwnRemovals } from "./own-removals.ts";

const RECEIVE_BUFFER = 8 << 20;
const MAX_DUMP_READS = 100_000;
const MAX_DUMP_TRIES = 5;

/** What the monitor tells of. */
export type KernelNews = SpeakerEvent & { readonly type: "link" | "link-gone" | "address-added" | "address-removed" };

/** What the monitor is made of. */
export interface LinkMonitorSettings {
    readonly system: NativeAddon;
    readonly ownRemovals: OwnRemovals;
    readonly onNews: (news: KernelNews) => void;
    /** Something has arrived: the loop's `turn`. */
    readonly onReady: (source: Source) => void;
    /** Bytes; for tests. */
    readonly receiveBuffer?: number;
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
    readonly #addresses = new Map<string, AddressMessage>();
    #overruns = 0;

    /** Dumps first: afterwards `links` and `addresses` are complete. @throws Error when the kernel refuses a socket */
    constructor(settings: LinkMonitorSettings) {
        const { system } = settings;
        const groups = [RTNETLINK.RTNLGRP_LINK, RTNETLINK.RTNLGRP_IPV4_IFADDR, RTNETLINK.RTNLGRP_IPV6_IFADDR];
        this.#settings = settings;
        this.#socket = new NetlinkSocket(system, groups, settings.receiveBuffer ?? RECEIVE_BUFFER);
        const poller = system.pollerOpen(this.#socket.fd, () => settings.onReady(this));
        if (typeof poller === "number") {
            throw new Error(`cannot watch netlink: ${system.errnoNames[-poller] ?? poller}`);
        }
        this.#poller = poller;
        this.#resynchronise();
        system.pollerSet(poller, POLL.read);
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

    drain(): boolean {
        const reception = this.#socket.receive((datagram) => {
            for (const message of readMessages(datagram)) {
                this.#take(message);
            }
        });
        if (reception === "overrun") {
            this.#overruns++;
            this.#resynchronise();
        }
        if (reception === "empty") {
            this.#settings.ownRemovals.settle();
        }
        return reception !== "empty";
    }

    close(): void {
        this.#settings.system.pollerClose(this.#poller);
        this.#socket.close();
    }

    #take(message: NetlinkMessage): void {
        switch (message.type) {
            case RTNETLINK.RTM_NEWLINK:
                this.#putLink(readLink(message.payload));
                return;
            case RTNETLINK.RTM_DELLINK:
                this.#removeLink(readLink(message.payload)?.index);
                return;
            case RTNETLINK.RTM_NEWADDR:
                this.#putAddress(readAddress(message.payload));
                return;
            case RTNETLINK.RTM_DELADDR:
                this.#removeAddress(readAddress(message.payload));
                return;
            default:
                // The ends and errors of dumps that were given up.
                return;
        }
    }

    #putLink(link: Link | undefined): void {
        const before = link && this.#links.get(link.index);
        if (link === undefined || (before !== undefined && isSameLink(before, link))) {
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

    /** An address whose duplicate address detection is not over is not there yet. */
    #putAddress(found: AddressMessage | undefined): void {
        if (found?.isUsable !== true) {
            return;
        }
        const key = keyOf(found);
        const isNew = !this.#addresses.has(key);
        this.#addresses.set(key, found);
        if (isNew) {
            const { interfaceIndex, address, prefixLength } = found;
            this.#settings.onNews({ type: "address-added", interfaceIndex, address, prefixLength });
        }
    }

    #removeAddress(found: AddressMessage | undefined): void {
        if (found !== undefined && this.#addresses.delete(keyOf(found))) {
            const { interfaceIndex, address, prefixLength } = found;
            const isOurs = this.#settings.ownRemovals.claim(interfaceIndex, address, prefixLength);
            this.#settings.onNews({ type: "address-removed", interfaceIndex, address, prefixLength, isOurs });
        }
    }

    #resynchronise(): void {
        const links = this.#dump(RTNETLINK.RTM_GETLINK, RTNETLINK.RTM_NEWLINK, readLink);
        const addresses = this.#dump(RTNETLINK.RTM_GETADDR, RTNETLINK.RTM_NEWADDR, readAddress);
        const present = new Set(links.map((link) => link.index));
        for (const index of [...this.#links.keys()]) {
            if (!present.has(index)) {
                this.#removeLink(index);
            }
        }
        for (const link of links) {
            this.#putLink(link);
        }
        const standing = new Set(addresses.map(keyOf));
        for (const [key, address] of [...this.#addresses]) {
            if (!standing.has(key)) {
                this.#removeAddress(address);
            }
        }
        for (const address of addresses) {
            this.#putAddress(address);
        }
    }

    /** Asks on a socket of its own, so that answers and news do not mix; anew when the tables changed under the kernel's hands. */
    #dump<Item>(request: number, answer: number, read: (payload: Uint8Array) => Item | undefined): Item[] {
        let items: Item[] = [];
        for (let attempt = 0; attempt < MAX_DUMP_TRIES; attempt++) {
            const socket = new NetlinkSocket(this.#settings.system, [], RECEIVE_BUFFER);
            try {
                const result = readDump(socket, request, answer, read);
                items = result.items;
                if (!result.isInterrupted) {
                    return items;
                }
            } finally {
                socket.close();
            }
        }
        return items;
    }
}

function readDump<Item>(
    socket: NetlinkSocket,
    request: number,
    answer: number,
    read: (payload: Uint8Array) => Item | undefined,
): { items: Item[]; isInterrupted: boolean } {
    const items: Item[] = [];
    let [isInterrupted, isDone] = [false, false];
    const writer = new MessageWriter(MAX_MESSAGE_LENGTH);
    writeDump(writer, request, 1);
    const refused = socket.send(writer.bytes, writer.length);
    if (refused < 0) {
        throw new Error(`netlink: dump: errno ${-refused}`);
    }
    for (let reads = 0; !isDone && reads < MAX_DUMP_READS; reads++) {
        const reception = socket.receive((datagram) => {
            for (const message of readMessages(datagram)) {
                isInterrupted ||= (message.flags & NETLINK.NLM_F_DUMP_INTR) !== 0;
                isDone ||= message.type === NETLINK.NLMSG_DONE || message.type === NETLINK.NLMSG_ERROR;
                const item = message.type === answer ? read(message.payload) : undefined;
                if (item !== undefined) {
                    items.push(item);
                }
            }
        });
        isInterrupted ||= reception === "overrun";
    }
    return { items, isInterrupted };
}

function keyOf({ interfaceIndex, address, prefixLength }: Pick<AddressMessage, "interfaceIndex" | "address" | "prefixLength">): string {
    return `${interfaceIndex} ${prefixLength} ${ipKey(address)}`;
}

function isSameLink(left: Link, right: Link): boolean {
    const { mac: leftMac, ...leftRest } = left;
    const { mac: rightMac, ...rightRest } = right;
    const isSameMac = leftMac === rightMac || (leftMac !== undefined && rightMac !== undefined && equalBytes(leftMac, rightMac));
    return isSameMac && Object.entries(leftRest).every(([name, value]) => rightRest[name as keyof typeof rightRest] === value);
}
