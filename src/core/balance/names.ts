import type { Duration, Instant } from "../base/instant.ts";
import type { Family, IpAddress } from "../base/ip.ts";
import type { VirtualServerSettings } from "../service/virtual-server.ts";

/** What name servers say of the addresses of one family. */
export type FamilyAnswer =
    /** None is an answer too. */
    | { readonly family: Family; readonly addresses: readonly IpAddress[]; readonly timeToLive: Duration }
    | { readonly family: Family; readonly failure: string };

/** What happens to the names of real servers. */
export type NameBookEvent =
    /** What is wanted, names and all. `snapshots` are a predecessor's. */
    | {
          readonly type: "configure";
          readonly virtualServers: readonly VirtualServerSettings[];
          readonly snapshots?: readonly NameSnapshot[];
      }
    /** The answer to `resolve`: one for each family. */
    | { readonly type: "resolved"; readonly host: string; readonly answers: readonly FamilyAnswer[] }
    | { readonly type: "wake" };

/** What is to be done for them. */
export type NameBookEffect =
    | { readonly type: "resolve"; readonly host: string; readonly families: readonly Family[] }
    /** These are the virtual servers now, with addresses alone. */
    | { readonly type: "serve"; readonly virtualServers: readonly VirtualServerSettings[] }
    | { readonly type: "report"; readonly report: NameReport };

/** What there is to tell of a name. */
export type NameReport =
    | { readonly type: "addresses"; readonly host: string; readonly addresses: readonly IpAddress[] }
    /** Told once until it can be resolved again. `isKnown`: what it led to before is kept. */
    | { readonly type: "unresolved"; readonly host: string; readonly reason: string; readonly isKnown: boolean };

/** What a name leads to: for a successor of the process. */
export interface NameSnapshot {
    /** One of a kind. */
    readonly name: string;
    readonly host: string;
    readonly addresses: readonly string[];
    /** Addresses that vanished, with the instant until which their clients may stay. */
    readonly leaving: readonly { readonly address: string; readonly until: Instant }[];
}
