import { advertisementEffects } from "./advertisement-effects.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { RouterContext } from "./router-context.ts";
import type { Turn } from "./router-events.ts";
import { STOP_PRIORITY } from "./timers.ts";

/** The sending side of one virtual router: encodes an advertisement once and sends the same bytes for as long as they say what is true. */
export class Advertiser {
    readonly #context: RouterContext;
    #prepared: readonly SpeakerEffect[] | undefined;
    #preparedPriority = STOP_PRIORITY;
    #hasOldPeers = false;

    constructor(context: RouterContext) {
        this.#context = context;
    }

    /** Sends one advertisement to everybody whom it concerns; false where it cannot be sent. */
    send(priority: number, turn: Turn): boolean {
        if (this.#prepared === undefined || this.#preparedPriority !== priority) {
            const { settings, attachment } = this.#context;
            this.#prepared = advertisementEffects(settings, attachment, priority, this.#hasOldPeers);
            this.#preparedPriority = priority;
        }
        for (const effect of this.#prepared) {
            turn.effects.push(effect);
        }
        const isSent = this.#prepared.length > 0;
        this.#context.counters.advertisementsSent += isSent ? 1 : 0;
        return isSent;
    }

    /** Says that this router stops being active, so that others take over after Skew_Time (RFC 9568 §6.4.3). */
    resign(turn: Turn): void {
        if (this.send(STOP_PRIORITY, turn)) {
            this.#context.counters.priorityZeroSent += 1;
            turn.effects.push({ type: "report", report: { type: "priority-zero-sent", router: this.#context.settings.name } });
        }
    }

    /** Settings, interface or source address changed: what was encoded may not be true any more. */
    refresh(): void {
        this.#prepared = undefined;
    }

    /** A unicast peer was heard whose checksum covers the multicast group; with `auto` ours do the same from now on. */
    oldPeerHeard(): void {
        if (!this.#hasOldPeers && this.#context.settings.checksum === "auto") {
            this.#hasOldPeers = true;
            this.refresh();
        }
    }
}
