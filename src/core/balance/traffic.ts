/** What a data plane has counted for somebody since he came into its table; absent is what nobody counts there. */
export interface Traffic {
    readonly connections?: number;
    /** From clients, and to them. */
    readonly inPackets?: number;
    readonly outPackets?: number;
    readonly inBytes?: number;
    readonly outBytes?: number;
    /** Of a server's connections: those that are open, and those that linger. */
    readonly active?: number;
    readonly inactive?: number;
}

/** What was counted for a service, and for its servers by `destinationKey`. */
export interface ServiceTraffic {
    readonly total: Traffic;
    readonly servers: ReadonlyMap<string, Traffic>;
}

/** All of it, by `serviceKey`. */
export type TrafficTable = ReadonlyMap<string, ServiceTraffic>;

/** All of these together: what is counted for some of them only is the sum of those. */
export function sumOf(parts: Iterable<Traffic>): Traffic {
    const sums: { -readonly [Key in keyof Traffic]: number } = {};
    for (const part of parts) {
        for (const [key, value] of Object.entries(part) as [keyof Traffic, number][]) {
            sums[key] = (sums[key] ?? 0) + value;
        }
    }
    return sums;
}
