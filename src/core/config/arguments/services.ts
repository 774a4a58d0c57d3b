import { seconds } from "../../base/instant.ts";
import { compareIp, equalIp, type IpAddress } from "../../base/ip.ts";
import type { Complaint } from "../complaint.ts";
import { type Argument, flag, keyword, REFUSED, type Words } from "../schema.ts";
import { formatNetwork, formatRange, type IpNetwork, type IpRange, ip, parseNetwork, parseRange, port, wholeNetwork } from "./addresses.ts";
import { entry, optional, sequence } from "./composites.ts";
import { cInteger, integer, timer } from "./numbers.ts";
import { interfaceName, nameOf, oneOf, optionalWord } from "./words.ts";

/** How packets reach a real server, with the tunnel's form. */
export const forwarding = entry({
    positional: { method: oneOf(["NAT", "DR", "TUN"]) },
    options: {
        type: keyword(oneOf(["ipip", "gue", "gre"]), { documentation: "Form of the tunnel.", defaultText: "ipip" }),
        port: keyword(port(), { documentation: "Port of a gue tunnel." }),
        nocsum: flag({ documentation: "No checksum in the tunnel." }),
        csum: flag({ documentation: "With checksum." }),
        remcsum: flag({ documentation: "With remote checksum." }),
    },
});

const timeout = timer({ minimum: seconds(1), maximum: seconds(2_678_400) });

/** Time-outs of IPVS connections. */
export const lvsTimeouts = entry({
    positional: {},
    options: {
        tcp: keyword(timeout, { documentation: "Of a TCP connection." }),
        tcpfin: keyword(timeout, { documentation: "Of a TCP connection that is ending." }),
        udp: keyword(timeout, { documentation: "Of a UDP exchange." }),
    },
});

/** The kernel's daemon that copies the connection table to the other director. */
export const syncDaemon = entry({
    positional: { interface: interfaceName(), instance: optional(nameOf("vrrp_instance")) },
    options: {
        inst: keyword(nameOf("vrrp_instance"), { documentation: "Follows the state of this virtual router." }),
        id: keyword(integer({ minimum: 0, maximum: 255 }), { documentation: "Number of the pair." }),
        maxlen: keyword(integer({ minimum: 1, maximum: 65_507 }), { documentation: "Longest packet in bytes." }),
        port: keyword(port(), { documentation: "UDP port." }),
        ttl: keyword(integer({ minimum: 1, maximum: 255 }), { documentation: "TTL of the packets." }),
        group: keyword(ip({ multicast: true }), { documentation: "Multicast group." }),
    },
    anyOrder: true,
});

/** What a virtual server serves: an address and port, packets with a firewall mark, or a group of both. */
export type Service =
    | { readonly type: "address"; readonly address: IpAddress; readonly port: number | undefined }
    | { readonly type: "fwmark"; readonly mark: number }
    | { readonly type: "group"; readonly name: string };

const mark = cInteger({ name: "MARK", minimum: 1, maximum: 4_294_967_295 });
const groupName = nameOf("virtual_server_group");
const endpoint = sequence({ address: ip(), port: optional(port(0)) });

/** `IP [PORT] | fwmark MARK | group NAME`. */
export const service: Argument<Service> = {
    syntax: "IP [PORT] | fwmark MARK | group NAME",
    completion: { words: ["fwmark", "group"], namesOf: ["virtual_server_group"], kind: "address" },
    read(words) {
        if (words.next === "group") {
            words.take("group");
            const name = groupName.read(words);
            return name === REFUSED ? REFUSED : { type: "group", name };
        }
        if (words.next === "fwmark") {
            words.take("fwmark");
            const value = mark.read(words);
            return value === REFUSED ? REFUSED : { type: "fwmark", mark: value };
        }
        const value = endpoint.read(words);
        return value === REFUSED ? REFUSED : { type: "address", address: value.address, port: value.port };
    },
    dump(value) {
        switch (value.type) {
            case "group":
                return `group ${groupName.dump(value.name)}`;
            case "fwmark":
                return `fwmark ${value.mark}`;
            case "address":
                return endpoint.dump(value);
        }
    },
};

/** One entry of a `virtual_server_group`: a network, a range, or a firewall mark. */
export type ServiceGroupEntry =
    | { readonly type: "network"; readonly network: IpNetwork; readonly port: number | undefined }
    | { readonly type: "range"; readonly range: IpRange; readonly port: number | undefined }
    | { readonly type: "fwmark"; readonly mark: number; readonly family: "inet" | "inet6" | undefined };

const groupMark = sequence({ mark, family: optionalWord("inet", "inet6") });
const groupPort = optional(port(0));
const GROUP_SYNTAX = "IP[/LENGTH|-IP] [PORT] | fwmark MARK [inet|inet6]";

/** `IP[/LENGTH|-IP] [PORT] | fwmark MARK [inet|inet6]`. */
export const serviceGroupEntry: Argument<ServiceGroupEntry> = {
    syntax: GROUP_SYNTAX,
    completion: { words: ["fwmark"], kind: "address" },
    read(words) {
        if (words.next !== "fwmark") {
            return readAddresses(words);
        }
        words.take("fwmark");
        const value = groupMark.read(words);
        return value === REFUSED ? REFUSED : { type: "fwmark", ...value };
    },
    dump(value) {
        switch (value.type) {
            case "fwmark":
                return `fwmark ${groupMark.dump(value)}`;
            case "network":
                return `${formatNetwork(value.network)} ${groupPort.dump(value.port)}`.trimEnd();
            case "range":
                return `${formatRange(value.range)} ${groupPort.dump(value.port)}`.trimEnd();
        }
    },
};

function readAddresses(words: Words): ServiceGroupEntry | typeof REFUSED {
    const word = words.take(GROUP_SYNTAX);
    if (word === undefined) {
        return REFUSED;
    }
    const network = parseNetwork(word);
    const range = network === undefined ? parseRange(word) : undefined;
    if (network === undefined && range === undefined) {
        words.complain({
            code: "not-an-address",
            errorClass: "general",
            message: `'${word}' is not such an address`,
            allowed: GROUP_SYNTAX,
        });
        return REFUSED;
    }
    const fault = faultOf(word, network, range);
    if (fault !== undefined) {
        words.complain({ ...fault, errorClass: "general", consequence: "the entry is ignored" });
        return REFUSED;
    }
    const found = groupPort.read(words);
    if (found === REFUSED) {
        return REFUSED;
    }
    return network === undefined ? { type: "range", range: range as IpRange, port: found } : { type: "network", network, port: found };
}

/** Why addresses cannot be served though each is one. */
function faultOf(word: string, network: IpNetwork | undefined, range: IpRange | undefined): Omit<Complaint, "errorClass"> | undefined {
    if (range !== undefined && compareIp(range.last, range.first) < 0) {
        return { code: "backward-range", message: `'${word}' ends before it begins` };
    }
    const whole = network && wholeNetwork(network);
    return equalIp(whole?.address, network?.address)
        ? undefined
        : { code: "host-bits", message: `'${word}' begins within a network`, ...(whole && { allowed: formatNetwork(whole) }) };
}
