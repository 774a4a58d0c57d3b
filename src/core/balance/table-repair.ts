import { after, type Instant, isDue, seconds } from "../base/instant.ts";
import { report } from "./balancer-effects.ts";
import type { BalancerEffect } from "./effects.ts";

/** After the kernel has refused twice: how long until it is asked again. */
const REPAIR_DELAY = seconds(10);

/** What follows when the kernel refuses commands: what really stands is read and set right; what is refused then as well is left for a while. */
export class TableRepair {
    /** The last commands were a repair. */
    #isUnderWay = false;
    #at: Instant | undefined;

    get wakeAt(): Instant | undefined {
        return this.#at;
    }

    /** The kernel has done all that it was told. */
    applied(): void {
        this.#isUnderWay = false;
    }

    /** It has not. */
    failed(reasons: readonly string[], now: Instant): readonly BalancerEffect[] {
        if (!this.#isUnderWay) {
            this.#isUnderWay = true;
            this.#at = undefined;
            return [{ type: "read-table" }];
        }
        this.#isUnderWay = false;
        this.#at = after(now, REPAIR_DELAY);
        return [report({ type: "table-refused", reasons })];
    }

    wake(now: Instant): readonly BalancerEffect[] {
        if (!isDue(this.#at, now)) {
            return [];
        }
        this.#at = undefined;
        return [{ type: "read-table" }];
    }
}
