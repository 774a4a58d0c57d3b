import type { Route } from "../base/route.ts";
import type { Rule } from "../base/rule.ts";
import { placeOf, rulePlace } from "./route-key.ts";
import { routeText, ruleText } from "./route-text.ts";
import { type RoutingSet, wordsOf } from "./routing-set.ts";

/** One route or rule on its way to the kernel. */
export type Piece = ({ readonly kind: "route"; readonly item: Route } | { readonly kind: "rule"; readonly item: Rule }) & {
    /** Equal for what the kernel takes for the same one. */
    readonly place: string;
    /** What people call it. */
    readonly what: string;
};

interface Held {
    readonly piece: Piece;
    owners: Set<string>;
    /** Ordered and not answered yet; there; refused, or perhaps not there any more. */
    state: "ordered" | "standing" | "doubtful";
}

/** Somebody else's hand removed what this owner had claimed. */
export interface Loss {
    readonly owner: string;
    readonly piece: Piece;
}

/**
 * Who has claimed which routes and rules, and which of them stand as far as is known. Two owners may claim the same one: it goes with the last.
 */
export class RoutingLedger {
    readonly #held = new Map<string, Held>();
    readonly #byPlace = new Map<string, Set<Held>>();
    readonly #tableOf: (route: Route) => number | undefined;

    /** @param tableOf where a route of a VRF goes, as far as that is known */
    constructor(tableOf: (route: Route) => number | undefined = ({ table }) => table) {
        this.#tableOf = tableOf;
    }

    /** Whether nothing is claimed. */
    get isEmpty(): boolean {
        return this.#held.size === 0;
    }

    /** Whether anything of these is of concern when it goes. */
    get isTracking(): boolean {
        for (const { piece } of this.#held.values()) {
            if (piece.item.isTracked) {
                return true;
            }
        }
        return false;
    }

    /** @returns what is to be added for it */
    claim(owner: string, routing: RoutingSet): readonly Piece[] {
        return this.#piecesOf(routing).filter((piece) => {
            const words = wordsOf(piece.item);
            const held = this.#held.get(words);
            if (held !== undefined) {
                held.owners.add(owner);
                return held.state === "doubtful";
            }
            this.#enter(words, { piece, owners: new Set([owner]), state: "ordered" });
            return true;
        });
    }

    /** @returns what is to be removed for it, the last one first; what nobody claimed too, for it may be left over */
    release(owner: string, routing: RoutingSet): readonly Piece[] {
        const pieces = this.#piecesOf(routing).toReversed();
        return pieces.filter(({ item }) => {
            const words = wordsOf(item);
            const held = this.#held.get(words);
            held?.owners.delete(owner);
            if (held !== undefined && held.owners.size === 0) {
                this.#takeOut(words, held);
            }
            return held === undefined || held.owners.size === 0;
        });
    }

    /** Owners, by their former names, are called something else from now on. */
    rename(names: ReadonlyMap<string, string>): void {
        for (const held of this.#held.values()) {
            held.owners = new Set(Array.from(held.owners, (owner) => names.get(owner) ?? owner));
        }
    }

    /** Whether it is still claimed: an order may be older than a change of mind. */
    isClaimed({ item }: Piece): boolean {
        return this.holds(item);
    }

    /** Whether anybody has claimed it. */
    holds(item: Route | Rule): boolean {
        return this.#held.has(wordsOf(item));
    }

    /** Whether it stands as far as is known; undefined when it is not claimed, or no answer came yet. */
    stands(item: Route | Rule): boolean | undefined {
        const state = this.#held.get(wordsOf(item))?.state;
        return state === undefined || state === "ordered" ? undefined : state === "standing";
    }

    /** The kernel answered an order to add. @returns whether that is news */
    answered({ item }: Piece, stands: boolean): boolean {
        const held = this.#held.get(wordsOf(item));
        const before = held?.state;
        if (held !== undefined) {
            held.state = stands ? "standing" : "doubtful";
        }
        return before === "ordered" || (before === "standing") !== stands;
    }

    /** Somebody removed what stood there. @returns whom it concerns */
    lost(place: string): readonly Loss[] {
        const losses: Loss[] = [];
        for (const held of this.#byPlace.get(place) ?? []) {
            if (held.state === "standing") {
                held.state = "doubtful";
                for (const owner of held.piece.item.isTracked ? held.owners : []) {
                    losses.push({ owner, piece: held.piece });
                }
            }
        }
        return losses;
    }

    /** The kernel removes routes without a word when an interface goes down or loses its addresses. */
    doubt(interfaceName: string): void {
        for (const held of this.#held.values()) {
            if (held.state === "standing" && concerns(held.piece, interfaceName)) {
                held.state = "doubtful";
            }
        }
    }

    /** Nobody knows what happened meanwhile. */
    doubtAll(): void {
        for (const held of this.#held.values()) {
            held.state = "doubtful";
        }
    }

    /** What does not stand, or may not, in the order in which it was claimed. */
    doubtful(): readonly Piece[] {
        return [...this.#held.values()].filter(({ state }) => state === "doubtful").map(({ piece }) => piece);
    }

    /** Routes first, as Keepalived sets them; rules may lead to tables that are not empty then. */
    #piecesOf({ routes, rules }: RoutingSet): readonly Piece[] {
        return [
            ...routes.map((item): Piece => {
                const place = placeOf({ ...item, table: this.#tableOf(item) ?? item.table });
                return { kind: "route", item, place, what: `route ${routeText(item)}` };
            }),
            ...rules.map((item): Piece => ({ kind: "rule", item, place: rulePlace(item), what: ruleText(item) })),
        ];
    }

    #enter(words: string, held: Held): void {
        const { place } = held.piece;
        this.#held.set(words, held);
        const there = this.#byPlace.get(place) ?? new Set();
        this.#byPlace.set(place, there.add(held));
    }

    #takeOut(words: string, held: Held): void {
        const { place } = held.piece;
        this.#held.delete(words);
        this.#byPlace.get(place)?.delete(held);
        if (this.#byPlace.get(place)?.size === 0) {
            this.#byPlace.delete(place);
        }
    }
}

/** A route without an interface of its own goes through any. */
function concerns(piece: Piece, interfaceName: string): boolean {
    if (piece.kind === "rule") {
        return false;
    }
    const names = [piece.item.hop, ...(piece.item.hops ?? [])].map((hop) => hop.interfaceName);
    return names.includes(interfaceName) || names.every((name) => name === undefined);
}
