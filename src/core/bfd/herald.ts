import type { Turn } from "./session-turn.ts";
import type { BfdConsumer, BfdSessionSettings } from "./settings.ts";
import type { BfdSessionSnapshot } from "./snapshot.ts";

/** Tells other processes whether one session is up, each what it does not know yet. */
export class Herald {
    #toldUp: boolean;
    /** Under which name they know the session. */
    #name: string | undefined;
    #known: readonly BfdConsumer[];

    /** @param predecessor told the same consumers before */
    constructor({ consumers }: BfdSessionSettings, predecessor: BfdSessionSnapshot | undefined) {
        this.#toldUp = predecessor?.toldUp ?? false;
        this.#name = predecessor?.name;
        this.#known = consumers;
    }

    /** Whether they were told up or down last. */
    get toldUp(): boolean {
        return this.#toldUp;
    }

    /**
     * Who has not heard of the session by this name hears how it stands. One that has just begun is down: as with Keepalived that is told too, since there may
     * never be more to tell, and another session may have had the name before.
     */
    introduce({ name, consumers }: BfdSessionSettings, turn: Turn): void {
        const strangers = consumers.filter((consumer) => name !== this.#name || !this.#known.includes(consumer));
        [this.#name, this.#known] = [name, consumers];
        this.#tell(name, strangers, turn);
    }

    /** All that follow the session hear that it came up or went down. */
    tell(isUp: boolean, { name, consumers }: BfdSessionSettings, turn: Turn): void {
        this.#toldUp = isUp;
        this.#tell(name, consumers, turn);
    }

    /** Says again how it stands, to somebody who has just come. */
    tellAgain(consumer: BfdConsumer, { name, consumers }: BfdSessionSettings, turn: Turn): void {
        this.#tell(name, consumers.includes(consumer) ? [consumer] : [], turn);
    }

    #tell(name: string, consumers: readonly BfdConsumer[], turn: Turn): void {
        if (consumers.length > 0) {
            turn.news.push({ type: "tell", name, isUp: this.#toldUp, consumers });
        }
    }
}
