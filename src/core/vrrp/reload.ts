import { isSameData } from "../base/same-data.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { Turn } from "./router-events.ts";
import { pairByIdentity } from "./router-identity.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/** So many virtual routers are looked at in one step where next to nothing is done with each. */
const GLANCE = 32;

/** What a reload does with one virtual router, and with all. */
export interface ReloadActions {
    readonly make: (settings: VirtualRouterSettings) => VirtualRouter;
    /** They are called that from now on; nothing else of them changes by it. */
    readonly rename: (names: ReadonlyMap<VirtualRouter, string>, turn: Turn) => void;
    /** Nobody wants it any more. */
    readonly dismiss: (router: VirtualRouter, turn: Turn) => void;
    /** It is a new one. */
    readonly admit: (router: VirtualRouter, turn: Turn) => void;
    /** It goes on with other settings. */
    readonly change: (router: VirtualRouter, settings: VirtualRouterSettings, turn: Turn) => void;
    /** Others may have taken or given up what it stands on. */
    readonly attach: (router: VirtualRouter, turn: Turn) => void;
    /** All have their settings. */
    readonly regroup: (turn: Turn) => void;
    /** A new one sets to work. */
    readonly begin: (router: VirtualRouter, turn: Turn) => void;
    /** All new ones have been told. */
    readonly settle: (turn: Turn) => void;
}

type Step = (turn: Turn) => void;
/** Routes come behind the addresses that they may have as source. */
type Claim = SpeakerEffect & { readonly type: "claim-addresses" | "claim-routes" };

/**
 * New settings for all virtual routers, taken on a few at a time: with thousands of them nobody's advertisement may wait until the last one has its
 * own. Between two steps each goes on by the settings that it has.
 *
 * An address or a route that moves from one virtual router to another stays where it is: what is given up comes before what is claimed, whichever of the two is told
 * first, so that the claim finds it standing and spares it. The other way round the release would take it away from its new owner.
 */
export class Reload {
    /** All virtual routers from now on, by name. */
    readonly routers: ReadonlyMap<string, VirtualRouter>;
    /** Who is new or gets other settings, by name. */
    readonly changed = new Set<string>();
    /** The names that nobody has any more. */
    readonly gone: readonly string[];
    readonly #actions: ReloadActions;
    readonly #steps: Step[] = [];
    readonly #claims: Claim[] = [];
    #done = 0;

    /** Only plans. */
    constructor(former: ReadonlyMap<string, VirtualRouter>, wanted: readonly VirtualRouterSettings[], actions: ReloadActions) {
        this.#actions = actions;
        const { kept, gone } = pairByIdentity(former.values(), wanted);
        const routers = new Map<string, VirtualRouter>();
        const fresh: VirtualRouter[] = [];
        const dismissals = this.#rename(namesOf(kept, wanted), gone);
        this.#add(dismissals.map((router) => (turn) => actions.dismiss(router, turn)));
        for (const [index, settings] of wanted.entries()) {
            const match = kept[index];
            const router = match ?? actions.make(settings);
            routers.set(settings.name, router);
            if (match === undefined) {
                fresh.push(router);
                this.changed.add(settings.name);
                this.#add([(turn) => actions.admit(router, turn)]);
            } else if (match.settings !== settings) {
                this.#add([(turn) => this.#holdClaims(turn, (own) => this.#change(match, settings, own))]);
            }
        }
        this.routers = routers;
        this.gone = [...former.keys()].filter((name) => !routers.has(name));
        this.#add(glances([...routers.values()], actions.attach));
        this.#add([(turn) => this.#claim(turn), actions.regroup]);
        this.#add(fresh.map((router) => (turn) => actions.begin(router, turn)));
        this.#add([actions.settle]);
    }

    /** Whether all is done. */
    get isOver(): boolean {
        return this.#done === this.#steps.length;
    }

    /** Does so many of the next steps. */
    step(count: number, turn: Turn): void {
        const end = Math.min(this.#steps.length, this.#done + count);
        while (this.#done < end) {
            this.#steps[this.#done++]?.(turn);
        }
    }

    #add(steps: readonly Step[]): void {
        for (const step of steps) {
            this.#steps.push(step);
        }
    }

    /**
     * All at once, for names may be exchanged, and before anything is said in a new name; whoever had one of these names goes before that.
     *
     * @returns those of the dismissed who can wait
     */
    #rename(names: ReadonlyMap<VirtualRouter, string>, gone: readonly VirtualRouter[]): readonly VirtualRouter[] {
        if (names.size === 0) {
            return gone;
        }
        const taken = new Set(names.values());
        const isInTheWay = ({ settings }: VirtualRouter): boolean => taken.has(settings.name);
        this.#add([
            (turn) => {
                for (const router of gone.filter(isInTheWay)) {
                    this.#actions.dismiss(router, turn);
                }
                this.#actions.rename(names, turn);
            },
        ]);
        for (const name of taken) {
            this.changed.add(name);
        }
        return gone.filter((router) => !isInTheWay(router));
    }

    #change(router: VirtualRouter, settings: VirtualRouterSettings, turn: Turn): void {
        if (!isSameData(router.settings, settings)) {
            this.changed.add(settings.name);
            this.#actions.change(router, settings, turn);
        }
    }

    #holdClaims({ now, effects }: Turn, change: Step): void {
        const own: Turn = { now, effects: [] };
        change(own);
        for (const effect of own.effects) {
            if (effect.type === "claim-addresses" || effect.type === "claim-routes") {
                this.#claims.push(effect);
            } else {
                effects.push(effect);
            }
        }
    }

    /** Whoever has given way meanwhile has nothing to claim. */
    #claim({ effects }: Turn): void {
        for (const claim of this.#claims) {
            if ((this.routers.get(claim.router)?.state ?? "active") === "active") {
                effects.push(claim);
            }
        }
    }
}

/** The new names of those that have another one. */
function namesOf(
    kept: readonly (VirtualRouter | undefined)[],
    wanted: readonly VirtualRouterSettings[],
): ReadonlyMap<VirtualRouter, string> {
    const names = new Map<VirtualRouter, string>();
    for (const [index, { name }] of wanted.entries()) {
        const router = kept[index];
        if (router !== undefined && router.settings.name !== name) {
            names.set(router, name);
        }
    }
    return names;
}

function glances(routers: readonly VirtualRouter[], look: (router: VirtualRouter, turn: Turn) => void): Step[] {
    return Array.from({ length: Math.ceil(routers.length / GLANCE) }, (_, index) => (turn: Turn) => {
        for (const router of routers.slice(index * GLANCE, (index + 1) * GLANCE)) {
            look(router, turn);
        }
    });
}
