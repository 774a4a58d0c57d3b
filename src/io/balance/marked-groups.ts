import { type GroupMarkSettings, GroupMarks, groupMarkOrders } from "../../core/balance/nftables/group-marks.ts";
import { capacityOf, type NftablesOrder, writeOrder } from "../../core/balance/nftables/orders.ts";
import type { VirtualServerSettings } from "../../core/service/virtual-server.ts";
import type { NativeAddon } from "../native/addon.ts";
import { NftablesSocket } from "../netlink/nftables-socket.ts";

const PLACES = ["ip", "ip6"] as const;

/** The tables of `nftables_ipvs`: they stand as long as a virtual server has several addresses. */
export class MarkedGroups {
    readonly #socket: NftablesSocket;
    readonly #settings: GroupMarkSettings;
    readonly #marks: GroupMarks;
    readonly #onRefused: (text: string) => void;
    #stands = false;

    /** @throws Error when the kernel refuses a socket */
    constructor(system: NativeAddon, settings: GroupMarkSettings, onRefused: (text: string) => void) {
        this.#socket = new NftablesSocket(system);
        this.#settings = settings;
        this.#marks = new GroupMarks(settings.first);
        this.#onRefused = onRefused;
    }

    /** Has packets marked for these virtual servers. @returns them as IPVS is to know them; unchanged when marking cannot be had */
    apply(wanted: readonly VirtualServerSettings[]): readonly VirtualServerSettings[] {
        const { servers, endpoints } = this.#marks.mark(wanted);
        if (endpoints.length === 0) {
            this.remove();
            return servers;
        }
        const { table, priority } = this.#settings;
        if (PLACES.some((family) => this.#socket.look({ family, table }) === "foreign")) {
            this.#onRefused(`nftables_ipvs: the table ${table} is somebody else's: each address has a service of its own`);
            return wanted;
        }
        const { code, text } = this.#order(groupMarkOrders(endpoints, priority));
        if (code !== "") {
            this.#onRefused(`nftables_ipvs: table ${table}: ${text ?? code}: each address has a service of its own`);
            return wanted;
        }
        this.#stands = true;
        return servers;
    }

    /** Nothing is marked any more. */
    remove(): void {
        const { table } = this.#settings;
        const ours = PLACES.filter((family) => this.#stands || this.#socket.look({ family, table }) === "ours");
        this.#stands = false;
        const orders = ours.flatMap((place): readonly NftablesOrder[] => [
            { place, type: "new-table" },
            { place, type: "delete-table" },
        ]);
        if (orders.length > 0) {
            this.#order(orders);
        }
    }

    close(): void {
        this.#socket.close();
    }

    #order(orders: readonly NftablesOrder[]): ReturnType<NftablesSocket["batch"]> {
        return this.#socket.batch(capacityOf(orders), (batch) => {
            for (const [index, order] of orders.entries()) {
                writeOrder(batch, this.#settings.table, order, index);
            }
        });
    }
}
