import type { Duration, Instant } from "../base/instant.ts";
import type { IpAddress } from "../base/ip.ts";
import type { BfdReport } from "./reports.ts";
import type { BfdConsumer } from "./settings.ts";

/** What the BFD speaker wants done, in order. */
export type BfdEffect =
    /** These are all the places that packets leave from and arrive at; others are closed. */
    | { readonly type: "attend"; readonly endpoints: readonly BfdEndpoint[] }
    /** Leaves at once. */
    | { readonly type: "send"; readonly session: number; readonly payload: Uint8Array }
    /** From now on the world repeats this by itself, at intervals that it draws by chance; replaces what it repeated for this session so far. */
    | { readonly type: "pace"; readonly session: number; readonly pacing: BfdPacing }
    /** Nothing is repeated for this session any more. */
    | { readonly type: "unpace"; readonly session: number }
    /** We are alive: what is repeated may be repeated until then, and must end then if nothing like this is said again. */
    | { readonly type: "vouch"; readonly until: Instant }
    /** What this session knows has changed so that a successor of a process that dies now had better know it. */
    | { readonly type: "keep"; readonly session: number }
    /** A session came up or went down, and these want to know. */
    | { readonly type: "tell"; readonly name: string; readonly isUp: boolean; readonly consumers: readonly BfdConsumer[] }
    /** Something that people and programs may want to know. */
    | { readonly type: "report"; readonly report: BfdReport };

/** A packet that says the same each time, and when it leaves. */
export interface BfdPacing {
    readonly payload: Uint8Array;
    /** When the session's last packet left: the first interval counts from there, or from the last one that the world itself sent if that was later. */
    readonly since: Instant;
    /** Each interval is drawn evenly between the two (RFC 5880 §6.8.7). */
    readonly shortest: Duration;
    readonly longest: Duration;
}

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
