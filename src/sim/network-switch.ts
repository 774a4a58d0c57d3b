import { after, type Duration, microseconds } from "../core/base/instant.ts";
import type { OutgoingPacket } from "../core/vrrp/effects.ts";
import type { Agenda } from "./agenda.ts";
import type { SeededRandom } from "./random.ts";

/** Whoever is plugged in: gets what reaches its port. */
export type Port<Packet> = (packet: Packet) => void;

/** How well the switch forwards at the moment. */
export interface Weather {
    /** Probability that a copy is lost, 0 to 1; drawn for each receiver. */
    readonly loss: number;
    /** Each copy takes between these two; copies may overtake each other. */
    readonly minDelay: Duration;
    readonly maxDelay: Duration;
}

/** No loss, and a tenth of a millisecond at most. */
export const CALM: Weather = { loss: 0, minDelay: microseconds(20), maxDelay: microseconds(100) };

/**
 * One Ethernet segment: what comes in at one port goes out at every other port of the same part. A partition cuts it into parts that do
 * not hear each other; a port that is pulled hears nothing and is not heard.
 */
export class NetworkSwitch<Packet = OutgoingPacket> {
    readonly #agenda: Agenda;
    readonly #random: SeededRandom;
    readonly #ports: Port<Packet>[] = [];
    readonly #parts: number[] = [];
    weather: Weather = CALM;

    constructor(agenda: Agenda, random: SeededRandom) {
        this.#agenda = agenda;
        this.#random = random;
    }

    /** Plugs one in; returns its number. */
    plug(port: Port<Packet>): number {
        this.#parts.push(0);
        return this.#ports.push(port) - 1;
    }

    /** Puts each port into a part; a negative number is a part of its own. */
    partition(parts: readonly number[]): void {
        for (const [index, part] of parts.entries()) {
            this.#parts[index] = part;
        }
    }

    /** The part in which a port is; ports that hear each other have the same. */
    partOf(port: number): number {
        const part = this.#parts[port] ?? 0;
        return part < 0 ? -1 - port : part;
    }

    /** A frame comes in. */
    send(from: number, packet: Packet): void {
        const part = this.partOf(from);
        for (const [index, port] of this.#ports.entries()) {
            if (index === from || this.partOf(index) !== part || this.#random.chance(this.weather.loss)) {
                continue;
            }
            const delay = this.#random.integer(this.weather.minDelay, this.weather.maxDelay);
            this.#agenda.at(after(this.#agenda.now(), microseconds(delay)), () => port(packet));
        }
    }
}
