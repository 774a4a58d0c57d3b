import { attachmentFaults } from "./attachment.ts";
import type { FaultReason, VrrpReport, VrrpState } from "./reports.ts";
import type { RouterContext } from "./router-context.ts";
import { OWNER_PRIORITY } from "./timers.ts";

/** Why one virtual router cannot take part: reasons of its own, or else that another member of its sync group has one. */
export class RouterFaults {
    readonly #context: RouterContext;
    #reasons: readonly FaultReason[] = [];

    constructor(context: RouterContext) {
        this.#context = context;
    }

    /** All that hold, as last looked at. */
    get reasons(): readonly FaultReason[] {
        return this.#reasons;
    }

    /** Goes on from where a predecessor stood. */
    restore(reasons: readonly FaultReason[]): void {
        this.#reasons = reasons;
    }

    /** Whether it cannot say yet if there is a fault, and so must not begin. */
    get mustWait(): boolean {
        return this.#context.standing.isUnknown || this.#context.bond?.isGroupWaiting === true;
    }

    /** Tells its sync group how it stands. */
    tellGroup(state: VrrpState): void {
        const { bond, standing, settings } = this.#context;
        bond?.note({
            isFaulty: this.#own().length > 0,
            isWaiting: state === "initialize" && standing.isUnknown,
            isOwner: settings.priority === OWNER_PRIORITY,
        });
    }

    /**
     * Looks again.
     *
     * @returns what there is to report; that the group is at fault is only worth a word when it changes something
     */
    review(state: VrrpState): readonly VrrpReport[] {
        const before = this.#reasons;
        const own = this.#own();
        this.tellGroup(state);
        this.#reasons = own.length === 0 && this.#context.bond?.isGroupFaulty === true ? ["sync-group"] : own;
        const raised = this.#reasons.filter((reason) => !before.includes(reason));
        const cleared = before.filter((reason) => !this.#reasons.includes(reason));
        const changesState = (state === "fault") !== this.#reasons.length > 0;
        const matters = (reason: FaultReason) => reason !== "sync-group" || changesState;
        return [
            ...raised.filter(matters).map((reason) => this.#raised(reason)),
            ...cleared
                .filter(matters)
                .map((reason): VrrpReport => ({ type: "fault-cleared", router: this.#context.settings.name, reason })),
        ];
    }

    #raised(reason: FaultReason): VrrpReport {
        const { settings, standing } = this.#context;
        const detail = reason === "tracker" ? standing.failed : undefined;
        return { type: "fault-raised", router: settings.name, reason, ...(detail !== undefined && { detail }) };
    }

    #own(): FaultReason[] {
        const { settings, attachment, standing } = this.#context;
        const faults = attachmentFaults(settings, attachment);
        if (standing.failed !== undefined) {
            faults.push("tracker");
        }
        return faults;
    }
}
