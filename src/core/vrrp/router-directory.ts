import { type Family, type IpAddress, ipKey, isMulticast } from "../base/ip.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/** Finds the virtual router that a packet is for, by interface, family and VRID, and by peer where several unicast ones share a VRID. */
export class RouterDirectory {
    readonly #places = new Map<number, Place>();
    readonly #keys = new Map<VirtualRouter, number>();

    /** Whom a packet concerns; undefined when nobody here has that VRID on that interface. */
    find(
        interfaceIndex: number,
        family: Family,
        vrid: number,
        ends: { readonly source: IpAddress; readonly destination: IpAddress },
    ): VirtualRouter | undefined {
        const place = this.#places.get(keyOf(interfaceIndex, family, vrid));
        if (place === undefined) {
            return undefined;
        }
        const isOnlyOne = place.unicast.length + (place.multicast === undefined ? 0 : 1) === 1;
        if (isOnlyOne) {
            // Also for the wrong kind of destination, so that this is counted and said.
            return place.multicast ?? place.unicast[0];
        }
        if (isMulticast(ends.destination)) {
            return place.multicast ?? place.unicast[0];
        }
        return place.byPeer.get(ipKey(ends.source)) ?? place.unicast[0];
    }

    /** Enters a virtual router under the interface on which it stands; undefined takes it out. */
    place(router: VirtualRouter, interfaceIndex: number | undefined): void {
        this.#takeOut(router);
        if (interfaceIndex === undefined) {
            return;
        }
        const { family, vrid, destination } = router.settings;
        const key = keyOf(interfaceIndex, family, vrid);
        const place: Place = this.#places.get(key) ?? { multicast: undefined, unicast: [], byPeer: new Map() };
        this.#places.set(key, place);
        this.#keys.set(router, key);
        if (destination.type === "multicast") {
            place.multicast = router;
            return;
        }
        place.unicast.push(router);
        for (const peer of destination.peers) {
            place.byPeer.set(ipKey(peer.address), router);
        }
    }

    #takeOut(router: VirtualRouter): void {
        const key = this.#keys.get(router);
        const place = key === undefined ? undefined : this.#places.get(key);
        if (key === undefined || place === undefined) {
            return;
        }
        this.#keys.delete(router);
        place.multicast = place.multicast === router ? undefined : place.multicast;
        place.unicast = place.unicast.filter((other) => other !== router);
        for (const [peer, owner] of place.byPeer) {
            if (owner === router) {
                place.byPeer.delete(peer);
            }
        }
        if (place.multicast === undefined && place.unicast.length === 0) {
            this.#places.delete(key);
        }
    }
}

interface Place {
    multicast: VirtualRouter | undefined;
    unicast: VirtualRouter[];
    readonly byPeer: Map<string, VirtualRouter>;
}

function keyOf(interfaceIndex: number, family: Family, vrid: number): number {
    return (interfaceIndex * 2 + (family === 4 ? 0 : 1)) * 256 + vrid;
}
