import { equalIp, formatIp, type IpAddress, ipKey, isMulticast } from "../../core/base/ip.ts";
import type { OutgoingPacket } from "../../core/vrrp/effects.ts";
import type { Clock, PacketListener, PacketPort, Source } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import { openAdvertisementSocket, type SocketPreferences, type SocketPurpose } from "./advertisement-socket.ts";
import { PacketReader } from "./packet-reader.ts";
import { PacketWriter } from "./packet-writer.ts";
import { type ChannelParts, type PacketTrouble, VrrpChannel } from "./vrrp-channel.ts";

/** One virtual router that is to be heard and to speak: where, and by multicast to a group or (without a group) by unicast. */
export interface Attendance extends SocketPurpose {
    readonly vrid: number;
    /** Bytes that it adds to the receive buffer of its socket; where nobody adds any, the kernel's default stays. */
    readonly receiveBuffer?: number;
}

/** What the port is made of. */
export interface VrrpPortSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly preferences: SocketPreferences;
    readonly onPacket: PacketListener;
    /** Something has arrived at this source: the loop's `turn`. */
    readonly onReady: (source: Source) => void;
    readonly onTrouble: (trouble: PacketTrouble) => void;
}

/** What the port counted since it was made. */
export interface VrrpPortCounters {
    /** Advertisements that could not be sent. */
    readonly dropped: number;
    /** Received packets that were no IP packet or too long. */
    readonly unreadable: number;
}

/**
 * Advertisements on raw sockets: one for each interface, family and multicast group, and one for each interface and family for unicast;
 * those with an authentication header have sockets of their own.
 * All virtual routers of one interface share it, and a filter in the kernel keeps those of others away.
 */
export class VrrpPort implements PacketPort {
    readonly #settings: VrrpPortSettings;
    readonly #parts: ChannelParts;
    readonly #channels = new Map<string, VrrpChannel>();
    readonly #reader: PacketReader;
    #toFlush = new Set<VrrpChannel>();
    #refused = new Map<string, string>();
    #lastUsed: VrrpChannel | undefined;
    #dropped = 0;

    constructor(settings: VrrpPortSettings) {
        const { system, clock, onPacket, onReady, onTrouble } = settings;
        this.#settings = settings;
        this.#reader = new PacketReader(system, clock);
        this.#parts = { system, reader: this.#reader, writer: new PacketWriter(system), onPacket, onReady, onTrouble };
    }

    get counters(): VrrpPortCounters {
        const dropped = [...this.#channels.values()].reduce((total, channel) => total + channel.dropped, this.#dropped);
        return { dropped, unreadable: this.#reader.unreadable };
    }

    /**
     * Opens the sockets that these virtual routers need and closes all others; not from within `onPacket`. To be called again whenever routers or interfaces change; what
     * could not be opened is tried anew then. An interface that was replaced has another index and gets another socket.
     */
    attend(attendances: readonly Attendance[]): void {
        const wanted = groupByKey(attendances);
        this.#lastUsed = undefined;
        for (const [key, channel] of this.#channels) {
            if (!wanted.has(key)) {
                this.#dropped += channel.dropped;
                this.#toFlush.delete(channel);
                this.#channels.delete(key);
                channel.close();
            }
        }
        this.#refused = new Map([...this.#refused].filter(([key]) => wanted.has(key)));
        for (const [key, { purpose, vrids, receiveBuffer }] of wanted) {
            const channel = this.#channels.get(key);
            if (channel === undefined) {
                this.#open(key, purpose, vrids);
            } else {
                channel.hear(vrids);
            }
            this.#channels.get(key)?.hold(receiveBuffer);
        }
    }

    /** Closes all sockets. What is queued is sent before. */
    close(): void {
        this.flush();
        this.attend([]);
    }

    send(packet: OutgoingPacket): void {
        const channel = this.#channelFor(packet);
        if (channel === undefined) {
            this.#dropped++;
            return;
        }
        channel.send(packet);
        this.#toFlush.add(channel);
    }

    /** Most packets go where the last one went: the key is made only when they do not. */
    #channelFor(packet: OutgoingPacket): VrrpChannel | undefined {
        const { interfaceIndex, family, destination } = packet;
        const hasHeader = packet.identification !== undefined;
        const group = isMulticast(destination) ? destination : undefined;
        const last = this.#lastUsed?.purpose;
        const isSamePlace = last?.interfaceIndex === interfaceIndex && last.family === family && equalIp(last.group, group);
        if (isSamePlace && (last.hasAuthenticationHeader === true) === hasHeader) {
            return this.#lastUsed;
        }
        this.#lastUsed = this.#channels.get(keyOf(interfaceIndex, family, group, hasHeader));
        return this.#lastUsed;
    }

    flush(): void {
        if (this.#toFlush.size > 0) {
            const channels = this.#toFlush;
            this.#toFlush = new Set();
            for (const channel of channels) {
                if (channel.flush()) {
                    this.#toFlush.add(channel);
                }
            }
        }
    }

    drain(): boolean {
        let hasMore = false;
        for (const channel of this.#channels.values()) {
            hasMore = channel.drain() || hasMore;
        }
        return hasMore;
    }

    #open(key: string, purpose: SocketPurpose, vrids: readonly number[]): void {
        const { system, preferences, onTrouble } = this.#settings;
        const fd = openAdvertisementSocket(system, purpose, vrids, preferences);
        if (typeof fd === "number") {
            this.#refused.delete(key);
            this.#channels.set(key, new VrrpChannel(this.#parts, purpose, fd, preferences.hearsUnknownVrids ? undefined : vrids));
            return;
        }
        const code = system.errnoNames[fd.errno] ?? String(fd.errno);
        const refusal = `${fd.step} ${code}`;
        if (this.#refused.get(key) !== refusal) {
            this.#refused.set(key, refusal);
            const group = purpose.group === undefined ? "unicast" : formatIp(purpose.group);
            onTrouble({ doing: "open", purpose, errno: fd.errno, code, detail: `${fd.step} (${group})` });
        }
    }
}

function keyOf(interfaceIndex: number, family: number, group: IpAddress | undefined, hasHeader: boolean): string {
    return `${interfaceIndex} ${family} ${group === undefined ? "" : ipKey(group)} ${hasHeader ? "AH" : ""}`;
}

/** What one socket is for, and for whom. */
interface Gathering {
    readonly purpose: SocketPurpose;
    readonly vrids: readonly number[];
    /** Zero leaves the kernel's default. */
    readonly receiveBuffer: number;
}

function groupByKey(attendances: readonly Attendance[]): Map<string, Gathering> {
    const groups = new Map<string, { purpose: SocketPurpose; vrids: Set<number>; receiveBuffer: number }>();
    for (const { vrid, receiveBuffer = 0, ...purpose } of attendances) {
        const key = keyOf(purpose.interfaceIndex, purpose.family, purpose.group, purpose.hasAuthenticationHeader === true);
        const group = groups.get(key) ?? { purpose, vrids: new Set<number>(), receiveBuffer: 0 };
        group.vrids.add(vrid);
        group.receiveBuffer += receiveBuffer;
        groups.set(key, group);
    }
    return new Map([...groups].map(([key, group]) => [key, { ...group, vrids: [...group.vrids].sort((left, right) => left - right) }]));
}
