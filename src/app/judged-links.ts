import { LinkJudge, type LinkJudgeEffect, type LinkJudgeEvent, type LinkNews } from "../core/link/link-judge.ts";
import type { PollMethod } from "../core/link/link-rule.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import type { Link } from "../core/vrrp/events.ts";
import type { Loop, Seat } from "../host/loop.ts";
import { LinkStates } from "../io/link/link-states.ts";
import type { NativeAddon } from "../io/native/addon.ts";

/** What it is made of. */
export interface JudgedLinksSettings {
    readonly system: NativeAddon;
    readonly loop: Pick<Loop, "attach">;
    readonly settings: Pick<VrrpProcessSettings, "linkRules" | "steadyLinks">;
    readonly log: (line: LogLine) => void;
    readonly tell: (news: LinkNews) => void;
}

/** Stands between what the kernel tells of links and those who believe it: the judge of links, and the answers to its questions. */
export class JudgedLinks {
    readonly #make: JudgedLinksSettings;
    readonly #states: LinkStates;
    readonly #seat: Seat<LinkJudgeEvent>;

    constructor(make: JudgedLinksSettings) {
        const { system, loop, settings } = make;
        this.#make = make;
        this.#states = new LinkStates(system);
        this.#seat = loop.attach({
            ...{ name: "links", machine: new LinkJudge(), wake: { type: "wake" } },
            perform: (effect) => this.#perform(effect),
        });
        this.configure(settings);
    }

    /** Takes these rules on. */
    configure({ linkRules, steadyLinks }: JudgedLinksSettings["settings"]): void {
        this.#seat.tell({ type: "configure", rules: linkRules, steady: steadyLinks });
    }

    /** The kernel tells of a link. */
    hear(news: LinkNews): void {
        this.#seat.tell(news);
    }

    close(): void {
        this.#seat.leave();
        this.#states.close();
    }

    #perform(effect: LinkJudgeEffect): void {
        switch (effect.type) {
            case "tell":
                this.#make.tell(effect.news);
                return;
            case "ask":
                this.#answer(effect.link, effect.method);
                return;
            case "refuse": {
                const { link, form, formerly } = effect;
                const text = `interface ${link.name} is ${form} now and was ${formerly}: it does not count (dynamic_interfaces allow_if_changes lets it)`;
                this.#make.log({ level: "warning", isDetail: false, text });
                return;
            }
        }
    }

    #answer(link: Link, method: PollMethod): void {
        const isRunning = this.#states.hasCarrier(link.index, method) ?? link.isRunning;
        this.#seat.tell({ type: "answered", interfaceIndex: link.index, isRunning });
    }
}
