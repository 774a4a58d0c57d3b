import { LinkJudge, type LinkJudgeEffect, type LinkJudgeEvent, type LinkNews } from "../core/link/link-judge.ts";
import type { LinkRule } from "../core/link/link-rule.ts";
import type { Loop, Seat } from "../host/loop.ts";
import { LinkStates } from "../io/link/link-states.ts";
import type { NativeAddon } from "../io/native/addon.ts";

/** What it is made of. */
export interface JudgedLinksSettings {
    readonly system: NativeAddon;
    readonly loop: Pick<Loop, "attach">;
    readonly rules: readonly LinkRule[];
    readonly tell: (news: LinkNews) => void;
}

/** Stands between what the kernel tells of links and those who believe it: the judge of links, and the answers to its questions. */
export class JudgedLinks {
    readonly #tell: (news: LinkNews) => void;
    readonly #states: LinkStates;
    readonly #seat: Seat<LinkJudgeEvent>;

    constructor({ system, loop, rules, tell }: JudgedLinksSettings) {
        this.#tell = tell;
        this.#states = new LinkStates(system);
        this.#seat = loop.attach({
            ...{ name: "links", machine: new LinkJudge(), wake: { type: "wake" } },
            perform: (effect) => this.#perform(effect),
        });
        this.configure(rules);
    }

    /** Takes these rules on. */
    configure(rules: readonly LinkRule[]): void {
        this.#seat.tell({ type: "configure", rules });
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
        if (effect.type === "tell") {
            this.#tell(effect.news);
            return;
        }
        const { link, method } = effect;
        const isRunning = this.#states.hasCarrier(link.index, method) ?? link.isRunning;
        this.#seat.tell({ type: "answered", interfaceIndex: link.index, isRunning });
    }
}
