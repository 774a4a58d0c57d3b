import { seconds } from "../../../base/instant.ts";
import type { CheckSettings } from "../../../service/check-settings.ts";
import { type CheckedServer, type CheckerDefaults, connectingCheck } from "./checked-server.ts";

/** What an agent says counts at once. */
const LISTENING: CheckerDefaults = { retry: 0, delayBeforeRetry: seconds(1) };

/** `AGENT_CHECK`: those that say where the agent is; one that is not to be had leaves the server as it is. */
export function agentChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.AGENT_CHECK.flatMap((written) => {
        if (written.connect_port === undefined) {
            server.report(written.at, {
                code: "no-agent-port",
                errorClass: "general",
                message: `AGENT_CHECK of ${server.name} has no connect_port`,
                consequence: "the checker is left out",
            });
            return [];
        }
        const request = written.send === undefined ? {} : { request: `${written.send}\n` };
        const check = connectingCheck(written, server, {
            defaults: LISTENING,
            probe: (endpoint) => ({ kind: "agent", endpoint, ...request }),
        });
        return [{ ...check, silence: "impossible" }];
    });
}
