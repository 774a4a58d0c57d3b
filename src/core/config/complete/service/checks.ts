import type { CheckerSettings, CheckSettings } from "../../../service/check-settings.ts";
import { agentChecks } from "./agent-checks.ts";
import { type CheckedServer, connectingCheck } from "./checked-server.ts";
import { dnsChecks } from "./dns-checks.ts";
import { bfdChecks, fileChecks } from "./follow-checks.ts";
import { grpcChecks } from "./grpc-checks.ts";
import { httpChecks } from "./http-checks.ts";
import { miscChecks } from "./misc-checks.ts";
import { smtpChecks } from "./smtp-checks.ts";
import { udpChecks } from "./udp-checks.ts";

/** The checkers of one real server, kind by kind. */
export function completeChecks(server: CheckedServer): readonly CheckerSettings[] {
    return [
        ...tcpChecks(server),
        ...httpChecks(server),
        ...grpcChecks(server),
        ...smtpChecks(server),
        ...dnsChecks(server),
        ...udpChecks(server),
        ...pingChecks(server),
        ...miscChecks(server),
        ...fileChecks(server),
        ...bfdChecks(server),
        ...agentChecks(server),
    ];
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
