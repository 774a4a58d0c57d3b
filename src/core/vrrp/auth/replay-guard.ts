import { type IpAddress, ipKey } from "../../base/ip.ts";
import type { Sequence } from "../../packet/hmac-trailer.ts";
import type { HeardSequence } from "../snapshot.ts";
import { isAfter } from "./sequence.ts";

/** How many senders that are no configured peers are remembered: those who heard a while ago make room. */
const REMEMBERED_STRANGERS = 4;

/** The last sequence number accepted from each sender: nothing that is not newer is accepted again. */
export class ReplayGuard {
    /** The one that was heard last stands last. */
    readonly #heard = new Map<string, HeardSequence>();

    /** All that is remembered. */
    get heard(): readonly HeardSequence[] {
        return [...this.#heard.values()];
    }

    /** Takes up what a predecessor remembered. */
    restore(heard: readonly HeardSequence[]): void {
        for (const mark of heard) {
            this.#heard.set(ipKey(mark.source), mark);
        }
    }

    /**
     * Whether a signed number is newer than all before it from the same sender; it is remembered if so.
     *
     * @param isPeer whether an address is that of a configured peer, who is never forgotten
     * @param hasExpired whether a former number is of no use any more
     */
    accept(
        source: IpAddress,
        sequence: Sequence,
        rules: { readonly isPeer: (address: IpAddress) => boolean; readonly hasExpired: (former: Sequence) => boolean },
    ): boolean {
        const key = ipKey(source);
        const former = this.#heard.get(key)?.sequence;
        if (former !== undefined && !rules.hasExpired(former) && !isAfter(sequence, former)) {
            return false;
        }
        this.#heard.delete(key);
        this.#heard.set(key, { source: { family: source.family, bytes: source.bytes.slice() }, sequence });
        if (!rules.isPeer(source)) {
            this.#makeRoom(rules.isPeer);
        }
        return true;
    }

    #makeRoom(isPeer: (address: IpAddress) => boolean): void {
        const strangers = [...this.#heard].filter(([, { source }]) => !isPeer(source));
        for (const [key] of strangers.slice(0, -REMEMBERED_STRANGERS)) {
            this.#heard.delete(key);
        }
    }
}
