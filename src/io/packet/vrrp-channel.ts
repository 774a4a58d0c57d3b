import type { OutgoingPacket } from "../../core/vrrp/effects.ts";
import type { PacketListener, Source } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { type SocketPurpose, setFilter, setReceiveBuffer } from "./advertisement-socket.ts";
import { FamiliarPackets } from "./familiar-packets.ts";
import { LINUX } from "./linux-numbers.ts";
import type { PacketReader, PacketSocket } from "./packet-reader.ts";
import type { PacketWriter } from "./packet-writer.ts";

const MAX_QUEUE = 512;

/** Something that the kernel refused. Told once until it works again. */
export interface PacketTrouble {
    readonly doing: "open" | "send" | "receive" | "filter" | "buffer";
    readonly purpose: SocketPurpose;
    readonly errno: number;
    /** The errno's name, such as EPERM. */
    readonly code: string;
    /** The step of opening, or the packet's way. */
    readonly detail: string;
}

/** What channels share. */
export interface ChannelParts {
    readonly system: NativeAddon;
    readonly reader: PacketReader;
    readonly writer: PacketWriter;
    readonly onPacket: PacketListener;
    readonly onReady: (source: Source) => void;
    readonly onTrouble: (trouble: PacketTrouble) => void;
}

/** One open socket with its queue. */
export class VrrpChannel implements Source {
    readonly purpose: SocketPurpose;
    readonly #parts: ChannelParts;
    readonly #fd: number;
    readonly #socket: PacketSocket;
    readonly #poller: Poller;
    #queue: OutgoingPacket[] = [];
    #vrids: readonly number[] | undefined;
    #isWaitingForRoom = false;
    #receiveBuffer = 0;
    #lastTrouble: string | undefined;
    #dropped = 0;

    /** @param fd open, and from now on the channel's own @param vrids those of its filter; undefined when it has none */
    constructor(parts: ChannelParts, purpose: SocketPurpose, fd: number, vrids: readonly number[] | undefined) {
        this.purpose = purpose;
        this.#parts = parts;
        this.#fd = fd;
        this.#socket = { fd, purpose, familiar: new FamiliarPackets(purpose.family) };
        this.#vrids = vrids;
        const poller = parts.system.pollerOpen(fd, (events) => this.#ready(events));
        if (typeof poller === "number") {
            throw new Error(`cannot watch a socket: ${parts.system.errnoNames[-poller] ?? poller}`);
        }
        this.#poller = poller;
        parts.system.pollerSet(poller, POLL.read);
        // What came in before the socket was bound may be anybody's.
        while (parts.reader.read(this.#socket, () => {}).mayHaveMore) {}
    }

    /** Packets that were given up. */
    get dropped(): number {
        return this.#dropped;
    }

    hear(vrids: readonly number[]): void {
        if (this.#vrids === undefined || String(this.#vrids) === String(vrids)) {
            return;
        }
        this.#vrids = vrids;
        const result = setFilter(this.#parts.system, this.#fd, this.purpose, vrids);
        if (result < 0) {
            this.#tell("filter", -result, `VRIDs ${vrids.join(" ")}`);
        }
    }

    /** Makes the receive buffer as large; zero leaves it as it is. */
    hold(receiveBuffer: number): void {
        if (receiveBuffer === 0 || receiveBuffer === this.#receiveBuffer) {
            return;
        }
        this.#receiveBuffer = receiveBuffer;
        const result = setReceiveBuffer(this.#parts.system, this.#fd, receiveBuffer);
        if (result < 0) {
            this.#tell("buffer", -result, `${receiveBuffer} bytes`);
        }
    }

    drain(): boolean {
        const { errno, mayHaveMore } = this.#parts.reader.read(this.#socket, this.#parts.onPacket);
        if (errno !== undefined) {
            this.#tell("receive", errno, "");
        }
        return mayHaveMore;
    }

    send(packet: OutgoingPacket): void {
        if (this.#queue.length >= MAX_QUEUE) {
            // The oldest says the least about how things are now.
            this.#queue.shift();
            this.#dropped++;
        }
        this.#queue.push(packet);
    }

    /** Sends what is queued; true when something is left for the next turn because the device's queue is full. */
    flush(): boolean {
        while (this.#queue.length > 0 && !this.#isWaitingForRoom) {
            const { sent, errno } = this.#parts.writer.write(this.#fd, this.purpose, this.#queue);
            this.#queue.splice(0, sent);
            this.#lastTrouble = sent > 0 ? undefined : this.#lastTrouble;
            if (errno === LINUX.ENOBUFS) {
                return true;
            }
            if (errno === LINUX.EAGAIN) {
                this.#waitForRoom(true);
            } else if (errno !== undefined && errno !== LINUX.EINTR) {
                this.#giveUpFirst(errno);
            }
        }
        return false;
    }

    close(): void {
        this.#parts.system.pollerClose(this.#poller);
        this.#parts.system.close(this.#fd);
    }

    #ready(events: number): void {
        if (events > 0 && (events & POLL.write) !== 0) {
            this.#waitForRoom(false);
            this.flush();
        }
        this.#parts.onReady(this);
    }

    #waitForRoom(isWaiting: boolean): void {
        this.#isWaitingForRoom = isWaiting;
        this.#parts.system.pollerSet(this.#poller, isWaiting ? POLL.read | POLL.write : POLL.read);
    }

    #giveUpFirst(errno: number): void {
        const packet = this.#queue.shift();
        this.#dropped++;
        this.#tell("send", errno, packet === undefined ? "" : `${packet.payload.length} bytes`);
    }

    #tell(doing: PacketTrouble["doing"], errno: number, detail: string): void {
        const code = this.#parts.system.errnoNames[errno] ?? String(errno);
        const trouble = `${doing} ${code}`;
        if (trouble !== this.#lastTrouble) {
            this.#lastTrouble = trouble;
            this.#parts.onTrouble({ doing, purpose: this.purpose, errno, code, detail });
        }
    }
}
