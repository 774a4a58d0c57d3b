import { isEmptyRouting, planRouting, type RoutingSet } from "../route/routing-set.ts";
import type { RouterContext } from "./router-context.ts";
import type { Turn } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/**
 * The routes and rules of one virtual router (`virtual_routes`, `virtual_rules`): they come when its addresses stand, for they may go out from
 * those or through their networks, and go before them.
 */
export class RouteHolder {
    readonly #context: RouterContext;
    /** The addresses are still being put up. */
    #isWaiting = false;
    #isHeld = false;

    constructor(context: RouterContext) {
        this.#context = context;
    }

    /** The addresses have been ordered; where there are none nothing has to be waited for. */
    await(hasAddresses: boolean, turn: Turn): void {
        this.#isWaiting = hasAddresses;
        if (!hasAddresses) {
            this.#claim(this.#wanted, turn);
        }
    }

    /** All addresses stand. */
    addressesStand(turn: Turn): void {
        if (this.#isWaiting) {
            this.#isWaiting = false;
            this.#claim(this.#wanted, turn);
        }
    }

    /** Removes all that was ordered, whether it stands or not. */
    giveUp(turn: Turn): void {
        this.#isWaiting = false;
        if (this.#isHeld) {
            this.releaseAll(turn);
        }
    }

    /** They stay when this process ends. */
    leaveBehind(): void {
        this.#isWaiting = false;
        this.#isHeld = false;
    }

    /** Removes whatever stands, also what nobody here put up. */
    releaseAll(turn: Turn): void {
        this.#isHeld = false;
        this.#release(this.#wanted, turn);
    }

    /** The settings changed while the routes stand: only the difference goes and comes. */
    changeFrom(before: VirtualRouterSettings, turn: Turn): void {
        if (this.#isHeld) {
            const { removed, added } = planRouting(routingOf(before), this.#wanted);
            this.#release(removed, turn);
            this.#claim(added, turn);
        } else if (!this.#isWaiting) {
            this.#claim(this.#wanted, turn);
        }
    }

    get #wanted(): RoutingSet {
        return routingOf(this.#context.settings);
    }

    #claim(routing: RoutingSet, turn: Turn): void {
        if (!isEmptyRouting(routing)) {
            this.#isHeld = true;
            turn.effects.push({ type: "claim-routes", router: this.#context.settings.name, ...routing });
        }
    }

    #release(routing: RoutingSet, turn: Turn): void {
        if (!isEmptyRouting(routing)) {
            turn.effects.push({ type: "release-routes", router: this.#context.settings.name, ...routing });
        }
    }
}

function routingOf({ routes = [], rules = [] }: VirtualRouterSettings): RoutingSet {
    return { routes, rules };
}
