import { advertisementPackets } from "./advertisement-packets.ts";
import type { OutgoingPacket, SpeakerEffect } from "./effects.ts";
import type { RouterContext } from "./router-context.ts";
import type { Turn } from "./router-events.ts";
import { STOP_PRIORITY } from "./timers.ts";

/** The sending side of one virtual router: encodes an advertisement once and sends the same bytes for as long as they say what is true. */
export class Advertiser {
    readonly #context: RouterContext;
    #packets: readonly OutgoingPacket[] | undefined;
    #prepared: readonly SpeakerEffect[] = [];
    #preparedPriority = STOP_PRIORITY;
    #hasOldPeers = false;

    constructor(context: RouterContext) {
        this.#context = context;
    }

    /** Sends one advertisement to everybody whom it concerns; false where it cannot be sent. */
    send(priority: number, turn: Turn): boolean {
        const prepared = this.#prepare(priority, turn);
        for (const effect of prepared) {
            turn.effects.push(effect);
        }
        const isSent = prepared.length > 0;
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
        this.#packets = undefined;
    }

    /** A unicast peer was heard whose checksum covers the multicast group; with `auto` ours do the same from now on. */
    oldPeerHeard(): void {
        if (!this.#hasOldPeers && this.#context.settings.checksum === "auto") {
            this.#hasOldPeers = true;
            this.refresh();
        }
    }

    #prepare(priority: number, turn: Turn): readonly SpeakerEffect[] {
        const { settings, attachment, authenticity } = this.#context;
        const isNew = this.#packets === undefined || this.#preparedPriority !== priority;
        if (isNew) {
            this.#packets = advertisementPackets(settings, attachment, priority, this.#hasOldPeers);
            this.#preparedPriority = priority;
        }
        const packets = this.#packets ?? [];
        const sealed = packets.length === 0 ? packets : authenticity.seal(packets, settings, turn.now);
        if (isNew || sealed !== packets) {
            this.#prepared = sealed.map((packet) => ({ type: "send-advertisement", router: settings.name, packet }));
        }
        if (authenticity.takeNews(turn.now)) {
            turn.effects.push({ type: "report", report: { type: "sequences-moved", router: settings.name } });
        }
        return this.#prepared;
    }
}
