import type { CheckSettings } from "../../../service/check-settings.ts";
import { type CheckedServer, connectingCheck } from "./checked-server.ts";
import { dnsChecks } from "./dns-checks.ts";
import { smtpChecks } from "./smtp-checks.ts";
import { udpChecks } from "./udp-checks.ts";

/** The checkers of one real server, kind by kind. */
export function completeChecks(server: CheckedServer): readonly CheckSettings[] {
    return [...tcpChecks(server), ...smtpChecks(server), ...dnsChecks(server), ...udpChecks(server), ...pingChecks(server)];
}

function tcpChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.TCP_CHECK.map((written) =>
        connectingCheck(written, server, { probe: (endpoint) => ({ kind: "tcp", endpoint }) }),
    );
}

function pingChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.PING_CHECK.map((written) =>
        connectingCheck(written, server, { probe: (endpoint) => ({ kind: "ping", endpoint }) }),
    );
}
