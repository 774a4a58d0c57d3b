import { after, earliest, type Instant, isDue } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import { isSameData } from "../base/same-data.ts";
import { matches, type ProcessIdentity } from "./process-match.ts";
import type { TrackProcessSettings } from "./tracker-definitions.ts";
import type { TrackerNews } from "./tracker-status.ts";

/** What the trackers of processes can be told. */
export type ProcessTrackerEvent =
    /** The wanted set, at first and at each reload. */
    | { readonly type: "configure"; readonly processes: readonly TrackProcessSettings[] }
    /** A process is this now: it was found, started a program, or changed its name. */
    | { readonly type: "process"; readonly identity: ProcessIdentity }
    /** A child that is, for now, what its parent is. */
    | { readonly type: "fork"; readonly parent: number; readonly child: number }
    | { readonly type: "exit"; readonly process: number }
    /** All processes have been told of, and there are none but these. */
    | { readonly type: "scanned"; readonly processes: ReadonlySet<number> }
    | { readonly type: "wake" };

/** What the trackers of processes want done. */
export type ProcessTrackerEffect =
    /** Tell of all processes that there are, and of what happens to them from now on; with an empty list of nothing any more. */
    { readonly type: "scan"; readonly processes: readonly TrackProcessSettings[] } | { readonly type: "tell"; readonly news: TrackerNews };

interface Tracked {
    readonly settings: TrackProcessSettings;
    readonly found: Set<number>;
    /** What was told last; undefined before the first scan is over. */
    isUp: boolean | undefined;
    /** When a change counts that has to last for a while. */
    changeAt: Instant | undefined;
}

/** Tracked processes: whether as many of them run as are wanted, told when that changes for long enough. */
export class ProcessTrackers implements Machine<ProcessTrackerEvent, ProcessTrackerEffect> {
    #trackers: readonly Tracked[] = [];

    get wakeAt(): Instant | undefined {
        return earliest(...this.#trackers.map(({ changeAt }) => changeAt));
    }

    handle(event: ProcessTrackerEvent, now: Instant): readonly ProcessTrackerEffect[] {
        switch (event.type) {
            case "configure":
                return this.#configure(event.processes);
            case "process":
                return this.#all((tracked) => this.#identify(tracked, event.identity, now));
            case "fork":
                return this.#all((tracked) => (tracked.found.has(event.parent) ? this.#add(tracked, event.child, now) : []));
            case "exit":
                return this.#all((tracked) => this.#remove(tracked, event.process, now));
            case "scanned":
                return this.#all((tracked) => this.#settle(tracked, event.processes, now));
            case "wake":
                return this.#all((tracked) => (isDue(tracked.changeAt, now) ? this.#conclude(tracked) : []));
            default:
                return unreachable(event);
        }
    }

    #configure(wanted: readonly TrackProcessSettings[]): ProcessTrackerEffect[] {
        const before = new Map(this.#trackers.map((tracked) => [tracked.settings.name, tracked]));
        this.#trackers = wanted.map((settings) => {
            const known = before.get(settings.name);
            const isSame = known !== undefined && isSameData(known.settings, settings);
            return isSame ? known : { settings, found: new Set<number>(), isUp: undefined, changeAt: undefined };
        });
        return wanted.length === 0 && before.size === 0 ? [] : [{ type: "scan", processes: wanted }];
    }

    #identify(tracked: Tracked, identity: ProcessIdentity, now: Instant): ProcessTrackerEffect[] {
        const { process } = identity;
        return matches(tracked.settings, identity) ? this.#add(tracked, process, now) : this.#remove(tracked, process, now);
    }

    #add(tracked: Tracked, process: number, now: Instant): ProcessTrackerEffect[] {
        if (tracked.found.has(process)) {
            return [];
        }
        tracked.found.add(process);
        return this.#changed(tracked, after(now, tracked.settings.forkDelay), now);
    }

    #remove(tracked: Tracked, process: number, now: Instant): ProcessTrackerEffect[] {
        return tracked.found.delete(process) ? this.#changed(tracked, after(now, tracked.settings.terminateDelay), now) : [];
    }

    #settle(tracked: Tracked, standing: ReadonlySet<number>, now: Instant): ProcessTrackerEffect[] {
        const gone = [...tracked.found].filter((process) => !standing.has(process));
        const effects = gone.flatMap((process) => this.#remove(tracked, process, now));
        return tracked.isUp === undefined ? this.#conclude(tracked) : effects;
    }

    /** A change that is taken back before its time counts for nothing. */
    #changed(tracked: Tracked, at: Instant, now: Instant): ProcessTrackerEffect[] {
        if (tracked.isUp === undefined) {
            return [];
        }
        if (hasQuorum(tracked) === tracked.isUp) {
            tracked.changeAt = undefined;
            return [];
        }
        tracked.changeAt ??= at;
        return isDue(tracked.changeAt, now) ? this.#conclude(tracked) : [];
    }

    #conclude(tracked: Tracked): ProcessTrackerEffect[] {
        tracked.changeAt = undefined;
        tracked.isUp = hasQuorum(tracked);
        return [{ type: "tell", news: { kind: "process", name: tracked.settings.name, status: { type: tracked.isUp ? "up" : "down" } } }];
    }

    #all(each: (tracked: Tracked) => readonly ProcessTrackerEffect[]): readonly ProcessTrackerEffect[] {
        return this.#trackers.flatMap(each);
    }
}

function hasQuorum({ settings: { quorum, quorumMax }, found }: Tracked): boolean {
    return found.size >= quorum && (quorumMax === undefined || found.size <= quorumMax);
}
