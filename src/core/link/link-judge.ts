import { DeadlineHeap } from "../base/heap.ts";
import { after, type Duration, earliest, type Instant, isDue, NO_TIME, seconds } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { unreachable } from "../base/result.ts";
import type { Link } from "../vrrp/events.ts";
import { formOf, LinkForms } from "./link-forms.ts";
import type { LinkRule, PollMethod } from "./link-rule.ts";

/** Keepalived polls links once a second. */
const POLL_PERIOD = seconds(1);

/** What the judge of links can be told. */
export type LinkJudgeEvent =
    /** `steady` names the interfaces that may not come back as something else. */
    | { readonly type: "configure"; readonly rules: readonly LinkRule[]; readonly steady: readonly string[] }
    /** The kernel tells of a link. */
    | LinkNews
    /** The answer to an `ask`. */
    | { readonly type: "answered"; readonly interfaceIndex: number; readonly isRunning: boolean }
    | { readonly type: "wake" };

/** What is told of a link, by the kernel and then by the judge. */
export type LinkNews = { readonly type: "link"; readonly link: Link } | { readonly type: "link-gone"; readonly interfaceIndex: number };

/** What the judge of links wants done. */
export type LinkJudgeEffect =
    /** Find out whether it has a carrier, and answer. */
    | { readonly type: "ask"; readonly link: Link; readonly method: PollMethod }
    /** That is how the link counts now. */
    | { readonly type: "tell"; readonly news: LinkNews }
    /** It does not count at all: it was something else. */
    | { readonly type: "refuse"; readonly link: Link; readonly form: string; readonly formerly: string };

/**
 * How links count: as the kernel tells, but for those whose carrier is found out by polling (`linkbeat_interfaces`), for those that must
 * have been down or up for a while (`interface_up_down_delays`), and for those that are not any more what they were (`dynamic_interfaces`).
 */
export class LinkJudge implements Machine<LinkJudgeEvent, LinkJudgeEffect> {
    #rules: ReadonlyMap<string, LinkRule> = new Map();
    readonly #links = new Map<number, JudgedLink>();
    readonly #changes = new DeadlineHeap<JudgedLink>();
    readonly #forms = new LinkForms();
    #pollAt: Instant | undefined;

