import type { IpAddress } from "../../core/base/ip.ts";
import type { AnnouncementTemplate } from "../../core/packet/announcement.ts";

/** An interface as announcements need it. */
export interface AnnouncingLink {
    readonly index: number;
    readonly name: string;
    readonly template: AnnouncementTemplate;
}

/** One frame to be sent: which address to announce on which interface. */
export interface Announcement {
    readonly link: AnnouncingLink;
    readonly address: IpAddress;
}

interface Order {
    router: string;
    readonly announcements: readonly Announcement[];
    readonly total: number;
    next: number;
    /** What the same router wants after it. */
    readonly followers: Order[];
}

/**
 * The announcements of all routers that have not left yet: for each order its rounds one after the other, in each round its addresses.
 * Routers take turns, so that one with thousands of addresses does not hold up the others; the orders of one router come one after the other, since each is the
 * repetition of what the one before says for the first time.
 */
export class AnnouncementQueue {
    /** The first order of each router. */
    #orders: Order[] = [];
    #byRouter = new Map<string, Order>();
    /** The order of each announcement that was taken and is not settled yet. */
    #taken: Order[] = [];

    get isEmpty(): boolean {
        return this.#orders.length === 0;
    }

    add(router: string, announcements: readonly Announcement[], rounds: number): void {
        if (announcements.length === 0 || rounds <= 0) {
            return;
        }
        const first = this.#byRouter.get(router);
        const order: Order = { router, announcements, total: announcements.length * rounds, next: 0, followers: [] };
        if (first === undefined) {
            this.#byRouter.set(router, order);
            this.#orders.push(order);
        } else {
            first.followers.push(order);
        }
    }

    /** Forgets what has not left yet. */
    cancel(router: string): void {
        this.#orders = this.#orders.filter((order) => order.router !== router);
        this.#byRouter.delete(router);
    }

    /** Routers, by their former names, are called something else from now on. */
    rename(names: ReadonlyMap<string, string>): void {
        for (const order of this.#orders.flatMap((first) => [first, ...first.followers])) {
            order.router = names.get(order.router) ?? order.router;
        }
        this.#byRouter = new Map(this.#orders.map((order) => [order.router, order]));
    }

    /**
     * Hands up to `limit` announcements, from one order after the other up to `share` at a time, to `accept`. It says whether that one can leave
     * now; one that cannot holds up the rest of its order. They count as left until `settle` says otherwise.
     *
     * @returns how many were accepted
     */
    take(limit: number, share: number, accept: (announcement: Announcement) => boolean): number {
        this.#taken = [];
        let idle = 0;
        while (idle < this.#orders.length && this.#taken.length < limit) {
            const order = this.#orders.shift() as Order;
            const took = this.#takeFrom(order, Math.min(share, limit - this.#taken.length), accept);
            this.#orders.push(order);
            idle = took === 0 ? idle + 1 : 0;
        }
        return this.#taken.length;
    }

    /** Of the announcements last taken the first `left` have left; the others come again. */
    settle(left: number): void {
        for (const order of this.#taken.slice(left)) {
            order.next--;
        }
        const hasEnded = this.#taken.some((order) => order.next >= order.total);
        this.#taken = [];
        if (!hasEnded) {
            return;
        }
        this.#orders = this.#orders.flatMap((order) => (order.next < order.total ? order : this.#followerOf(order)));
    }

    /** What comes in the place of an order that has been carried out. */
    #followerOf({ router, followers }: Order): readonly Order[] {
        const [next, ...others] = followers;
        if (next === undefined) {
            this.#byRouter.delete(router);
            return [];
        }
        next.followers.push(...others);
        this.#byRouter.set(router, next);
        return [next];
    }

    #takeFrom(order: Order, share: number, accept: (announcement: Announcement) => boolean): number {
        let took = 0;
        while (took < share && order.next < order.total) {
            const announcement = order.announcements[order.next % order.announcements.length] as Announcement;
            if (!accept(announcement)) {
                break;
            }
            order.next++;
            took++;
            this.#taken.push(order);
        }
        return took;
    }
}
