import type { SpeakerEvent } from "../core/vrrp/events.ts";
import type { Source } from "../host/world.ts";

/** What has reached the machine and was not heard yet; a small batch is one event, so that order and interruption are put to the test. */
export class Inbox implements Source {
    readonly #waiting: SpeakerEvent[] = [];
    readonly #hear: (event: SpeakerEvent) => void;

    constructor(hear: (event: SpeakerEvent) => void) {
        this.#hear = hear;
    }

    get hasMore(): boolean {
        return this.#waiting.length > 0;
    }

    put(event: SpeakerEvent): void {
        this.#waiting.push(event);
    }

    drain(): boolean {
        const event = this.#waiting.shift();
        if (event !== undefined) {
            this.#hear(event);
        }
        return this.hasMore;
    }
}