    get wakeAt(): Instant | undefined {
        return earliest(this.#changes.earliest, this.#pollAt);
    }

    handle(event: LinkJudgeEvent, now: Instant): readonly LinkJudgeEffect[] {
        switch (event.type) {
            case "configure":
                return this.#configure(event, now);
            case "link":
                return this.#hear(event.link, now);
            case "link-gone":
                this.#forget(event.interfaceIndex);
                return [{ type: "tell", news: event }];
            case "answered":
                return this.#take(event.interfaceIndex, event.isRunning, now);
            case "wake":
                return this.#wake(now);
            default:
                return unreachable(event);
        }
    }

    #configure({ rules, steady }: LinkJudgeEvent & { readonly type: "configure" }, now: Instant): readonly LinkJudgeEffect[] {
        this.#forms.keep(steady);
        this.#rules = new Map(rules.map((rule) => [rule.interfaceName, rule]));
        this.#pollAt = rules.some(({ poll }) => poll !== undefined) ? (this.#pollAt ?? after(now, POLL_PERIOD)) : undefined;
        return [...this.#links.values()].flatMap((judged) => {
            if (this.#ruleOf(judged)?.poll === undefined) {
                judged.polled = undefined;
            }
            const refusal = this.#refuse(judged);
            const effects = refusal ?? this.#askAbout(judged);
            return refusal !== undefined || effects.length > 0 ? effects : this.#review(judged, now);
        });
    }

    #hear(link: Link, now: Instant): readonly LinkJudgeEffect[] {
        const judged = this.#links.get(link.index) ?? {
            link,
            told: undefined,
            polled: undefined,
            wasUp: false,
            changesAt: undefined,
            refused: undefined,
        };
        const changesUp = judged.link.isUp !== link.isUp;
        judged.link = link;
        this.#links.set(link.index, judged);
        const refusal = this.#refuse(judged);
        if (refusal !== undefined) {
            return refusal;
        }
        if (judged.polled === undefined || changesUp) {
            const effects = this.#askAbout(judged);
            if (effects.length > 0) {
                return effects;
            }
        }
        return this.#tellLater(judged, now) ?? [this.#tell(judged, this.#wanted(judged))];
    }

    /** Undefined when it may count. */
    #refuse(judged: JudgedLink): readonly LinkJudgeEffect[] | undefined {
        const { link, told, refused } = judged;
        const baseName = link.baseIndex === undefined ? undefined : this.#links.get(link.baseIndex)?.link.name;
        const formerly = this.#forms.formerly(link, baseName);
        judged.refused = formerly === undefined ? undefined : link.name;
        if (formerly === undefined) {
            return undefined;
        }
        judged.told = undefined;
        this.#schedule(judged, undefined);
        return [
            ...(told === undefined ? [] : [{ type: "tell", news: { type: "link-gone", interfaceIndex: link.index } } as const]),
            ...(refused === link.name ? [] : [{ type: "refuse", link, form: formOf(link, baseName), formerly } as const]),
        ];
    }

    #forget(index: number): void {
        const judged = this.#links.get(index);
        if (judged !== undefined) {
            this.#links.delete(index);
            this.#schedule(judged, undefined);
        }
    }

    #take(index: number, isRunning: boolean, now: Instant): readonly LinkJudgeEffect[] {
        const judged = this.#links.get(index);
        if (judged === undefined || judged.refused !== undefined || this.#ruleOf(judged)?.poll === undefined) {
            return [];
        }
        judged.polled = isRunning;
        return this.#review(judged, now);
    }

    #wake(now: Instant): readonly LinkJudgeEffect[] {
        const effects: LinkJudgeEffect[] = [];
        for (let judged = this.#changes.takeDue(now); judged !== undefined; judged = this.#changes.takeDue(now)) {
            effects.push(this.#tell(judged, this.#wanted(judged)));
        }
        if (isDue(this.#pollAt, now)) {
            this.#pollAt = after(now, POLL_PERIOD);
            effects.push(...[...this.#links.values()].flatMap((judged) => this.#askAbout(judged)));
        }
        return effects;
    }

    #askAbout(judged: JudgedLink): readonly LinkJudgeEffect[] {
        const method = this.#ruleOf(judged)?.poll;
        return method === undefined ? [] : [{ type: "ask", link: judged.link, method }];
    }

    /** Tells what differs from what was told last. */
    #review(judged: JudgedLink, now: Instant): readonly LinkJudgeEffect[] {
        const { told } = judged;
        const wanted = this.#wanted(judged);
        const differs = told === undefined || told.isUp !== wanted.isUp || told.isRunning !== wanted.isRunning;
        if (!differs) {
            this.#schedule(judged, undefined);
            return [];
        }
        const later = this.#tellLater(judged, now);
        return later === undefined ? [this.#tell(judged, wanted)] : [];
    }

    /** Begins a delay, or lets one go on; meanwhile the link counts as before. Undefined when there is nothing to wait for. */
    #tellLater(judged: JudgedLink, now: Instant): readonly LinkJudgeEffect[] | undefined {
        const { told, wasUp } = judged;
        const wanted = this.#wanted(judged);
        const rule = this.#ruleOf(judged);
        if (told === undefined || rule === undefined || !wasUp || works(wanted) === works(told)) {
            return undefined;
        }
        const delay: Duration = works(wanted) ? rule.up : rule.down;
        if (delay <= NO_TIME) {
            return undefined;
        }
        this.#schedule(judged, judged.changesAt ?? after(now, delay));
        const news = { type: "link", link: { ...wanted, isUp: told.isUp, isRunning: told.isRunning } } as const;
        judged.told = news.link;
        return [{ type: "tell", news }];
    }

    #tell(judged: JudgedLink, link: Link): LinkJudgeEffect {
        this.#schedule(judged, undefined);
        judged.told = link;
        // What never worked has nothing that could be held against a short interruption.
        judged.wasUp ||= works(link);
        return { type: "tell", news: { type: "link", link } };
    }

    #schedule(judged: JudgedLink, at: Instant | undefined): void {
        judged.changesAt = at;
        this.#changes.set(judged, at);
    }

    #wanted({ link, polled }: JudgedLink): Link {
        return polled === undefined || polled === link.isRunning ? link : { ...link, isRunning: polled };
    }

    #ruleOf({ link }: JudgedLink): LinkRule | undefined {
        return this.#rules.get(link.name);
    }
}

/** One link, as the kernel tells it and as it counts. */
interface JudgedLink {
    link: Link;
    told: Link | undefined;
    /** Whether it has a carrier, as found out by polling. */
    polled: boolean | undefined;
    wasUp: boolean;
    /** When what it is now begins to count. */
    changesAt: Instant | undefined;
    /** The name under which it does not count. */
    refused: string | undefined;
}

function works({ isUp, isRunning }: Link): boolean {
    return isUp && isRunning;
}
