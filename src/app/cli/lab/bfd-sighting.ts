import { viewOf } from "../../../core/base/bytes.ts";

/** A BFD control packet, as an onlooker reads it: no code is shared with the daemon's codec. */
export interface BfdSighting {
    readonly kind: "bfd";
    readonly state: "AdminDown" | "Down" | "Init" | "Up";
    readonly diagnostic: number;
    readonly isPoll: boolean;
    readonly isFinal: boolean;
    readonly isAuthenticated: boolean;
    readonly multiplier: number;
    readonly own: number;
    readonly other: number;
    /** Microseconds. */
    readonly minTx: number;
    readonly minRx: number;
    readonly source: string;
    readonly destination: string;
    readonly ttl: number;
    readonly sourcePort: number;
    readonly port: 3784 | 4784;
}

/** What the IP header said. */
export interface DatagramHeader {
    readonly source: string;
    readonly destination: string;
    readonly ttl: number;
}

const UDP_HEADER = 8;
const SHORTEST = UDP_HEADER + 24;
const STATES = ["AdminDown", "Down", "Init", "Up"] as const;

/** Reads what stands behind an IP header of protocol 17; undefined when it is no BFD. */
export function bfdSightingOf(udp: Uint8Array, header: DatagramHeader): BfdSighting | undefined {
    if (udp.length < SHORTEST) {
        return undefined;
    }
    const view = viewOf(udp);
    const port = view.getUint16(2);
    if (port !== 3784 && port !== 4784) {
        return undefined;
    }
    const flags = view.getUint8(UDP_HEADER + 1);
    const word = (index: number): number => view.getUint32(UDP_HEADER + 4 * index);
    return {
        kind: "bfd",
        state: STATES[flags >> 6] ?? "Down",
        diagnostic: view.getUint8(UDP_HEADER) & 0x1f,
        isPoll: (flags & 0x20) !== 0,
        isFinal: (flags & 0x10) !== 0,
        isAuthenticated: (flags & 0x04) !== 0,
        multiplier: view.getUint8(UDP_HEADER + 2),
        own: word(1),
        other: word(2),
        minTx: word(3),
        minRx: word(4),
        ...header,
        sourcePort: view.getUint16(0),
        port,
    };
}
