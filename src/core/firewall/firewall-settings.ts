/** How our tables in the kernel's packet filter are to look (`nftables` and its companions in `global_defs`). */
export interface FirewallSettings {
    /** The name of both tables, IPv4's and IPv6's. */
    readonly table: string;
    /** Of our chains among those of others on the same hook: lower comes first. */
    readonly priority: number;
    /** Each rule counts packets and bytes. */
    readonly counters: boolean;
    /** Link-local addresses belong to an interface's number, not to its name. */
    readonly matchesByIndex: boolean;
}
