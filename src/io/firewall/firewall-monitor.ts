import { readMessages } from "../../core/netlink/message.ts";
import { readTableNews, type TableFamily } from "../../core/netlink/nftables.ts";
import type { Source } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { NetlinkSocket } from "../netlink/netlink-socket.ts";
import { generous } from "../netlink/receive-buffer.ts";
import { TABLE_FAMILIES } from "./firewall-orders.ts";

/** NFNLGRP_NFTABLES. */
const GROUP = 7;
const RECEIVE_BUFFER = generous(1 << 18);
const READS_IN_DRAIN = 4;

/** What the monitor is made of. */
export interface FirewallMonitorSettings {
    readonly system: NativeAddon;
    /** Changes that were asked for through the socket with this port are ours. */
    readonly ownPort: number;
    readonly table: () => string;
    readonly onReady: (source: Source) => void;
    readonly onDisturbed: () => void;
}

/** Hears of every change in nf_tables, and notes which of our tables somebody else touched. */
export class FirewallMonitor implements Source {
    readonly #settings: FirewallMonitorSettings;
    readonly #socket: NetlinkSocket;
    readonly #poller: Poller;
    readonly #disturbed = new Set<TableFamily>();

    /** @throws Error when the kernel refuses a socket */
    constructor(settings: FirewallMonitorSettings) {
        const { system, onReady } = settings;
        this.#settings = settings;
        this.#socket = new NetlinkSocket(system, [GROUP], RECEIVE_BUFFER, system.constants.NETLINK_NETFILTER);
        const poller = system.pollerOpen(this.#socket.fd, () => onReady(this));
        if (typeof poller === "number") {
            this.#socket.close();
            throw new Error(`poller: ${system.errnoNames[-poller] ?? poller}`);
        }
        this.#poller = poller;
        system.pollerSet(poller, POLL.read);
    }

    /** Whether a table of ours is not known to be as we left it. */
    get isDisturbed(): boolean {
        return this.#disturbed.size > 0;
    }

    /** The families whose tables were touched since this was asked last. */
    takeDisturbed(): readonly TableFamily[] {
        const families = [...this.#disturbed];
        this.#disturbed.clear();
        return families;
    }

    drain(): boolean {
        for (let reads = 0; reads < READS_IN_DRAIN; reads++) {
            const reception = this.#socket.receive((datagram) => this.#take(datagram));
            if (reception === "overrun") {
                // Nobody knows what was lost.
                this.#disturb(TABLE_FAMILIES);
            } else if (reception === "nothing") {
                return false;
            }
        }
        return true;
    }

    close(): void {
        this.#settings.system.pollerClose(this.#poller);
        this.#socket.close();
    }

    #take(datagram: Uint8Array): void {
        const { ownPort, table } = this.#settings;
        for (const { type, payload, port } of readMessages(datagram)) {
            const news = port === ownPort ? undefined : readTableNews(type, payload);
            if (news !== undefined && news.family !== "netdev" && news.table === table()) {
                this.#disturb([news.family]);
            }
        }
    }

    #disturb(families: readonly TableFamily[]): void {
        for (const family of families) {
            this.#disturbed.add(family);
        }
        this.#settings.onDisturbed();
    }
}
