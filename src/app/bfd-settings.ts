import type { CompletedConfiguration } from "../core/config/complete/complete.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import type { BfdProcessSettings } from "../core/supervise/process-settings.ts";
import type { DaemonOptions } from "./command-line.ts";
import { everyProcessSettings } from "./every-process-settings.ts";

/** What the bfd process is to be told of a configuration and a command line; sessions have news only for processes that there are. */
export function bfdProcessSettings(
    configuration: Configuration,
    completed: CompletedConfiguration,
    options: DaemonOptions,
): BfdProcessSettings {
    const isThere = {
        vrrp: options.parts.vrrp && completed.routers.length > 0,
        checkers: options.parts.checkers && completed.virtualServers.length > 0,
    };
    return {
        ...everyProcessSettings("bfd", configuration, options),
        sessions: completed.bfdSessions.map((session) => ({
            ...session,
            consumers: session.consumers.filter((consumer) => isThere[consumer]),
        })),
        logDetail: options.log.detail,
    };
}
