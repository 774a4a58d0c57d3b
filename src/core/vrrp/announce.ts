import { after, earliest, type Instant, isDue, NO_TIME } from "../base/instant.ts";
import type { AnnouncementSettings } from "./settings.ts";
import type { PlannedAnnouncements } from "./snapshot.ts";

/**
 * When an Active Router repeats its announcements (gratuitous ARP, unsolicited Neighbour Advertisements): a second burst some time after it
 * became active, a refresh from time to time, and a second burst after a router of lower priority was heard.
 *
 * RFC 9568 §6.4.2 asks for one announcement an address at the transition; the rest is Keepalived's `garp_*` parameters.
 */
export class AnnouncementSchedule {
    #secondBurstAt: Instant | undefined;
    #refreshAt: Instant | undefined;
    #lowerPriorityAt: Instant | undefined;
    #extraAt: Instant | undefined;

    /** When the next burst is due; undefined when none is planned. */
    get nextAt(): Instant | undefined {
        return earliest(this.#secondBurstAt, this.#refreshAt, this.#lowerPriorityAt, this.#extraAt);
    }

    /** What is planned. */
    get planned(): PlannedAnnouncements {
        return {
            ...(this.#secondBurstAt !== undefined && { secondBurstAt: this.#secondBurstAt }),
            ...(this.#refreshAt !== undefined && { refreshAt: this.#refreshAt }),
            ...(this.#lowerPriorityAt !== undefined && { lowerPriorityAt: this.#lowerPriorityAt }),
        };
    }

    /** Goes on with a predecessor's plan. */
    restore({ secondBurstAt, refreshAt, lowerPriorityAt }: PlannedAnnouncements): void {
        this.#secondBurstAt = secondBurstAt;
        this.#refreshAt = refreshAt;
        this.#lowerPriorityAt = lowerPriorityAt;
    }

    /** The addresses stand and were announced for the first time. */
    claimed(settings: AnnouncementSettings, now: Instant): void {
        this.#secondBurstAt = settings.masterDelay > NO_TIME ? after(now, settings.masterDelay) : undefined;
        this.#refreshAt = nextRefresh(settings, now);
        this.#extraAt = nextExtra(settings, now);
    }

    /** An Active Router of lower priority was heard, and the first burst on that occasion has been ordered. */
    lowerPrioritySeen(settings: AnnouncementSettings, now: Instant): void {
        if (settings.lowerPriorityDelay > NO_TIME) {
            this.#lowerPriorityAt = after(now, settings.lowerPriorityDelay);
        }
    }

    /** How many rounds are due by now, all reasons together; their deadlines are used up. */
    takeDueRounds(settings: AnnouncementSettings, now: Instant): number {
        let rounds = 0;
        if (isDue(this.#secondBurstAt, now)) {
            this.#secondBurstAt = undefined;
            rounds += settings.masterRepeat;
        }
        if (isDue(this.#lowerPriorityAt, now)) {
            this.#lowerPriorityAt = undefined;
            rounds += settings.lowerPriorityRepeat;
        }
        if (isDue(this.#refreshAt, now)) {
            this.#refreshAt = nextRefresh(settings, now);
            rounds += settings.refreshRepeat;
        }
        return rounds;
    }

    /** Whether the interfaces that carry no advertisements are to say something; the deadline is used up. */
    takeDueExtra(settings: AnnouncementSettings, now: Instant): boolean {
        if (!isDue(this.#extraAt, now)) {
            return false;
        }
        this.#extraAt = nextExtra(settings, now);
        return true;
    }

    /** The settings changed while the addresses stand: what is repeated for ever goes by the new periods, and not later than it would have. */
    reconfigured(settings: AnnouncementSettings, now: Instant): void {
        const [refreshAt, extraAt] = [nextRefresh(settings, now), nextExtra(settings, now)];
        this.#refreshAt = refreshAt && earliest(this.#refreshAt, refreshAt);
        this.#extraAt = extraAt && earliest(this.#extraAt, extraAt);
    }

    /** Not active any more: nothing is to be announced. */
    cancel(): void {
        this.#secondBurstAt = undefined;
        this.#refreshAt = undefined;
        this.#lowerPriorityAt = undefined;
        this.#extraAt = undefined;
    }
}

function nextExtra({ extra }: AnnouncementSettings, now: Instant): Instant | undefined {
    return extra === undefined ? undefined : after(now, extra.interval);
}

function nextRefresh(settings: AnnouncementSettings, now: Instant): Instant | undefined {
    return settings.refresh > NO_TIME ? after(now, settings.refresh) : undefined;
}
