import { type Argument, type ArgumentValue, flag, keyword } from "../schema.ts";
import { type IpNetwork, ip, ipNetwork } from "./addresses.ts";
import { entry, sequence } from "./composites.ts";
import { integer, parseCInteger } from "./numbers.ts";
import { parsedWord } from "./parsed-word.ts";
import { interfaceName, marker, optionalWord, text } from "./words.ts";

/** rtnetlink's names of scopes. */
const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };

/** A scope by name or number. */
export const scope: Argument<number> = parsedWord("SCOPE", parseScope, formatScope, Object.keys(SCOPES));

function parseScope(word: string): number | undefined {
    const value = Object.hasOwn(SCOPES, word) ? SCOPES[word] : parseCInteger(word);
    return value !== undefined && value >= 0 && value <= 255 ? value : undefined;
}

function formatScope(value: number): string {
    return Object.keys(SCOPES).find((name) => SCOPES[name] === value) ?? String(value);
}

const destination = sequence({ to: marker("to"), network: ipNetwork({ name: "[to] IP[/LENGTH]", mayBeDefault: true }) });

/** The destination of a route; `to` may stand before it. */
export const routeTarget: Argument<IpNetwork> = {
    ...ipNetwork({ name: "[to] IP[/LENGTH]", mayBeDefault: true }),
    read(words) {
        const found = destination.read(words);
        return typeof found === "symbol" ? found : found.network;
    },
};

/** The header that packets of a route get around them. */
export const encap = entry({
    positional: {},
    options: {
        ip: flag({ documentation: "IPv4 in the outer header.", status: "acts" }),
        ip6: flag({ documentation: "IPv6 in the outer header.", status: "acts" }),
        mpls: keyword(text("LABEL[/LABEL]"), { documentation: "MPLS with these labels.", status: "acts" }),
        ila: keyword(text("LOCATOR"), { documentation: "Identifier-locator addressing with this locator.", status: "acts" }),
        id: keyword(text("ID"), { documentation: "Number of the tunnel.", status: "acts" }),
        dst: keyword(ip(), { documentation: "Destination of the outer header.", status: "acts" }),
        src: keyword(ip(), { documentation: "Source of the outer header.", status: "acts" }),
        tos: keyword(text("TOS"), { documentation: "Type of service or traffic class.", status: "acts", aliases: ["tc"] }),
        ttl: keyword(integer({ minimum: 0, maximum: 255 }), { documentation: "TTL or hop limit.", status: "acts", aliases: ["hoplimit"] }),
        flags: keyword(text("FLAGS"), { documentation: "Flags of the outer header.", status: "acts" }),
    },
});

/** One of several gateways of a route. */
export const nexthop = entry({
    positional: {},
    options: {
        inet: flag({ documentation: "IPv4.", status: "acts" }),
        inet6: flag({ documentation: "IPv6.", status: "acts" }),
        via: keyword(sequence({ family: optionalWord("inet", "inet6"), address: ip() }), { documentation: "Gateway.", status: "acts" }),
        dev: keyword(interfaceName(), { documentation: "Outgoing interface.", status: "acts", aliases: ["oif"] }),
        weight: keyword(integer({ minimum: 1, maximum: 256 }), { documentation: "Share of the traffic.", status: "acts" }),
        onlink: flag({ documentation: "Takes the gateway to be on the link.", status: "acts" }),
        encap: keyword(encap, { documentation: "Tunnel header.", status: "acts" }),
        realms: keyword(text("[SOURCE/]DESTINATION"), { documentation: "Routing realms.", status: "acts" }),
    },
});

export type EncapEntry = ArgumentValue<typeof encap>;
