import type { Duration } from "../base/instant.ts";
import { commandText } from "../notify/script-command.ts";
import type { Followed, FollowSettings } from "./follow-settings.ts";
import type { Probe, ProbeKind } from "./probe/probe.ts";

/** When a check is made, and how often it may fail before that counts. */
export interface CheckSchedule {
    /** From one check to the next. */
    readonly delayLoop: Duration;
    /** Further tries before the server counts as down; the first check of all has none. */
    readonly retry: number;
    readonly delayBeforeRetry: Duration;
    /** Longest random delay of the first check. */
    readonly warmup: Duration;
    /** Down until it succeeds. */
    readonly isAlpha: boolean;
    readonly logsAllFailures: boolean;
}

/** One checker of a real server that asks it. */
export interface CheckSettings {
    readonly schedule: CheckSchedule;
    /** How long a try may take; a server that says something in between may take its time again. */
    readonly timeout: Duration;
    /** What it means that nothing is heard in that time; absent: a failure. */
    readonly silence?: "success" | "impossible";
    readonly probe: Probe;
    /** What is asked besides, one after the other, one with each check; the server passes when all in a row were answered well. */
    readonly furtherProbes?: readonly Probe[];
    /** All of them without a pause as long as that is not so. */
    readonly isHasty?: boolean;
}

/** One checker of a real server. */
export type CheckerSettings = CheckSettings | FollowSettings;

/** The name of a kind of checker. */
export type CheckerKind = ProbeKind | Followed["kind"];

/** Which kind a checker is of. */
export function kindOf(settings: CheckerSettings): CheckerKind {
    return "follows" in settings ? settings.follows.kind : settings.probe.kind;
}

/** What a checker looks at besides its server, for people. */
export function aboutOf(settings: CheckerSettings): string | undefined {
    if ("follows" in settings) {
        return settings.follows.name;
    }
    return settings.probe.kind === "script" ? commandText(settings.probe.command) : undefined;
}
