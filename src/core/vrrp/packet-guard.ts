import { isSameData } from "../base/same-data.ts";
import { ownedAddresses } from "./owned-addresses.ts";
import type { RouterContext } from "./router-context.ts";
import type { Turn } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { OWNER_PRIORITY } from "./timers.ts";

/**
 * Accept_Mode: keeps packets away from addresses that are here only to be answered for.
 *
 * RFC 9568 §6.4.3: an Active Router accepts packets to its addresses if it owns them or Accept_Mode is true, and none otherwise; RFC 3768 §6.4.3
 * knows no Accept_Mode. Neighbour Solicitations and Advertisements pass in any case (RFC 9568 §6.1).
 */
export class PacketGuard {
    readonly #context: RouterContext;
    #isRaised = false;

    constructor(context: RouterContext) {
        this.#context = context;
    }

    /** Stands in front of the addresses that are about to be put up, where the settings want it. */
    raise(turn: Turn): void {
        const { settings } = this.#context;
        const addresses = ownedAddresses(settings);
        if (refusesPackets(settings) && addresses.length > 0) {
            this.#isRaised = true;
            turn.effects.push({ type: "claim-firewall", router: settings.name, addresses });
        }
    }

    /** The addresses are gone. */
    lower(turn: Turn): void {
        if (this.#isRaised) {
            this.#isRaised = false;
            turn.effects.push({ type: "release-firewall", router: this.#context.settings.name });
        }
    }

    /** The settings changed while the addresses stand. */
    changeFrom(before: VirtualRouterSettings, turn: Turn): void {
        const { settings } = this.#context;
        if (!refusesPackets(settings)) {
            this.lower(turn);
        } else if (!this.#isRaised || !isSameData(ownedAddresses(before), ownedAddresses(settings))) {
            this.raise(turn);
        }
    }
}

function refusesPackets({ accept, priority }: VirtualRouterSettings): boolean {
    return !accept && priority !== OWNER_PRIORITY;
}
