import type { Family } from "../../base/ip.ts";
import type { Chain, ElementSet } from "../../netlink/nftables.ts";
import type { Expression } from "../../netlink/nftables-expressions.ts";
import { anyPortKey, BY_NUMBER, BY_SERVER, chainsBy, endpointKey, KEY_REGISTER, loadKey } from "./keys.ts";
import type { NftablesOrder, Place } from "./orders.ts";

/**
 * What stands in our tables whatever the services are: the way from a hook to a service's chain.
 */

/** Where addresses are translated: NF_IP_PRI_NAT_DST. */
const TRANSLATION_PRIORITY = -100;
/** Before anybody else, so that nothing is done twice to what goes to another machine. */
const INGRESS_PRIORITY = -500;

const ETHERTYPES = { 4: Uint8Array.of(0x08, 0x00), 6: Uint8Array.of(0x86, 0xdd) } as const;
const PACKET_HOST = Uint8Array.of(0);

/** From a server's number to its chain. */
export const SERVERS = "servers";
/** From a firewall mark to a service's chain. */
export const MARKS = "marks";

/** From address, protocol and port to a service's chain; the table of devices has both families. */
export function endpointsMap(family: Family): string {
    return family === 4 ? "services" : "services-ip6";
}

/** From address and protocol to the chain of a service for all ports. */
export function anyPortMap(family: Family): string {
    return family === 4 ? "all-ports" : "all-ports-ip6";
}

/** The orders that make an empty table. */
export function skeletonOf(place: Place): readonly NftablesOrder[] {
    const families: readonly Family[] = place === "netdev" ? [4, 6] : [place === "ip" ? 4 : 6];
    return [
        { place, type: "new-table" },
        newSet(place, SERVERS, BY_SERVER),
        ...families.flatMap((family) => dispatch(place, family)),
        ...(place === "netdev" ? [] : hooks(place, families[0] ?? 4)),
    ];
}

/** The orders that let a device's packets come to the services. */
export function deviceOrders(name: string, index: number): readonly NftablesOrder[] {
    const place = "netdev";
    const chain: Chain = { name: deviceChain(index), hook: { at: "ingress", priority: INGRESS_PRIORITY, device: name } };
    const rules = ([4, 6] as const).map((family): NftablesOrder => {
        // Frames with a VLAN tag come again, without it, where that VLAN's interface takes them in; those for other machines are not ours.
        const expressions: readonly Expression[] = [
            { type: "payload", base: "link", offset: 12, length: 2, register: 1 },
            { type: "compare", register: 1, value: ETHERTYPES[family] },
            { type: "meta", key: "packetType", register: 1 },
            { type: "compare", register: 1, value: PACKET_HOST },
            { type: "jump", chain: dispatchChain(place, family) },
        ];
        return { place, type: "new-rule", chain: chain.name, rule: { expressions } };
    });
    return [{ place, type: "new-chain", chain }, ...rules];
}

/** The chain in which a device's packets begin. */
export function deviceChain(index: number): string {
    return `ingress-${index}`;
}

/** The order that makes a set. */
export function newSet(place: Place, name: string, shape: Omit<ElementSet, "name">): NftablesOrder {
    return { place, type: "new-set", set: { name, ...shape } };
}

function dispatch(place: Place, family: Family): readonly NftablesOrder[] {
    const chain = dispatchChain(place, family);
    const rule = (expressions: readonly Expression[]): NftablesOrder => ({ place, type: "new-rule", chain, rule: { expressions } });
    const marked: readonly NftablesOrder[] = [
        newSet(place, MARKS, BY_NUMBER),
        rule([
            { type: "meta", key: "mark", register: 1 },
            { type: "lookup", set: MARKS, register: 1, result: "verdict" },
        ]),
    ];
    return [
        { place, type: "new-chain", chain: { name: chain } },
        newSet(place, endpointsMap(family), chainsBy(endpointKey(family))),
        newSet(place, anyPortMap(family), chainsBy(anyPortKey(family))),
        // Marks come after ingress.
        ...(place === "netdev" ? [] : marked),
        rule([...loadKey(endpointKey(family)), leads(endpointsMap(family))]),
        rule([...loadKey(anyPortKey(family)), leads(anyPortMap(family))]),
    ];
}

function leads(set: string): Expression {
    return { type: "lookup", set, register: KEY_REGISTER, result: "verdict" };
}

function dispatchChain(place: Place, family: Family): string {
    return place === "netdev" && family === 6 ? "dispatch-ip6" : "dispatch";
}

/** Clients elsewhere, and those on this machine. */
function hooks(place: "ip" | "ip6", family: Family): readonly NftablesOrder[] {
    return (["prerouting", "output"] as const).flatMap((at): readonly NftablesOrder[] => [
        { place, type: "new-chain", chain: { name: at, hook: { at, priority: TRANSLATION_PRIORITY, type: "nat" } } },
        { place, type: "new-rule", chain: at, rule: { expressions: [{ type: "jump", chain: dispatchChain(place, family) }] } },
    ]);
}
