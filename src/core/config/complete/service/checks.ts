import type { CheckerSettings, CheckSettings } from "../../../service/check-settings.ts";
import { agentChecks } from "./agent-checks.ts";
import { type CheckedServer, connectingCheck, type WrittenRealServer } from "./checked-server.ts";
import { dnsChecks } from "./dns-checks.ts";
import { bfdChecks, fileChecks } from "./follow-checks.ts";
import { grpcChecks } from "./grpc-checks.ts";
import { httpChecks, secureHttpChecks } from "./http-checks.ts";
import { miscChecks } from "./misc-checks.ts";
import { smtpChecks } from "./smtp-checks.ts";
import { udpChecks } from "./udp-checks.ts";

/** Every kind, in the order in which the checkers of a server stand. */
const KINDS: readonly { readonly keyword: CheckKeyword; readonly complete: (server: CheckedServer) => readonly CheckerSettings[] }[] = [
    { keyword: "TCP_CHECK", complete: tcpChecks },
    { keyword: "HTTP_GET", complete: httpChecks },
    { keyword: "SSL_GET", complete: secureHttpChecks },
    { keyword: "GRPC_CHECK", complete: grpcChecks },
    { keyword: "SMTP_CHECK", complete: smtpChecks },
    { keyword: "DNS_CHECK", complete: dnsChecks },
    { keyword: "UDP_CHECK", complete: udpChecks },
    { keyword: "PING_CHECK", complete: pingChecks },
    { keyword: "MISC_CHECK", complete: miscChecks },
    { keyword: "FILE_CHECK", complete: fileChecks },
    { keyword: "BFD_CHECK", complete: bfdChecks },
    { keyword: "AGENT_CHECK", complete: agentChecks },
];

type CheckKeyword = Extract<keyof WrittenRealServer, `${string}_CHECK` | `${string}_GET`>;

/** The checkers of one real server, kind by kind. */
export function completeChecks(server: CheckedServer): readonly CheckerSettings[] {
    const { written } = server;
    const checks: CheckerSettings[] = [];
    for (const { keyword, complete } of KINDS) {
        // Most servers have one kind, and there may be a hundred thousand of them.
        if (written[keyword].length > 0) {
            checks.push(...complete(server));
        }
    }
    return checks;
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
