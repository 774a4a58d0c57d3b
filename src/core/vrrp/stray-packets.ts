import type { ReceivedPacket } from "./events.ts";
import { NO_INTERFACE } from "./no-interface.ts";
import type { Turn } from "./router-events.ts";

/** Complaints are remembered for so many (interface, VRID) at most; beyond that they are counted only. */
const REMEMBERED = 4096;

/** Packets that are for no virtual router here: counted, and reported once for each VRID and interface. */
export class StrayPackets {
    readonly #seen = new Set<string>();
    #count = 0;

    /** How many came. */
    get count(): number {
        return this.#count;
    }

    /** One came; `vrid` is undefined when it is too short to have one. */
    note(packet: ReceivedPacket, vrid: number | undefined, interfaceName: string | undefined, turn: Turn): void {
        this.#count += 1;
        const key = `${packet.family} ${packet.interfaceIndex} ${vrid}`;
        if (this.#seen.has(key) || this.#seen.size >= REMEMBERED) {
            return;
        }
        this.#seen.add(key);
        const place = interfaceName === NO_INTERFACE ? "any" : (interfaceName ?? `index ${packet.interfaceIndex}`);
        turn.effects.push({
            type: "report",
            report: {
                type: "advertisement-rejected",
                router: undefined,
                vrid,
                source: packet.source,
                reason: vrid === undefined ? "packet-length" : "unknown-vrid",
                detail:
                    vrid === undefined
                        ? `vrrp packet too short, length ${packet.payload.length}, on interface(${place})`
                        : `Unknown VRID(${vrid}) received on interface(${place}). ignoring...`,
            },
        });
    }
}
