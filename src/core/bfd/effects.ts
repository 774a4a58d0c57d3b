import type { IpAddress } from "../base/ip.ts";
import type { BfdReport } from "./reports.ts";
import type { BfdConsumer } from "./settings.ts";

/** What the BFD speaker wants done, in order. */
export type BfdEffect =
    /** These are all the places that packets leave from and arrive at; others are closed. */
    | { readonly type: "attend"; readonly endpoints: readonly BfdEndpoint[] }
    /** Leaves at once. */
    | { readonly type: "send"; readonly session: number; readonly payload: Uint8Array }
    /** A session came up or went down, and these want to know. */
    | { readonly type: "tell"; readonly name: string; readonly isUp: boolean; readonly consumers: readonly BfdConsumer[] }
    /** Something that people and programs may want to know. */
    | { readonly type: "report"; readonly report: BfdReport };

/** One session's end of the wire. */
export interface BfdEndpoint {
    /** Our discriminator: the session's name on the wire. */
    readonly session: number;
    readonly name: string;
    readonly neighbor: IpAddress;
    readonly source?: IpAddress;
    readonly interfaceName?: string;
    readonly isMultihop: boolean;
    readonly ttl: number;
    /** 49152 to 65535, the same for all packets of a session (RFC 5881 §4). */
    readonly sourcePort: number;
}
