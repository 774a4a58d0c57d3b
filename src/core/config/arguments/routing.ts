import { type Argument, flag, keyword } from "../schema.ts";
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
        ip: flag({ documentation: "IPv4 in the outer header." }),
        ip6: flag({ documentation: "IPv6 in the outer header." }),
        mpls: keyword(text("LABEL[/LABEL]"), { documentation: "MPLS with these labels." }),
        ila: keyword(text("LOCATOR"), { documentation: "Identifier-locator addressing with this locator." }),
        id: keyword(text("ID"), { documentation: "Number of the tunnel." }),
        dst: keyword(ip(), { documentation: "Destination of the outer header." }),
        src: keyword(ip(), { documentation: "Source of the outer header." }),
        tos: keyword(text("TOS"), { documentation: "Type of service or traffic class.", aliases: ["tc"] }),
        ttl: keyword(integer({ minimum: 0, maximum: 255 }), { documentation: "TTL or hop limit.", aliases: ["hoplimit"] }),
        flags: keyword(text("FLAGS"), { documentation: "Flags of the outer header." }),
    },
});

/** One of several gateways of a route. */
export const nexthop = entry({
    positional: {},
    options: {
        inet: flag({ documentation: "IPv4." }),
        inet6: flag({ documentation: "IPv6." }),
        via: keyword(sequence({ family: optionalWord("inet", "inet6"), address: ip() }), { documentation: "Gateway." }),
        dev: keyword(interfaceName(), { documentation: "Outgoing interface.", aliases: ["oif"] }),
        weight: keyword(integer({ minimum: 1, maximum: 256 }), { documentation: "Share of the traffic." }),
        onlink: flag({ documentation: "Takes the gateway to be on the link." }),
        encap: keyword(encap, { documentation: "Tunnel header." }),
        realms: keyword(text("[SOURCE/]DESTINATION"), { documentation: "Routing realms." }),
    },
});
