import { type Family, type IpAddress, ipKey } from "../../base/ip.ts";
import type { SetElement } from "../../netlink/nftables.ts";
import type { ServedEntry, VirtualServerSettings } from "../../service/virtual-server.ts";
import { addressesOf, PROTOCOL_NUMBERS } from "../wanted-services.ts";
import type { KeyShape } from "./keys.ts";
import { anyPortKey, DATA_REGISTER, endpointBytes, endpointKey, KEY_REGISTER, loadKey, marksBy, numberBytes } from "./keys.ts";
import type { NftablesOrder, Place } from "./orders.ts";

/**
 * `nftables_ipvs`: all addresses of a virtual server get one firewall mark, so that the kernel has one service for them all, and one scheduler.
 */

/** Where the marks are given. */
export interface GroupMarkSettings {
    /** The table's name. */
    readonly table: string;
    /** Of its chains among those of others on the same hook. */
    readonly priority: number;
    /** The first mark. */
    readonly first: number;
}

/** What gets which mark. */
export interface MarkedEndpoint {
    readonly address: IpAddress;
    readonly protocol: number;
    /** 0 is every port. */
    readonly port: number;
    readonly mark: number;
}

/** Gives marks to virtual servers, each the same for as long as it is there. */
export class GroupMarks {
    readonly #first: number;
    readonly #marks = new Map<string, number>();

    constructor(first: number) {
        this.#first = first;
    }

    /** The virtual servers as the kernel is to know them, and what is to be marked for them. Those with a single address stay as they are. */
    mark(servers: readonly VirtualServerSettings[]): {
        readonly servers: readonly VirtualServerSettings[];
        readonly endpoints: readonly MarkedEndpoint[];
    } {
        const marked = servers.filter(hasManyAddresses);
        const keys = new Set(marked.map(({ key }) => key));
        for (const key of this.#marks.keys()) {
            if (!keys.has(key)) {
                this.#marks.delete(key);
            }
        }
        const inUse = new Set([...this.#marks.values(), ...servers.flatMap(({ entries }) => entries.flatMap(markOf))]);
        const endpoints: MarkedEndpoint[] = [];
        const all = servers.map((server) => {
            if (!keys.has(server.key)) {
                return server;
            }
            const mark = this.#marks.get(server.key) ?? this.#free(inUse);
            this.#marks.set(server.key, mark);
            inUse.add(mark);
            endpoints.push(...endpointsOf(server, mark));
            return { ...server, entries: markedEntries(server, mark) };
        });
        return { servers: all, endpoints };
    }

    #free(inUse: ReadonlySet<number>): number {
        let mark = this.#first;
        while (inUse.has(mark)) {
            mark += 1;
        }
        return mark;
    }
}

const PLACES: readonly (Place & ("ip" | "ip6"))[] = ["ip", "ip6"];
const MAPS = { endpoints: "marks", anyPort: "marks-all-ports" } as const;

/** The orders that make both tables, or have them hold these endpoints and no others. */
export function groupMarkOrders(endpoints: readonly MarkedEndpoint[], priority: number): readonly NftablesOrder[] {
    return PLACES.flatMap((place) => {
        const family: Family = place === "ip" ? 4 : 6;
        const mine = endpoints.filter(({ address }) => address.family === family);
        const withPort = mine.filter(({ port }) => port !== 0);
        return [
            { place, type: "new-table" } as const,
            ...marking(place, priority, [
                // The last one that finds something counts: a single port is more than all ports.
                [MAPS.anyPort, anyPortKey(family)],
                [MAPS.endpoints, endpointKey(family)],
            ]),
            ...holding(
                place,
                MAPS.endpoints,
                withPort.map((one) => elementOf(one, one.port)),
            ),
            ...holding(
                place,
                MAPS.anyPort,
                mine.filter(({ port }) => port === 0).map((one) => elementOf(one)),
            ),
        ];
    });
}

function marking(place: Place, priority: number, maps: readonly (readonly [string, KeyShape])[]): readonly NftablesOrder[] {
    const sets = maps.map(([name, key]): NftablesOrder => ({ place, type: "new-set", set: { name, ...marksBy(key) } }));
    const chains = (["prerouting", "output"] as const).flatMap((at): readonly NftablesOrder[] => [
        { place, type: "new-chain", chain: { name: at, hook: { at, priority } } },
        { place, type: "flush-chain", name: at },
        ...maps.map(([set, key]): NftablesOrder => {
            const lookup = { type: "lookup", set, register: KEY_REGISTER, result: DATA_REGISTER } as const;
            return {
                place,
                type: "new-rule",
                chain: at,
                rule: { expressions: [...loadKey(key), lookup, { type: "set-mark", register: DATA_REGISTER }] },
            };
        }),
    ]);
    return [...sets, ...chains];
}

function holding(place: Place, set: string, elements: readonly SetElement[]): readonly NftablesOrder[] {
    return [
        { place, type: "flush-set", name: set },
        ...(elements.length === 0 ? [] : [{ place, type: "new-elements", set, elements } as const]),
    ];
}

function elementOf({ address, protocol, mark }: MarkedEndpoint, port?: number): SetElement {
    return { key: endpointBytes(address, protocol, port), data: numberBytes(mark) };
}

function hasManyAddresses({ entries }: VirtualServerSettings): boolean {
    return entries.reduce((sum, entry) => sum + (entry.type === "addresses" ? entry.count : 0), 0) > 1;
}

function markOf(entry: ServedEntry): readonly number[] {
    return entry.type === "fwmark" ? [entry.mark] : [];
}

function endpointsOf({ entries }: VirtualServerSettings, mark: number): readonly MarkedEndpoint[] {
    const all = entries.flatMap((entry) =>
        entry.type === "fwmark"
            ? []
            : addressesOf(entry).map((address) => ({ address, protocol: PROTOCOL_NUMBERS[entry.protocol], port: entry.port, mark })),
    );
    return [...new Map(all.map((one) => [`${one.protocol} ${one.port} ${ipKey(one.address)}`, one])).values()];
}

function markedEntries({ entries }: VirtualServerSettings, mark: number): readonly ServedEntry[] {
    const families = new Set(entries.flatMap((entry) => (entry.type === "addresses" ? [entry.first.family] : [])));
    return [
        ...entries.filter(({ type }) => type === "fwmark"),
        ...Array.from(families, (family) => ({ type: "fwmark", family, mark }) as const),
    ];
}
