import type { Instant } from "../base/instant.ts";
import type { IpAddress } from "../base/ip.ts";
import type { BfdConsumer, BfdSessionSettings } from "./settings.ts";
import type { BfdSessionSnapshot } from "./snapshot.ts";

/** What the BFD speaker of one machine can be told. */
export type BfdEvent =
    /** The wanted sessions: at first, and again at each reload. Unchanged ones are not touched. */
    | { readonly type: "configure"; readonly sessions: readonly BfdSessionSettings[] }
    /** A predecessor's last state, taken up instead of starting anew; comes before `configure`. */
    | { readonly type: "restore"; readonly snapshots: readonly BfdSessionSnapshot[] }
    /** A deadline may have been reached. */
    | { readonly type: "wake" }
    | { readonly type: "packet"; readonly packet: ReceivedDatagram }
    /** A process that follows sessions came to work and knows nothing yet. */
    | { readonly type: "consumer-ready"; readonly consumer: BfdConsumer }
    /** Somebody else has this session's source port. */
    | { readonly type: "port-taken"; readonly session: number }
    /** The world cannot repeat this session's packets: it has to send them itself. */
    | { readonly type: "pacing-refused"; readonly session: number };

/** One control packet as it came in: the UDP payload, and what the headers said. */
export interface ReceivedDatagram {
    readonly interfaceName: string | undefined;
    readonly source: IpAddress;
    readonly destination: IpAddress;
    /** TTL or hop limit. */
    readonly ttl: number;
    /** On the port of RFC 5883. */
    readonly isMultihop: boolean;
    /** When the kernel had it: earlier than now when the loop was late. */
    readonly arrivedAt: Instant;
    /** Only valid during the call: the buffer is used again. */
    readonly payload: Uint8Array;
}
