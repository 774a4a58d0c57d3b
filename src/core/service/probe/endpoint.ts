import type { IpAddress } from "../../base/ip.ts";

/** The other end of a check's connection, and what is particular about ours. */
export interface Endpoint {
    readonly address: IpAddress;
    readonly port: number;
    readonly source?: IpAddress;
    readonly sourcePort?: number;
    readonly interfaceName?: string;
    /** Firewall mark of the packets; 0 is none. */
    readonly mark: number;
}
