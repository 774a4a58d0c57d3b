import type { CheckSettings } from "../../../service/check-settings.ts";
import { labelsOf, RECORD_TYPES } from "../../../service/probe/dns-question.ts";
import { type CheckedServer, type CheckerDefaults, connectingCheck, type WrittenRealServer } from "./checked-server.ts";

type WrittenDnsCheck = WrittenRealServer["DNS_CHECK"][number];

/** A lost datagram is no reason to give a server up; each next try comes as late as the next check would. */
const ASKING: CheckerDefaults = { retry: 3 };
const ROOT: readonly string[] = [];

/** `DNS_CHECK` */
export function dnsChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.DNS_CHECK.map((written) => {
        const recordType = RECORD_TYPES[written.type ?? "SOA"];
        const labels = labelsIn(written, server);
        return connectingCheck(written, server, {
            defaults: ASKING,
            probe: (endpoint) => ({ kind: "dns", endpoint, recordType, labels }),
        });
    });
}

function labelsIn(written: WrittenDnsCheck, { name, report }: CheckedServer): readonly string[] {
    const labels = written.name === undefined ? ROOT : labelsOf(written.name);
    if (labels === undefined) {
        report(written.positions.name ?? written.at, {
            code: "no-domain-name",
            errorClass: "general",
            message: `DNS_CHECK of ${name}: '${written.name}' cannot be asked for`,
            allowed: "labels of 1 to 63 characters, 253 in all",
            consequence: "the root is asked for",
        });
    }
    return labels ?? ROOT;
}
