import { describe, expect, it } from "vitest";
import { type IpvsDestination, type IpvsService, SERVICE_FLAG } from "../../netlink/ipvs.ts";
import { commentText } from "../../netlink/nftables-comment.ts";
import { destinationKey, serviceKey, type TableCommand } from "../table.ts";
import { ip } from "../test-bench.ts";
import { BalanceTables, type CommentedRule } from "./balance-tables.ts";
import type { NftablesOrder, Place } from "./orders.ts";

const IDENTITY = { type: "address", protocol: 6, address: ip("10.0.0.1"), port: 80 } as const;
const SERVICE: IpvsService = { identity: IDENTITY, scheduler: "rr", flags: 0, persistence: 0, granularity: 32 };
const PERSISTENT = { ...SERVICE, flags: SERVICE_FLAG.persistent, persistence: 300 };

function server(last: number, more: Partial<IpvsDestination> = {}): IpvsDestination {
    return { address: ip(`10.0.0.${last}`), port: 80, forwarding: "nat", weight: 1, upperThreshold: 0, lowerThreshold: 0, ...more };
}

function put(...servers: readonly IpvsDestination[]): readonly TableCommand[] {
    return servers.map((destination) => ({ type: "add-destination", identity: IDENTITY, destination }));
}

const tables = () => new BalanceTables(() => 2);

/** Without rules: what is done, where, to what. */
function shown(orders: readonly NftablesOrder[]): readonly string[] {
    return orders.map((order) => {
        const what = "name" in order ? order.name : "set" in order ? (typeof order.set === "string" ? order.set : order.set.name) : "";
        const which = "chain" in order ? (typeof order.chain === "string" ? order.chain : order.chain.name) : what;
        const chains = "elements" in order ? order.elements.map(({ chain }) => chain ?? "") : [];
        return [order.place, order.type, which, ...chains].join(" ").trim();
    });
}

/** What a successor reads in the tables that these orders make. */
function commentsOf(orders: readonly NftablesOrder[]): ReadonlyMap<Place, readonly CommentedRule[]> {
    const chains = new Map<string, readonly CommentedRule[]>();
    const places = new Set<Place>();
    for (const order of orders) {
        places.add(order.place);
        if (order.type === "flush-chain" || order.type === "delete-chain") {
            chains.set(`${order.place} ${order.name}`, []);
        } else if (order.type === "new-rule") {
            const comment = order.rule.userData && commentText(order.rule.userData);
            const key = `${order.place} ${order.chain}`;
            const known = chains.get(key) ?? [];
            chains.set(key, comment === undefined ? known : [...known, { chain: order.chain, comment }]);
        }
    }
    const at = (place: Place) => [...chains].flatMap(([key, rules]) => (key.startsWith(`${place} `) ? rules : []));
    return new Map(Array.from(places, (place) => [place, at(place)]));
}

