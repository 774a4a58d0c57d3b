import { seconds } from "../../base/instant.ts";
import type { ScriptTrackerSettings } from "../../track/script-tracker.ts";
import { trackerKey } from "../../track/tracker-use.ts";
import type { CompletedRouter } from "./completed-router.ts";
import type { Configuration } from "./scope.ts";
import type { Scripts } from "./scripts.ts";

const USUAL_INTERVAL = seconds(1);

/** Every `vrrp_script` that can be run, by its name; the first of one name counts. */
export function completeTrackScripts(configuration: Configuration, scripts: Scripts): ReadonlyMap<string, ScriptTrackerSettings> {
    const completed = new Map<string, ScriptTrackerSettings>();
    for (const one of configuration.vrrp_script) {
        const written = one.script === undefined ? undefined : { ...one.script, user: one.user?.user, group: one.user?.group };
        const command = scripts.resolve(written, one.positions.script ?? one.at, `track script ${one.name}`);
        if (command !== undefined && !completed.has(one.name)) {
            const interval = one.interval ?? USUAL_INTERVAL;
            const { name, timeout = interval, rise = 1, fall = 1, init_fail: startsFailed } = one;
            completed.set(name, { name, command, interval, timeout, rise, fall, startsFailed });
        }
    }
    return completed;
}

/** Those that some virtual router tracks: the others need not run. */
export function usedTrackScripts(
    scripts: ReadonlyMap<string, ScriptTrackerSettings>,
    routers: readonly CompletedRouter[],
): readonly ScriptTrackerSettings[] {
    if (scripts.size === 0) {
        return [];
    }
    const used = new Set(routers.flatMap(({ trackers }) => (trackers ?? []).map(trackerKey)));
    return [...scripts.values()].filter(({ name }) => used.has(trackerKey({ kind: "script", name })));
}
