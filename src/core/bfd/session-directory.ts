import { ipKey } from "../base/ip.ts";
import type { ReceivedBfdPacket } from "../packet/bfd.ts";
import { refusal } from "./admission.ts";
import type { ReceivedDatagram } from "./events.ts";
import type { BfdSession } from "./session.ts";

/** Finds the session that a packet is for, without a look at the others. */
export class SessionDirectory {
    readonly #byDiscriminator = new Map<number, BfdSession>();
    readonly #byNeighbor = new Map<string, BfdSession[]>();

    constructor(sessions: Iterable<BfdSession>) {
        for (const session of sessions) {
            const { neighbor, isMultihop } = session.settings;
            const key = `${isMultihop} ${ipKey(neighbor)}`;
            this.#byDiscriminator.set(session.discriminator, session);
            this.#byNeighbor.set(key, [...(this.#byNeighbor.get(key) ?? []), session]);
        }
    }

    /** The session of that discriminator. */
    get(discriminator: number): BfdSession | undefined {
        return this.#byDiscriminator.get(discriminator);
    }

    /**
     * RFC 5880 §6.3, §6.8.6: by Your Discriminator alone once the neighbour knows it; before that by the addresses and the kind of path
     * (RFC 5881 §3, RFC 5883 §4). Of several sessions with one neighbour the one that the packet fits.
     */
    find(packet: ReceivedBfdPacket, datagram: ReceivedDatagram): BfdSession | undefined {
        if (packet.yourDiscriminator !== 0) {
            return this.#byDiscriminator.get(packet.yourDiscriminator);
        }
        const candidates = this.#byNeighbor.get(`${datagram.isMultihop} ${ipKey(datagram.source)}`) ?? [];
        return candidates.find(({ settings }) => refusal(datagram, settings) === undefined) ?? candidates[0];
    }
}
