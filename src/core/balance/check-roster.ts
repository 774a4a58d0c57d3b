import { DeadlineHeap } from "../base/heap.ts";
import type { Instant } from "../base/instant.ts";
import { isSameData } from "../base/same-data.ts";
import { Check, type CheckEffect, type CheckEvent, type CheckState } from "../health/check.ts";
import { Follower } from "../health/follower.ts";
import type { CheckerSettings } from "../service/check-settings.ts";
import type { TrackerNews, TrackerStatus } from "../track/tracker-status.ts";
import { trackerKey } from "../track/tracker-use.ts";
import type { BalancerEffect } from "./effects.ts";

/** One check in its place. */
export interface RosteredCheck {
    readonly id: number;
    readonly settings: CheckerSettings;
    /** The virtual server's key and the real server's name. */
    readonly service: string;
    readonly server: string;
    readonly check: Check | Follower;
}

/** A try of a check that is gone. */
export type OrphanedTry = Pick<BalancerEffect & { readonly type: "abandon-check" }, "check" | "attempt">;

/** All checks and their deadlines: thousands of them, of which each turn of the loop concerns a few. */
export class CheckRoster {
    readonly #random: () => number;
    readonly #checks = new Map<number, RosteredCheck>();
    readonly #deadlines = new DeadlineHeap<RosteredCheck>();
    /** Checks that follow something, by what they follow; and what is known of all such things. */
    readonly #followers = new Map<string, Set<RosteredCheck>>();
    readonly #statuses = new Map<string, TrackerStatus>();
    readonly #orphans: OrphanedTry[] = [];
    #lastId = 0;

    /** @param random 0..1: spreads the first checks over time */
    constructor(random: () => number) {
        this.#random = random;
    }

    get wakeAt(): Instant | undefined {
        return this.#deadlines.earliest;
    }

    get(id: number): RosteredCheck | undefined {
        return this.#checks.get(id);
    }

    /**
     * The checks of one server: those among the `former` with the same settings stay as they are, the others are new.
     *
     * @param states a predecessor's, in the order of the settings
     */
    enlist(
        place: Pick<RosteredCheck, "service" | "server">,
        settings: readonly CheckerSettings[],
        {
            former,
            states,
            now,
        }: { readonly former: readonly RosteredCheck[]; readonly states: readonly CheckState[]; readonly now: Instant },
    ): readonly RosteredCheck[] {
        const left = [...former];
        const checks = settings.map((one, index) => {
            const at = left.findIndex((candidate) => isSameData(candidate.settings, one));
            return at < 0 ? this.#create(place, one, states[index], now) : (left.splice(at, 1)[0] as RosteredCheck);
        });
        for (const gone of left) {
            this.remove(gone);
        }
        return checks;
    }

    remove(check: RosteredCheck): void {
        const attempt = check.check instanceof Check ? check.check.triedNow : undefined;
        if (attempt !== undefined) {
            this.#orphans.push({ check: check.id, attempt });
        }
        this.#checks.delete(check.id);
        this.#deadlines.set(check, undefined);
        if ("follows" in check.settings) {
            this.#followers.get(trackerKey(check.settings.follows))?.delete(check);
        }
    }

    /** Tries of checks that were removed since this was asked last: nobody waits for what comes of them, or would ever give them up. */
    takeOrphans(): readonly OrphanedTry[] {
        return this.#orphans.splice(0);
    }

    /** Takes news in. @returns the checks that follow what they are of */
    note(news: TrackerNews): readonly RosteredCheck[] {
        const key = trackerKey(news);
        this.#statuses.set(key, news.status);
        return [...(this.#followers.get(key) ?? [])];
    }

    /** The next check that is due. */
    takeDue(now: Instant): RosteredCheck | undefined {
        return this.#deadlines.takeDue(now);
    }

    /** Tells a check what happened. */
    tell(rostered: RosteredCheck, event: CheckEvent, now: Instant): readonly CheckEffect[] {
        const effects = rostered.check.handle(event, now);
        this.#deadlines.set(rostered, rostered.check.wakeAt);
        return effects;
    }

    #create(
        place: Pick<RosteredCheck, "service" | "server">,
        settings: CheckerSettings,
        state: CheckState | undefined,
        now: Instant,
    ): RosteredCheck {
        this.#lastId += 1;
        const { service, server } = place;
        const rostered: RosteredCheck = {
            id: this.#lastId,
            settings,
            service,
            server,
            check: this.#checkOf(settings, state, now),
        };
        this.#checks.set(rostered.id, rostered);
        this.#deadlines.set(rostered, rostered.check.wakeAt);
        if ("follows" in settings) {
            const key = trackerKey(settings.follows);
            this.#followers.set(key, (this.#followers.get(key) ?? new Set()).add(rostered));
        }
        return rostered;
    }

    #checkOf(settings: CheckerSettings, state: CheckState | undefined, now: Instant): Check | Follower {
        return "follows" in settings
            ? new Follower(settings, this.#statuses.get(trackerKey(settings.follows)) ?? { type: "unknown" }, state)
            : new Check(settings, now, this.#random(), state);
    }
}
