import type { ServiceFlag, VirtualServerSettings } from "./virtual-server.ts";

/**
 * What balancing by nftables cannot do. It knows no number of connections, so what is chosen by that is approximated where the distribution over
 * equal connections is the same, and refused where it is not.
 */

/** Schedulers that count connections, and what comes closest: equal connections are spread in the same proportions. */
const APPROXIMATIONS: Readonly<Record<string, string>> = { lc: "rr", wlc: "wrr", sed: "wrr", nq: "wrr" };

const SCHEDULERS: ReadonlySet<string> = new Set(["rr", "wrr", "sh", "mh", "dh", "fo"]);
const UNKNOWN_FLAGS: ReadonlySet<ServiceFlag> = new Set(["one-packet"]);

/** One thing that a virtual server asks for in vain. */
export interface Limit {
    /** In words that follow the virtual server's name. */
    readonly text: string;
    /** What is done in its place; absent when the virtual server is not balanced at all. */
    readonly instead?: string;
}

/** What of a virtual server cannot be done as it says. */
export function limitsOf(server: VirtualServerSettings): readonly Limit[] {
    return [...schedulerLimits(server), ...featureLimits(server), ...forwardingLimits(server), ...thresholdLimits(server)];
}

/** The scheduler that does the work of this one; undefined when none can. */
export function schedulerFor(scheduler: string): string | undefined {
    return SCHEDULERS.has(scheduler) ? scheduler : APPROXIMATIONS[scheduler];
}

function schedulerLimits({ scheduler }: VirtualServerSettings): readonly Limit[] {
    const instead = APPROXIMATIONS[scheduler];
    if (SCHEDULERS.has(scheduler)) {
        return [];
    }
    return instead === undefined
        ? [{ text: `asks for the scheduler ${scheduler}` }]
        : [{ text: `asks for the scheduler ${scheduler}, which counts connections`, instead: `${instead} is used` }];
}

function featureLimits({ flags, engine }: VirtualServerSettings): readonly Limit[] {
    return [
        ...flags.filter((flag) => UNKNOWN_FLAGS.has(flag)).map(() => ({ text: "asks for a server for each packet (ops)" })),
        ...(engine === undefined ? [] : [{ text: `asks for the persistence engine ${engine}` }]),
    ];
}

function forwardingLimits({ realServers, sorryServer, entries }: VirtualServerSettings): readonly Limit[] {
    const methods = new Set(realServers.map(({ forwarding }) => forwarding.method));
    const all = new Set([...methods, ...(sorryServer === undefined ? [] : [sorryServer.forwarding.method])]);
    return [
        ...(all.has("tunnel") ? [{ text: "asks for tunnels (TUN)" }] : []),
        ...(methods.size > 1 ? [{ text: "has real servers of different methods" }] : []),
        ...(all.has("route") && entries.some(({ type }) => type === "fwmark")
            ? [{ text: "asks for DR with a firewall mark, which packets get only after they have been sent on" }]
            : []),
    ];
}

function thresholdLimits({ realServers }: VirtualServerSettings): readonly Limit[] {
    const isLimited = realServers.some(({ upperThreshold, lowerThreshold }) => upperThreshold > 0 || lowerThreshold > 0);
    return isLimited ? [{ text: "limits connections (uthreshold, lthreshold)", instead: "nothing is limited" }] : [];
}
