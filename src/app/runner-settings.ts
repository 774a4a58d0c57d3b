import type { CompletedConfiguration } from "../core/config/complete/complete.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import type { RunnerSettings } from "../core/supervise/runner-settings.ts";
import type { DaemonOptions } from "./command-line.ts";

/** Whether a configuration has anything for the runner to do. */
export function needsRunner({ notifications, trackScripts }: CompletedConfiguration): boolean {
    return trackScripts.length > 0 || notifications.vrrp !== undefined || notifications.pipes.length > 0;
}

/** What the runner is to be told of a configuration and a command line. */
export function runnerProcessSettings(
    configuration: Configuration,
    { notifications, trackScripts }: CompletedConfiguration,
    options: DaemonOptions,
): RunnerSettings {
    const networkNamespace = options.networkNamespace ?? configuration.net_namespace;
    return {
        scripts: trackScripts,
        pipes: notifications.pipes,
        // Scripts are nobody's real-time work.
        scheduling: {},
        ...(networkNamespace !== undefined && { networkNamespace }),
        ...(configuration.global_defs?.process_names === true && { processName: "keepalived_runner" }),
    };
}
