import type { CheckerSettings, CheckSettings } from "../../../service/check-settings.ts";
import { agentChecks } from "./agent-checks.ts";
import { type CheckedServer, connectingCheck } from "./checked-server.ts";
import { dnsChecks } from "./dns-checks.ts";
import { bfdChecks, fileChecks } from "./follow-checks.ts";
import { grpcChecks } from "./grpc-checks.ts";
import { httpChecks, secureHttpChecks } from "./http-checks.ts";
import { miscChecks } from "./misc-checks.ts";
import { smtpChecks } from "./smtp-checks.ts";
import { udpChecks } from "./udp-checks.ts";

const NONE: readonly CheckerSettings[] = [];

/** The checkers of one real server, kind by kind. Most have one kind, and there may be a hundred thousand servers. */
export function completeChecks(server: CheckedServer): readonly CheckerSettings[] {
    const { written } = server;
    const kinds = [
        written.TCP_CHECK.length === 0 ? NONE : tcpChecks(server),
        written.HTTP_GET.length === 0 ? NONE : httpChecks(server),
        written.SSL_GET.length === 0 ? NONE : secureHttpChecks(server),
        written.GRPC_CHECK.length === 0 ? NONE : grpcChecks(server),
        written.SMTP_CHECK.length === 0 ? NONE : smtpChecks(server),
        written.DNS_CHECK.length === 0 ? NONE : dnsChecks(server),
        written.UDP_CHECK.length === 0 ? NONE : udpChecks(server),
        written.PING_CHECK.length === 0 ? NONE : pingChecks(server),
        written.MISC_CHECK.length === 0 ? NONE : miscChecks(server),
        written.FILE_CHECK.length === 0 ? NONE : fileChecks(server),
        written.BFD_CHECK.length === 0 ? NONE : bfdChecks(server),
        written.AGENT_CHECK.length === 0 ? NONE : agentChecks(server),
    ];
    let checks = NONE;
    for (const kind of kinds) {
        if (kind.length > 0) {
            checks = checks.length === 0 ? kind : [...checks, ...kind];
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
