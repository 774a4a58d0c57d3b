import { after, between, type Instant, isDue } from "../base/instant.ts";
import { type Adjustment, bonusOf } from "../service/adjustment.ts";
import type { RealServerSettings } from "../service/virtual-server.ts";
import type { DrainOrder } from "./drain-order.ts";

/** The kernel takes no more. */
const HIGHEST_WEIGHT = 2_147_483_647;

/** What all checkers of a real server say of it. */
export interface Standing {
    readonly isUp: boolean;
    /** What they make of its weight; all of it counts. */
    readonly adjustments: readonly Adjustment[];
    /** It came up then, and has not got all of its weight since: a predecessor's word, and of meaning only at the start. */
    readonly risingSince?: Instant;
    /** A user has it drained: likewise. */
    readonly drainOrder?: DrainOrder;
}

/** A real server in its pool: how it stands, and what it weighs. */
export class PoolMember {
    readonly settings: RealServerSettings;
    #standing: Standing;
    #risingSince: Instant | undefined;
    /** What it may weigh at most in the kernel while it rises. */
    #limit = HIGHEST_WEIGHT;
    /** By its configuration, and by a user's order, which comes first. */
    #configuredDrain: DrainOrder | undefined;
    #drainOrder: DrainOrder | undefined;

    /** @param former the same server before a reload */
    constructor(settings: RealServerSettings, standing: Standing, now: Instant, former?: PoolMember) {
        this.settings = settings;
        this.#standing = standing;
        const cameUp = former === undefined ? standing.risingSince : former.isUp ? former.risingSince : now;
        this.#risingSince = standing.isUp && settings.slowStart !== undefined ? cameUp : undefined;
        this.#drainOrder = former === undefined ? standing.drainOrder : former.drainOrder;
        if (settings.drain !== undefined) {
            this.#configuredDrain = { ...settings.drain, since: former?.drainingSince ?? now, isDrained: former?.isDrained ?? false };
        }
        this.step(now);
    }

    get isUp(): boolean {
        return this.#standing.isUp;
    }

    /** What it weighs by its configuration and its checkers. */
    get weight(): number {
        const { weight } = this.settings;
        if (this.#drain !== undefined) {
            return 0;
        }
        const bonus = this.#standing.adjustments.reduce((sum, adjustment) => sum + bonusOf(adjustment, weight), 0);
        return Math.min(HIGHEST_WEIGHT, Math.max(0, weight + bonus));
    }

    /** What it adds to the quorum: all of its weight, also while that is still withheld. */
    get liveWeight(): number {
        return this.isUp ? this.weight : 0;
    }

    /** What it is to weigh in the kernel now, if it is in use. */
    get kernelWeight(): number {
        return Math.min(this.weight, this.#limit);
    }

    /** When it came up, if that is not long ago. */
    get risingSince(): Instant | undefined {
        return this.#risingSince;
    }

    /** Since when it gets no new clients on purpose. */
    get drainingSince(): Instant | undefined {
        return this.#drain?.since;
    }

    /** It was drained, and has lost its last client or its patience with them. */
    get isDrained(): boolean {
        return this.#drain?.isDrained ?? false;
    }

    /** A user's order, while it is in force. */
    get drainOrder(): DrainOrder | undefined {
        return this.#drainOrder;
    }

    /** A user has it lose its clients, or with `undefined` does not any more. */
    order(order: DrainOrder | undefined): void {
        this.#drainOrder = order;
    }

    /** Takes in how many clients it still has. @returns whether it is drained with that */
    drain(connections: number, now: Instant): boolean {
        const drain = this.#drain;
        if (drain === undefined || drain.isDrained) {
            return false;
        }
        const { since, timeout } = drain;
        const isDrained = connections === 0 || (timeout !== undefined && isDue(after(since, timeout), now));
        if (this.#drainOrder === undefined) {
            this.#configuredDrain = { ...drain, isDrained };
        } else {
            this.#drainOrder = { ...drain, isDrained };
        }
        return isDrained;
    }

    get #drain(): DrainOrder | undefined {
        return this.#drainOrder ?? this.#configuredDrain;
    }

    /** Takes in what checkers say now. One that comes up begins with little. */
    judge(standing: Standing, now: Instant): void {
        if (standing.isUp !== this.isUp) {
            this.#risingSince = standing.isUp && this.settings.slowStart !== undefined ? now : undefined;
        }
        this.#standing = standing;
        this.step(now);
    }

    /** Time has passed: it may weigh more. */
    step(now: Instant): void {
        const { slowStart } = this.settings;
        const since = this.#risingSince;
        if (since === undefined || slowStart === undefined || isDue(after(since, slowStart), now)) {
            this.#risingSince = undefined;
            this.#limit = HIGHEST_WEIGHT;
        } else {
            this.#limit = Math.max(1, Math.floor((this.weight * between(since, now)) / slowStart));
        }
    }
}