describe("the load balancer's tables", () => {
    it("count connections that are translated, packets of those that are handed on, and for services the sum", () => {
        const made = tables();
        made.apply([{ type: "add-service", service: SERVICE }, ...put(server(2), server(3, { forwarding: "route" }), server(4))]);
        const traffic = made.trafficOf([
            { name: "server-2", packets: 7, bytes: 420 },
            { name: "server-3", packets: 9, bytes: 900 },
            { name: "server-99", packets: 1, bytes: 1 },
        ]);
        const { total, servers } = traffic.get(serviceKey(IDENTITY)) ?? {};
        expect(total).toEqual({ connections: 7, inPackets: 9, inBytes: 900 });
        expect([server(2), server(3), server(4)].map((one) => servers?.get(destinationKey(one)))).toEqual([
            { connections: 7 },
            { inPackets: 9, inBytes: 900 },
            { connections: 0 },
        ]);
    });

    it("are made when they are needed, with a way to each service and server", () => {
        const orders = shown(tables().apply([{ type: "add-service", service: SERVICE }, ...put(server(2))]));
        expect(orders[0]).toBe("ip new-table");
        expect(orders).toContain("ip new-elements services service-1");
        expect(orders).toContain("ip new-elements servers server-2");
        expect(orders).toContain("ip new-elements slots-1 server-2");
        expect(orders.filter((order) => !order.startsWith("ip "))).toEqual([]);
    });

    it("change in place: what comes before what goes, and nothing else is touched", () => {
        const all = tables();
        all.apply([{ type: "add-service", service: SERVICE }, ...put(server(2), server(3))]);
        const change: readonly TableCommand[] = [
            ...put(server(4)),
            { type: "delete-destination", identity: IDENTITY, destination: server(2) },
        ];
        expect(shown(all.apply(change))).toEqual([
            "ip new-counter server-4",
            "ip new-chain server-4",
            "ip flush-chain server-4",
            "ip new-rule server-4",
            "ip new-rule server-4",
            "ip new-elements servers server-4",
            "ip delete-elements slots-1 server-2 server-3",
            "ip new-elements slots-1 server-3 server-4",
            "ip delete-elements servers server-2",
            "ip flush-chain server-2",
            "ip delete-chain server-2",
            "ip delete-counter server-2",
        ]);
    });

    it("touch no slot of others when a weight is changed that the scheduler does not look at", () => {
        const all = tables();
        all.apply([{ type: "add-service", service: SERVICE }, ...put(server(2), server(3))]);
        const edit = all.apply([{ type: "edit-destination", identity: IDENTITY, destination: server(2, { weight: 5 }) }]);
        expect(shown(edit)).toEqual(["ip flush-chain server-2", "ip new-rule server-2", "ip new-rule server-2"]);
    });

    it("hand packets on in the table of devices, and remember connections there", () => {
        const all = tables();
        all.deviceCame(2, "eth0");
        const orders = shown(all.apply([{ type: "add-service", service: SERVICE }, ...put(server(2, { forwarding: "route" }))]));
        expect(orders).toContain("netdev new-chain ingress-2");
        expect(orders).toContain("netdev new-set flows-1");
        expect(orders).toContain("netdev new-elements slots-1 server-2");
        expect(shown(all.deviceCame(3, "eth1"))[0]).toBe("netdev new-chain ingress-3");
        expect(all.deviceCame(3, "eth1")).toEqual([]);
        expect(shown(all.deviceWent(3))).toEqual(["netdev flush-chain ingress-3", "netdev delete-chain ingress-3"]);
    });

    it("write a server again to which another way leads", () => {
        let way: number | "here" | undefined = 2;
        const all = new BalanceTables(() => way);
        all.apply([{ type: "add-service", service: SERVICE }, ...put(server(2, { forwarding: "route" }), server(3))]);
        expect(all.refreshWays()).toEqual([]);
        for (const next of [3, "here", undefined] as const) {
            way = next;
            expect(new Set(shown(all.refreshWays()))).toEqual(new Set(["netdev flush-chain server-2", "netdev new-rule server-2"]));
        }
    });

    it("forget clients when they are to be told apart otherwise, and only then", () => {
        const all = tables();
        all.apply([{ type: "add-service", service: PERSISTENT }, ...put(server(2))]);
        const scheduler = shown(all.apply([{ type: "edit-service", service: { ...PERSISTENT, scheduler: "wrr" } }]));
        expect(scheduler.filter((order) => order.includes("clients-1"))).toEqual([]);
        const granularity = shown(all.apply([{ type: "edit-service", service: { ...PERSISTENT, granularity: 24 } }]));
        expect(granularity).toEqual(expect.arrayContaining(["ip delete-set clients-1", "ip new-set clients-1"]));
        const none = shown(all.apply([{ type: "edit-service", service: SERVICE }]));
        expect(none.filter((order) => order.includes("clients-1"))).toEqual(["ip delete-set clients-1"]);
    });

    it("are known to a successor by their comments, which makes none of the counters anew", () => {
        const first = tables();
        const mixed = put(server(2), server(3, { weight: 0 }), server(4, { forwarding: "route" }));
        const made = first.apply([{ type: "add-service", service: PERSISTENT }, ...mixed]);
        const second = tables();
        const adopted = second.adopt(commentsOf(made));
        expect(second.table).toEqual(first.table);
        expect(adopted.filter(({ type }) => type === "new-table" || type === "delete-set" || type === "new-counter")).toEqual([]);
        expect(shown(second.apply(put(server(5))))).toContain("ip new-chain server-5");
    });

    it("let all of a service go, and nothing of another", () => {
        const all = tables();
        const other = { ...SERVICE, identity: { ...IDENTITY, port: 81 } };
        all.apply([{ type: "add-service", service: PERSISTENT }, ...put(server(2)), { type: "add-service", service: other }]);
        expect(shown(all.apply([{ type: "delete-service", identity: IDENTITY }]))).toEqual([
            "ip delete-elements services service-1",
            "ip flush-set slots-1",
            "ip flush-chain service-1",
            "ip delete-chain service-1",
            "ip delete-elements servers server-2",
            "ip flush-chain server-2",
            "ip delete-chain server-2",
            "ip delete-counter server-2",
            "ip delete-set slots-1",
            "ip delete-set clients-1",
        ]);
        expect([...all.table.keys()]).toEqual([serviceKey(other.identity)]);
    });

    it("pass over what cannot be done here, and drop a service that turns into that", () => {
        const all = tables();
        expect(all.apply([{ type: "add-service", service: { ...SERVICE, scheduler: "lblc" } }, ...put(server(2))])).toEqual([]);
        all.apply([{ type: "add-service", service: SERVICE }, ...put(server(2), server(3, { forwarding: "tunnel" }))]);
        expect(all.table.get(serviceKey(IDENTITY))?.destinations.size).toBe(1);
        const orders = shown(all.apply([{ type: "edit-service", service: { ...SERVICE, flags: SERVICE_FLAG.onePacket } }]));
        expect(orders).toContain("ip delete-chain service-1");
        expect(all.table.size).toBe(0);
    });

    it("can be made anew as a whole, and removed as a whole", () => {
        const all = tables();
        const made = all.apply([{ type: "add-service", service: SERVICE }, ...put(server(2))]);
        const anew = all.rebuild();
        expect(shown(anew).slice(0, 2)).toEqual(["ip new-table", "ip delete-table"]);
        expect(commentsOf(anew)).toEqual(commentsOf(made));
        expect(shown(all.removeAll())).toEqual(["ip new-table", "ip delete-table"]);
        expect(all.removeAll()).toEqual([]);
    });
});
