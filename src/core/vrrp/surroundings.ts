import { standingPrefixLength } from "../address/virtual-address.ts";
import { equalIp, type IpAddress } from "../base/ip.ts";
import type { TrackedNews } from "../track/tracker-table.ts";
import { isSameAttachment } from "./attachment.ts";
import type { SpeakerEvent } from "./events.ts";
import { LinkTable } from "./link-table.ts";
import { NO_INTERFACE } from "./no-interface.ts";
import type { RouterEvent, Turn } from "./router-events.ts";
import { RouterPlaces } from "./router-places.ts";
import type { VirtualRouter } from "./virtual-router.ts";

/** What is told of links and addresses. */
export type SurroundingsEvent = SpeakerEvent & { readonly type: "link" | "link-gone" | "address-added" | "address-removed" };

/** Who is told what follows from changes around virtual routers. */
export interface SurroundingsListener {
    readonly tell: (router: VirtualRouter, event: RouterEvent, turn: Turn) => void;
    readonly track: (news: TrackedNews, turn: Turn) => void;
}

/** The links and addresses of this machine, and which virtual routers stand on them. */
export class Surroundings {
    readonly links = new LinkTable();
    readonly places = new RouterPlaces();
    readonly #listener: SurroundingsListener;

    constructor(listener: SurroundingsListener) {
        this.#listener = listener;
    }

    /** Enters a virtual router by its settings as they are now. */
    enter(router: VirtualRouter): void {
        this.places.enter(router, this.links);
    }

    /** Takes one out; its settings are still those by which it was entered. */
    takeOut(router: VirtualRouter): void {
        this.places.takeOut(router);
    }

    /** Something changed: tells those whom it concerns. */
    hear(event: SurroundingsEvent, turn: Turn): void {
        switch (event.type) {
            case "link":
                this.#changeLink(this.links.put(event.link), turn);
                this.#changeLink(event.link.name, turn);
                return;
            case "link-gone":
                this.#changeLink(this.links.remove(event.interfaceIndex), turn);
                return;
            case "address-added":
                this.#addAddress(event, turn);
                return;
            case "address-removed":
                this.#removeAddress(event, turn);
                return;
        }
    }

    #changeLink(name: string | undefined, turn: Turn): void {
        if (name !== undefined) {
            const link = this.links.named(name);
            const status = { type: link?.isUp === true && link.isRunning ? "up" : "down" } as const;
            this.#listener.track({ kind: "interface", name, status }, turn);
            this.#attachAllOn(name, turn);
        }
    }

    #addAddress(event: SpeakerEvent & { readonly type: "address-added" }, turn: Turn): void {
        const { interfaceIndex, address, prefixLength } = event;
        this.links.addAddress(interfaceIndex, address, prefixLength);
        const name = this.links.at(interfaceIndex)?.name;
        this.#attachForAddress(name, address, turn);
    }

    #removeAddress(event: SpeakerEvent & { readonly type: "address-removed" }, turn: Turn): void {
        this.links.removeAddress(event.interfaceIndex, event.address, event.prefixLength);
        const name = this.links.at(event.interfaceIndex)?.name;
        if (name !== undefined && !event.isOurs) {
            for (const { router, address } of this.places.owned.ownersOf(name, event.address)) {
                if (standingPrefixLength(address) === event.prefixLength) {
                    this.#listener.tell(router, { type: "address-lost", address }, turn);
                }
            }
        }
        this.#attachForAddress(name, event.address, turn);
    }

    /** Another address may be another source; a virtual address only that of those who own it, unless it is the interface's own too. */
    #attachForAddress(name: string | undefined, address: IpAddress, turn: Turn): void {
        const owners = name === undefined ? [] : this.places.owned.ownersOf(name, address);
        if (name === undefined || owners.length === 0) {
            this.#attachAllOn(name, turn);
            this.#attachAllOn(NO_INTERFACE, turn);
            return;
        }
        const mayCare = this.places.isOfInterface(name, address) ? this.places.on(name) : owners.map(({ router }) => router);
        for (const router of mayCare) {
            const { source } = router.attachment;
            if (source === undefined || equalIp(source, address)) {
                this.attach(router, turn);
            }
        }
    }

    #attachAllOn(name: string | undefined, turn: Turn): void {
        for (const router of name === undefined ? [] : this.places.on(name)) {
            this.attach(router, turn);
        }
    }

    /** Looks where a virtual router stands now, and tells it when that is somewhere else. */
    attach(router: VirtualRouter, turn: Turn): void {
        const attachment = this.places.attachmentOf(router, this.links);
        const before = router.attachment;
        if (isSameAttachment(attachment, before)) {
            return;
        }
        if (attachment.link?.index !== before.link?.index) {
            this.places.directory.place(router, attachment.link?.index);
        }
        this.#listener.tell(router, { type: "attached", attachment }, turn);
    }
}
