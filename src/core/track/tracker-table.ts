import { type TrackedStanding, TrackedSum, UNTRACKED } from "./tracked-sum.ts";
import { trackerEffect } from "./tracker-effect.ts";
import type { TrackerNews, TrackerStatus } from "./tracker-status.ts";
import { type TrackerUse, trackerKey } from "./tracker-use.ts";

/** News of a tracked thing or of an interface. */
export type TrackedNews = Pick<TrackerUse, "kind" | "name"> & { readonly status: TrackerStatus };

const UNKNOWN: TrackerStatus = { type: "unknown" };
const UP: TrackerStatus = { type: "up" };
const DOWN: TrackerStatus = { type: "down" };

/** Who tracks what, how that stands, and what it makes of who tracks it. News cost as much as there are users of what they are about. */
export class TrackerTable<User> {
    readonly #statuses = new Map<string, TrackerStatus>();
    readonly #users = new Map<string, Map<User, TrackerUse>>();
    readonly #sums = new Map<User, TrackedSum>();

    /** Enters somebody with all that he tracks. @returns what that makes of him */
    enter(user: User, uses: readonly TrackerUse[] = []): TrackedStanding {
        if (uses.length === 0) {
            return UNTRACKED;
        }
        const sum = new TrackedSum();
        this.#sums.set(user, sum);
        for (const use of uses) {
            const key = trackerKey(use);
            const users = this.#users.get(key) ?? new Map<User, TrackerUse>();
            this.#users.set(key, users.set(user, use));
            sum.set(key, trackerEffect(use, this.#statusOf(use)));
        }
        return sum.standing;
    }

    /** Takes somebody out who was entered with these. */
    leave(user: User, uses: readonly TrackerUse[]): void {
        this.#sums.delete(user);
        for (const use of uses) {
            this.#users.get(trackerKey(use))?.delete(user);
        }
    }

    /** What all that somebody tracks makes of him. */
    standingOf(user: User): TrackedStanding {
        return this.#sums.get(user)?.standing ?? UNTRACKED;
    }

    /**
     * Takes in how something stands now. That nothing is known of it any more changes nothing: what was known last goes on to count.
     *
     * @returns those to whom it makes a difference
     */
    tell(news: TrackedNews): readonly User[] {
        const key = trackerKey(news);
        if (news.status.type === "unknown") {
            return [];
        }
        this.#statuses.set(key, news.status);
        const users = this.#users.get(key) ?? [];
        return Array.from(users).flatMap(([user, use]) =>
            this.#sums.get(user)?.set(key, trackerEffect(use, news.status)) === true ? [user] : [],
        );
    }

    /** How the things stand that are known by something else than the kernel's word: what a successor cannot find out at once. */
    newsOf(uses: readonly TrackerUse[]): TrackerNews[] {
        return uses.flatMap(({ kind, name }) => {
            const status = this.#statuses.get(trackerKey({ kind, name }));
            return kind === "interface" || status === undefined ? [] : [{ kind, name, status }];
        });
    }

    /** Takes over what a predecessor knew, where nothing newer is known. @returns those to whom it makes a difference */
    adopt(news: TrackerNews): readonly User[] {
        return this.#statuses.has(trackerKey(news)) ? [] : this.tell(news);
    }

    #statusOf(use: TrackerUse): TrackerStatus {
        return this.#statuses.get(trackerKey(use)) ?? unheardOf(use.kind);
    }
}

/** An interface that nobody has told of does not exist; a static address of which nobody has complained stands. */
function unheardOf(kind: TrackerUse["kind"]): TrackerStatus {
    switch (kind) {
        case "interface":
            return DOWN;
        case "static":
            return UP;
        default:
            return UNKNOWN;
    }
}
