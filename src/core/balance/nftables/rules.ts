import type { Family, IpAddress } from "../../base/ip.ts";
import { type IpvsDestination, type IpvsService, SERVICE_FLAG } from "../../netlink/ipvs.ts";
import type { Rule } from "../../netlink/nftables.ts";
import { commentBytes } from "../../netlink/nftables-comment.ts";
import type { Expression } from "../../netlink/nftables-expressions.ts";
import { clientKey, DATA_REGISTER, flowKey, KEY_REGISTER, type KeyShape, loadKey, numberBytes } from "./keys.ts";
import { SERVERS } from "./skeleton.ts";
import { choiceOf } from "./slots.ts";
import { writtenServer, writtenService } from "./written.ts";

/** One service in one place. Clients that persist keep their server; so does every connection where nothing else remembers it. */
export interface ServiceSide {
    readonly id: number;
    readonly service: IpvsService;
    readonly family: Family;
    readonly isDirect: boolean;
}

/** The interface through which a server is reached without translation; `here` is this machine itself, undefined is none. */
export type Way = number | "here" | undefined;

/**
 * A server's number travels from one rule to the next as the packet's priority: nft (1.0.6) cannot show a rule that looks up what it has looked up.
 * Nobody misses it: routing sets the priority anew, and it matters to none but queues.
 */
const CARRY: Expression = { type: "set-priority", register: DATA_REGISTER };
const NO_PRIORITY: readonly Expression[] = [{ type: "constant", register: DATA_REGISTER, value: numberBytes(0) }, CARRY];

const RTN_LOCAL = numberBytes(2);
/** As IPVS, which sees what is delivered here: what is on its way to such an address on another machine goes on. */
const PASSING_THROUGH: readonly Expression[] = [
    { type: "destination-kind", register: DATA_REGISTER },
    { type: "compare", register: DATA_REGISTER, value: RTN_LOCAL, isNot: true },
    { type: "verdict", verdict: "accept" },
];

/** The names of a service's chain and sets. */
export const namesOf = (id: number) => ({
    chain: `service-${id}`,
    slots: `slots-${id}`,
    clients: `clients-${id}`,
    flows: `flows-${id}`,
});

/** The name of a server's chain and counter. */
export const serverChain = (id: number): string => `server-${id}`;

/** Whether clients of this service keep their server. */
export function persists({ flags, persistence }: IpvsService): boolean {
    return (flags & SERVICE_FLAG.persistent) !== 0 && persistence > 0;
}

/** What this side of the service remembers: in which set, by which key. */
export function memoriesOf({ id, service, family, isDirect }: ServiceSide): readonly { readonly set: string; readonly key: KeyShape }[] {
    const { clients, flows } = namesOf(id);
    const { identity } = service;
    const flow = { set: flows, key: flowKey(family, identity.type === "address" && identity.port !== 0) };
    const client = { set: clients, key: clientKey(family, service.granularity) };
    return [...(isDirect ? [flow] : []), ...(persists(service) ? [client] : [])];
}

/** The rules of a service's chain. @param isDirectToo the same service hands packets on before they come here */
export function serviceRules(side: ServiceSide, slots: number, isDirectToo: boolean): readonly Rule[] {
    const { id, service, family, isDirect } = side;
    const memories = memoriesOf(side);
    const recall = memories.flatMap(({ set, key }) => [
        NO_PRIORITY,
        [...loadKey(key), { type: "lookup", set, register: KEY_REGISTER, result: DATA_REGISTER } as const, CARRY],
        [{ type: "meta", key: "priority", register: DATA_REGISTER } as const, leads(SERVERS)],
    ]);
    // Whoever comes here is not known, or its server is gone: what is remembered would not be replaced otherwise.
    const forget = memories.map(({ set, key }) => memorise(key, 0, { type: "remove", set, key: KEY_REGISTER, data: DATA_REGISTER }));
    const choose = slots === 0 ? [] : [[...choice(side, slots), leads(namesOf(id).slots)]];
    const rules: Rule[] = [
        ...(service.identity.type === "address" ? [PASSING_THROUGH] : []),
        ...recall,
        ...forget,
        ...(memories.length === 0 ? [] : [NO_PRIORITY]),
        ...choose,
    ].map((expressions) => ({
        expressions,
    }));
    if (isDirect) {
        return rules;
    }
    const last: Expression = isDirectToo ? { type: "verdict", verdict: "accept" } : { type: "refuse", family: family === 4 ? "ip" : "ip6" };
    return [...rules, { expressions: [last], userData: commentBytes(writtenService(service)) }];
}

/** The rules of a server's chain: counts, remembers, sends. */
export function serverRules(side: ServiceSide, id: number, destination: IpvsDestination, way: Way): readonly Rule[] {
    const remember = memoriesOf(side).map(
        ({ set, key }): Rule => ({ expressions: memorise(key, id, { type: "update", set, key: KEY_REGISTER, data: DATA_REGISTER }) }),
    );
    const send = side.isDirect ? handedOn(destination.address, way) : translated(destination, side.service);
    return [
        { expressions: [{ type: "named-counter", name: serverChain(id) }] },
        ...(remember.length === 0 ? [] : [{ expressions: NO_PRIORITY }]),
        ...remember,
        { expressions: send, userData: commentBytes(writtenServer(destination, side.id)) },
    ];
}

/** The kernel wants a number in any case. */
function memorise(key: KeyShape, id: number, step: Expression): readonly Expression[] {
    return [...loadKey(key), { type: "constant", register: DATA_REGISTER, value: numberBytes(id) }, step];
}

function choice({ service, family }: ServiceSide, modulus: number): readonly Expression[] {
    const chosen = choiceOf(service.scheduler, (service.flags & SERVICE_FLAG.scheduler2) !== 0);
    if (chosen === "turn") {
        return [{ type: "turn", modulus, register: DATA_REGISTER }];
    }
    const parts = { source: ["source"], "source-and-port": ["source", "source-port"], destination: ["destination"] } as const;
    const length = (family === 4 ? 4 : 16) + (chosen === "source-and-port" ? 4 : 0);
    return [...loadKey({ family, parts: parts[chosen] }), { type: "hash", source: KEY_REGISTER, length, modulus, register: DATA_REGISTER }];
}

function leads(set: string): Expression {
    return { type: "lookup", set, register: DATA_REGISTER, result: "verdict" };
}

function translated({ address, port }: IpvsDestination, { identity }: IpvsService): readonly Expression[] {
    const family = address.family === 4 ? "ip" : "ip6";
    const load: Expression = { type: "constant", register: 1, value: address.bytes };
    // Where the service has many ports and the server names none, each connection keeps its own.
    const keepsPort = port === 0 && (identity.type === "fwmark" || identity.port === 0);
    return keepsPort
        ? [load, { type: "translate", family, address: 1 }]
        : [
              load,
              { type: "constant", register: 2, value: Uint8Array.of(port >> 8, port & 0xff) },
              { type: "translate", family, address: 1, port: 2 },
          ];
}

function handedOn(address: IpAddress, way: Way): readonly Expression[] {
    if (typeof way !== "number") {
        return [{ type: "verdict", verdict: way === "here" ? "accept" : "drop" }];
    }
    return [
        { type: "constant", register: 1, value: address.bytes },
        { type: "constant", register: 2, value: numberBytes(way) },
        { type: "forward", family: address.family === 4 ? "ip" : "ip6", address: 1, device: 2 },
    ];
}
