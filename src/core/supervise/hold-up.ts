import { type Duration, microseconds, NO_TIME } from "../base/instant.ts";

/** Why a process did not run when it should have, in the order of precedence when two explain as much. */
export const HOLD_UP_CAUSES = ["suspended", "collection", "steal", "processor", "own-work", "stopped"] as const;

/** One of them. */
export type HoldUpCause = (typeof HOLD_UP_CAUSES)[number];

/** A process was held up. */
export interface HoldUp {
    readonly lateness: Duration;
    readonly cause: HoldUpCause;
}

/** What was seen of the time during which a process was late; each may be a little more than belongs to it. */
export interface HoldUpEvidence {
    readonly lateness: Duration;
    /** The machine was suspended for so long. */
    readonly suspended: Duration;
    /** The garbage collector worked. */
    readonly collecting: Duration;
    /** The process had a processor, for its own work or for the garbage collector's. */
    readonly working: Duration;
    /** It wanted one, and others had it. */
    readonly waiting: Duration;
    /** The machine wanted one, and other machines had it. */
    readonly stolen: Duration;
}

/**
 * The cause that explains most of a hold-up. What nothing explains is time in which the process neither ran nor wanted to: it was stopped, the whole machine was
 * paused, or it waited for a disk.
 */
export function causeOf(evidence: HoldUpEvidence): HoldUpCause {
    const shares = sharesOf(evidence);
    const most = Math.max(...HOLD_UP_CAUSES.map((cause) => shares[cause]));
    return HOLD_UP_CAUSES.find((cause) => shares[cause] === most) ?? "stopped";
}

function sharesOf({ lateness, suspended, collecting, working, waiting, stolen }: HoldUpEvidence): Readonly<Record<HoldUpCause, Duration>> {
    const bounded = (span: number) => microseconds(Math.min(lateness, Math.max(NO_TIME, span)));
    const explained = suspended + Math.max(collecting, working) + waiting + stolen;
    return {
        suspended: bounded(suspended),
        collection: bounded(collecting),
        steal: bounded(stolen),
        processor: bounded(waiting),
        "own-work": bounded(working - collecting),
        stopped: bounded(lateness - explained),
    };
}
