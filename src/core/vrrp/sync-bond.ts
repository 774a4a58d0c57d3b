/** What a sync group has counted of its members; the bonds of the members write it, and everybody reads it. */
export class SyncTally {
    readonly memberCount: number;
    /** How many cannot take part for a reason of their own. */
    faulty = 0;
    /** How many do not know yet whether they can take part. */
    waiting = 0;
    /** How many would be active if the others could be too. */
    willing = 0;
    owners = 0;
    /** A member saw an Active Router of lower priority: the others are to announce their addresses too. */
    isOutranking = false;
    /** All members are active, or about to be. */
    isActive = false;

    constructor(memberCount: number) {
        this.memberCount = memberCount;
    }
}

/** What a member tells its sync group of itself. */
export interface MemberStanding {
    readonly isFaulty: boolean;
    readonly isWaiting: boolean;
    readonly isOwner: boolean;
}

/** The tie between one virtual router and its sync group: what it may do for the others' sake, and what they have to know of it. */
export class SyncBond {
    readonly #tally: SyncTally;
    #standing: MemberStanding = { isFaulty: false, isWaiting: false, isOwner: false };
    #isWilling = false;

    constructor(tally: SyncTally) {
        this.#tally = tally;
    }

    /** Whether some member cannot take part: then nobody does. */
    get isGroupFaulty(): boolean {
        return this.#tally.faulty > 0;
    }

    /** Whether some member does not know yet whether it can take part: then nobody begins. */
    get isGroupWaiting(): boolean {
        return this.#tally.waiting > 0;
    }

    /** Whether all members own their addresses: only then may they begin as active. */
    get mayStartActive(): boolean {
        return this.#tally.owners === this.#tally.memberCount && this.#tally.faulty === 0;
    }

    /** Whether this member may become active: all others are, or would be at once. */
    get mayTakeOver(): boolean {
        const { isActive, willing, memberCount } = this.#tally;
        return isActive || willing - Number(this.#isWilling) === memberCount - 1;
    }

    /** Whether it would be active if the others could be too. */
    get isWilling(): boolean {
        return this.#isWilling;
    }

    set isWilling(isWilling: boolean) {
        this.#tally.willing += Number(isWilling) - Number(this.#isWilling);
        this.#isWilling = isWilling;
    }

    /** How this member stands now. */
    note(standing: MemberStanding): void {
        const before = this.#standing;
        this.#standing = standing;
        this.#tally.faulty += Number(standing.isFaulty) - Number(before.isFaulty);
        this.#tally.waiting += Number(standing.isWaiting) - Number(before.isWaiting);
        this.#tally.owners += Number(standing.isOwner) - Number(before.isOwner);
    }

    /** An Active Router of lower priority was seen. */
    outranks(): void {
        this.#tally.isOutranking = true;
    }
}
