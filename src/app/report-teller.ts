import type { VrrpReport } from "../core/vrrp/reports.ts";
import type { BulkLane, BulkWork } from "../host/world.ts";

/** So many reports are told in one step: rendering one for the log takes a few hundredths of a millisecond. */
const SHARE = 16;

/** Reports on their way to the log and to the parent, as bulk work: when a thousand virtual routers change over, no advertisement waits for the log. */
export class ReportTeller implements BulkWork {
    readonly #bulk: BulkLane;
    readonly #tell: (reports: readonly VrrpReport[]) => void;
    #waiting: VrrpReport[] = [];
    #told = 0;

    constructor(bulk: BulkLane, tell: (reports: readonly VrrpReport[]) => void) {
        this.#bulk = bulk;
        this.#tell = tell;
    }

    add(report: VrrpReport): void {
        this.#waiting.push(report);
        this.#bulk.add(this);
    }

    step(): boolean {
        const reports = this.#waiting.slice(this.#told, this.#told + SHARE);
        this.#told += reports.length;
        if (this.#told === this.#waiting.length) {
            this.#waiting = [];
            this.#told = 0;
        }
        if (reports.length > 0) {
            this.#tell(reports);
        }
        return this.#waiting.length > 0;
    }

    /** Tells all that is left, now: for a process that is about to end. */
    finish(): void {
        while (this.step()) {}
    }
}
