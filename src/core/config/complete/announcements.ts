import type { Filled } from "../../base/filled.ts";
import { type Duration, NO_TIME } from "../../base/instant.ts";
import type { CompletedAnnouncements } from "./completed-router.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";

/** Each figure is the instance's, else the global one; strict mode answers a lower priority with silence. */
export function completeAnnouncements(instance: Instance, protocol: Protocol, scope: Scope): CompletedAnnouncements {
    const globals = scope.globals.announcements;
    const extra = instance.garp_extra_if === undefined ? globals : extraAnnouncements(instance.garp_extra_if);
    const announcements: Filled<CompletedAnnouncements> = {
        masterRepeat: instance.garp_master_repeat ?? globals.masterRepeat,
        masterDelay: instance.garp_master_delay ?? globals.masterDelay,
        refresh: instance.garp_master_refresh ?? globals.refresh,
        refreshRepeat: instance.garp_master_refresh_repeat ?? globals.refreshRepeat,
        lowerPriorityRepeat: protocol.strict ? 0 : (instance.garp_lower_prio_repeat ?? globals.lowerPriorityRepeat),
        lowerPriorityDelay: protocol.strict ? NO_TIME : (instance.garp_lower_prio_delay ?? globals.lowerPriorityDelay),
    };
    if (extra.extra !== undefined) {
        announcements.extra = extra.extra;
    }
    return announcements;
}

/** `[all] SECONDS`; zero seconds is never. */
export function extraAnnouncements(
    written: { readonly all: boolean; readonly interval: Duration } | undefined,
): Pick<CompletedAnnouncements, "extra"> {
    return written === undefined || written.interval <= NO_TIME ? {} : { extra: { interval: written.interval, isForAll: written.all } };
}
