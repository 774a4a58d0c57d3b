import type { Duration } from "../base/instant.ts";
import type { IpAddress } from "../base/ip.ts";

/** When a check is made, and how often it may fail before that counts. */
export interface CheckSchedule {
    /** From one check to the next. */
    readonly delayLoop: Duration;
    /** Further tries before the server counts as down; the first check of all has none. */
    readonly retry: number;
    readonly delayBeforeRetry: Duration;
    /** Longest random delay of the first check. */
    readonly warmup: Duration;
    /** Down until it succeeds. */
    readonly isAlpha: boolean;
    readonly logsAllFailures: boolean;
}

/** The other end of a check's connection, and what is particular about ours. */
export interface Endpoint {
    readonly address: IpAddress;
    readonly port: number;
    readonly source?: IpAddress;
    readonly sourcePort?: number;
    readonly interfaceName?: string;
    /** Firewall mark of the packets; 0 is none. */
    readonly mark: number;
    /** How long a connection, or an answer, may take. */
    readonly timeout: Duration;
}

/** What is asked of the server, by kind. */
export type Probe = TcpProbe;

/** `TCP_CHECK`: that a connection comes about is enough. */
export interface TcpProbe {
    readonly kind: "tcp";
    readonly endpoint: Endpoint;
}

/** One checker of a real server. */
export interface CheckSettings {
    readonly schedule: CheckSchedule;
    readonly probe: Probe;
}
