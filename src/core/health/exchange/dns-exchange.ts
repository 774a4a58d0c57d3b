import { decodeDnsResponse, encodeDnsQuery } from "../../packet/dns.ts";
import type { DnsProbe } from "../../service/probe/dns-probe.ts";
import type { Exchange } from "./exchange.ts";

/** RFC 1035 §4.1.1 and RFC 6895 §2.3 */
const CODES = ["", "format error", "server failure", "no such name", "not implemented", "refused"];

/**
 * `DNS_CHECK`: a response to this query without an error. What belongs to another query, or is too short, is nobody's answer.
 *
 * @param id 0..65535, not to be guessed
 */
export function dnsExchange({ labels, recordType }: DnsProbe, id: number): Exchange {
    return {
        request: encodeDnsQuery({ id, labels, recordType }),
        answered: (bytes) => {
            const response = decodeDnsResponse(bytes);
            if (!response.ok || response.value.id !== id) {
                return undefined;
            }
            const { code } = response.value;
            return code === 0
                ? { type: "success" }
                : { type: "failure", reason: `the server says ${CODES[code] ?? "that it fails"} (rcode ${code})` };
        },
    };
}
