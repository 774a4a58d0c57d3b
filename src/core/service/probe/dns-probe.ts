import type { Endpoint } from "./endpoint.ts";

/** `DNS_CHECK`: a name server answers without an error; what it answers does not matter. */
export interface DnsProbe {
    readonly kind: "dns";
    readonly endpoint: Endpoint;
    /** Number of the record's type. */
    readonly recordType: number;
    /** The labels of the name; none is the root. */
    readonly labels: readonly string[];
}
