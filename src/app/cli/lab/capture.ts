import type { NativeAddon } from "../../../io/native/addon.ts";
import { realtimeSeconds } from "../../../io/time/realtime-seconds.ts";
import type { BfdSighting } from "./bfd-sighting.ts";
import type { LabNetwork } from "./network.ts";
import { PacketTap } from "./packet-tap.ts";
import { runTool } from "./run-tool.ts";
import { type AdvertisementSighting, type Sighting, sightingOf } from "./sighting.ts";

/** A frame as it entered the switch. */
export interface Frame<Seen extends Sighting = Sighting> {
    /** The kernel's time stamp, in milliseconds with a fraction, since the capture began. */
    readonly at: number;
    /** The machine that sent it. */
    readonly node: string;
    /** Whose interface, counted from 0. */
    readonly segment: number;
    readonly bytes: Uint8Array;
    readonly seen: Seen;
}

/** Which advertisements are meant; everything not said matches. */
export interface AdvertisementQuery {
    readonly node?: string;
    readonly vrid?: number;
    /** Only later ones than this, in milliseconds of the capture. */
    readonly after?: number;
    readonly priority?: number;
}

/**
 * All frames that the lab's machines send, each once, at the moment when it enters the switch.
 *
 * The kernel stamps the time, so a late reader changes nothing. Frames that mean nothing to a lab are not kept.
 */
export class Capture {
    readonly #addon: NativeAddon;
    readonly #network: LabNetwork;
    readonly #tap: PacketTap;
    readonly #frames: Frame[] = [];
    readonly #ports = new Map<number, Port | undefined>();
    readonly #start: number;

    private constructor(addon: NativeAddon, network: LabNetwork, tap: PacketTap) {
        this.#addon = addon;
        this.#network = network;
        this.#tap = tap;
        this.#start = realtimeMilliseconds(addon);
    }

    /** Listens on all ports of the network's switch from now on. */
    static open(addon: NativeAddon, network: LabNetwork): Capture {
        return new Capture(addon, network, PacketTap.open(addon, network.switchNamespace));
    }

    /** Milliseconds since the capture began, on the frames' own clock and with a fraction as theirs: never earlier than a frame already read. */
    get now(): number {
        return realtimeMilliseconds(this.#addon) - this.#start;
    }

    /** Everything captured up to now, in order. */
    get frames(): readonly Frame[] {
        this.#tap.drain((packet) => this.#keep(packet.stamp, packet.interfaceIndex, packet.bytes));
        return this.#frames;
    }

    /** How many frames the kernel had to drop because nobody fetched them in time; a measurement wants 0. */
    get drops(): number {
        return this.#tap.drops();
    }

    /** The advertisements among the frames. */
    advertisements(query: AdvertisementQuery = {}): readonly Frame<AdvertisementSighting>[] {
        return this.frames.filter((frame): frame is Frame<AdvertisementSighting> => isAdvertisement(frame) && matches(frame, query));
    }

    /** The BFD control packets of one machine. */
    bfd(node: string): readonly Frame<BfdSighting>[] {
        return this.frames.filter((frame): frame is Frame<BfdSighting> => frame.seen.kind === "bfd" && frame.node === node);
    }

    /** The last advertisement; undefined when there was none. */
    lastAdvertisement(query: AdvertisementQuery = {}): Frame<AdvertisementSighting> | undefined {
        const { frames } = this;
        for (let index = frames.length - 1; index >= 0; index--) {
            const frame = frames[index];
            if (frame !== undefined && isAdvertisement(frame) && matches(frame, query)) {
                return frame;
            }
        }
        return undefined;
    }

    /** Who advertised last, without stepping down: the master as the wire shows it. */
    master(vrid?: number): string | undefined {
        const last = this.lastAdvertisement(vrid === undefined ? {} : { vrid });
        return last === undefined || last.seen.priority === 0 ? undefined : last.node;
    }

    /** Frees the socket; the frames stay. */
    close(): void {
        this.#tap.close();
    }

    #keep(stamp: number, interfaceIndex: number, bytes: Uint8Array): void {
        const port = this.#port(interfaceIndex);
        const seen = port === undefined ? undefined : sightingOf(bytes);
        if (port !== undefined && seen !== undefined) {
            this.#frames.push({ at: stamp - this.#start, ...port, bytes, seen });
        }
    }

    #port(interfaceIndex: number): Port | undefined {
        if (!this.#ports.has(interfaceIndex)) {
            this.#learnPorts();
        }
        return this.#ports.get(interfaceIndex);
    }

    #learnPorts(): void {
        const links = JSON.parse(runTool(["ip", "-n", this.#network.switchNamespace, "-j", "link", "show"])) as readonly LinkDump[];
        for (const link of links) {
            const [node = "", segment = ""] = link.ifname.split("-");
            // The bridges see a copy of what was flooded: a frame counts where it came in.
            this.#ports.set(link.ifindex, this.#network.nodes.includes(node) ? { node, segment: Number(segment) } : undefined);
        }
    }
}

interface Port {
    readonly node: string;
    readonly segment: number;
}

interface LinkDump {
    readonly ifindex: number;
    readonly ifname: string;
}

function realtimeMilliseconds(addon: NativeAddon): number {
    return realtimeSeconds(addon) * 1_000;
}

function isAdvertisement(frame: Frame): frame is Frame<AdvertisementSighting> {
    return frame.seen.kind === "advertisement";
}

function matches(frame: Frame<AdvertisementSighting>, query: AdvertisementQuery): boolean {
    return (
        (query.node === undefined || frame.node === query.node) &&
        (query.vrid === undefined || frame.seen.vrid === query.vrid) &&
        (query.after === undefined || frame.at > query.after) &&
        (query.priority === undefined || frame.seen.priority === query.priority)
    );
}
