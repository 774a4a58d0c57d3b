import type { Route } from "../../core/base/route.ts";
import type { MessageWriter } from "../../core/netlink/message-writer.ts";
import { RTNETLINK, writeDump } from "../../core/netlink/rtnetlink.ts";
import { readVrfLink } from "../../core/netlink/vrf-links.ts";
import type { NativeAddon } from "../native/addon.ts";
import { dumpTable } from "../netlink/kernel-table.ts";

/** The routing tables of VRFs, asked for when a route first needs one, and again when interfaces have changed. */
export class VrfTables {
    readonly #system: NativeAddon;
    #tables: ReadonlyMap<string, number> | undefined;

    constructor(system: NativeAddon) {
        this.#system = system;
    }

    /** Where a route goes; undefined as long as its VRF is not there. */
    tableOf({ vrf, table }: Pick<Route, "vrf" | "table">): number | undefined {
        if (vrf === undefined) {
            return table;
        }
        this.#tables ??= new Map(dumpTable(this.#system, LINKS).items.map((link) => [link.name, link.table]));
        return this.#tables.get(vrf);
    }

    /** Interfaces have changed. */
    forget(): void {
        this.#tables = undefined;
    }
}

const LINKS = {
    ask: (writer: MessageWriter, sequence: number) => writeDump(writer, RTNETLINK.RTM_GETLINK, sequence),
    answer: RTNETLINK.RTM_NEWLINK,
    read: readVrfLink,
};
