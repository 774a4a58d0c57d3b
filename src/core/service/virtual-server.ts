import type { Duration } from "../base/instant.ts";
import type { Family, IpAddress } from "../base/ip.ts";
import type { ScriptCommand } from "../notify/script-command.ts";
import type { CheckerSettings } from "./check-settings.ts";
import type { ServerHost } from "./named-servers.ts";

/**
 * What the load balancer is to do, as plain data: the configuration with every default filled in and every contradiction settled.
 */

/** Transport protocols that the kernel balances. */
export type TransportProtocol = "tcp" | "udp" | "sctp";

/** How packets reach a server: rewritten, through a tunnel, or to the server's own hardware address (`route`). */
export interface Forwarding {
    readonly method: "nat" | "tunnel" | "route";
    /** Of another form than plain ipip. */
    readonly tunnel?: {
        readonly type: "ipip" | "gue" | "gre";
        /** UDP port of gue; 0 for the others. */
        readonly port: number;
        readonly checksum: "none" | "full" | "remote";
    };
}

/** Where clients come in: addresses in a row with one port, or packets with a firewall mark. */
export type ServedEntry =
    | {
          readonly type: "addresses";
          readonly first: IpAddress;
          readonly count: number;
          /** 0 is every port. */
          readonly port: number;
          readonly protocol: TransportProtocol;
      }
    | { readonly type: "fwmark"; readonly family: Family; readonly mark: number };

/** Flags of the service; the numbered ones mean what the scheduler makes of them. */
export type ServiceFlag = "one-packet" | "scheduler-1" | "scheduler-2" | "scheduler-3";

/** How long a client keeps its server. */
export interface Persistence {
    /** Whole seconds. */
    readonly seconds: number;
    /** Leading bits by which clients are told apart; absent is all. */
    readonly granularity?: number;
}

/** One `virtual_server`. */
export interface VirtualServerSettings {
    /** One of a kind: the name, and what else tells it from others of that name. */
    readonly key: string;
    /** As logs and scripts call it: `[10.0.0.1]:tcp:80`, `FWM 5`, `[web]:0`. */
    readonly name: string;
    readonly entries: readonly ServedEntry[];
    readonly scheduler: string;
    readonly flags: readonly ServiceFlag[];
    readonly persistence?: Persistence;
    readonly engine?: string;
    /** Live weight that is needed, and the margin around it. */
    readonly quorum: number;
    readonly hysteresis: number;
    readonly quorumUp?: ScriptCommand;
    readonly quorumDown?: ScriptCommand;
    readonly mailsQuorum: boolean;
    /** `notify_webhook`: URLs that are told of the quorum; absent for none. */
    readonly webhooks?: readonly string[];
    /** Tells of everything as down at the end. */
    readonly isOmega: boolean;
    /** Checks only while its address stands here. */
    readonly suspendsWithoutAddress: boolean;
    readonly sorryServer?: SorryServerSettings;
    readonly realServers: readonly RealServerSettings[];
}

/** `sorry_server`: takes the clients while there is no quorum. */
export interface SorryServerSettings {
    readonly name: string;
    readonly address: IpAddress;
    readonly port: number;
    readonly forwarding: Forwarding;
    /** Stays in the kernel with weight 0 while it is not needed. */
    readonly inhibits: boolean;
}

/** One `real_server`. */
export interface RealServerSettings {
    /** `[10.0.0.2]:tcp:80`; one of a kind within its virtual server. */
    readonly name: string;
    readonly address: IpAddress;
    readonly port: number;
    readonly weight: number;
    readonly forwarding: Forwarding;
    /** Connections at which it gets no new ones, and those below which it gets them again; 0 is none. */
    readonly upperThreshold: number;
    readonly lowerThreshold: number;
    /** Stays in the kernel with weight 0 when it is down. */
    readonly inhibits: boolean;
    readonly notifyUp?: ScriptCommand;
    readonly notifyDown?: ScriptCommand;
    readonly mails: boolean;
    /** `notify_webhook`: URLs that are told of this server; absent for none. */
    readonly webhooks?: readonly string[];
    /** How long it takes to get all of its weight when it comes up again. */
    readonly slowStart?: Duration;
    /** It gets no new clients; when its last connection has ended, or its time is over, it leaves the kernel's table. */
    readonly drain?: { readonly timeout?: Duration };
    /** It stands wherever this name leads, in the family of `address`, which is none of its own. */
    readonly named?: ServerHost;
    readonly checks: readonly CheckerSettings[];
}
