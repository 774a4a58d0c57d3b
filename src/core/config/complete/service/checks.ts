import type { CheckSettings } from "../../../service/check-settings.ts";
import { type CheckedServer, CONNECTING, endpointOf, scheduleOf, timeoutOf } from "./checked-server.ts";

/** The checkers of one real server. */
export function completeChecks(server: CheckedServer): readonly CheckSettings[] {
    return [...tcpChecks(server)];
}

function tcpChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.TCP_CHECK.map((written) => ({
        schedule: scheduleOf(written, server, CONNECTING),
        timeout: timeoutOf(written, server),
        probe: { kind: "tcp", endpoint: endpointOf(written, server) },
    }));
}
