import { ipNetwork } from "../arguments/addresses.ts";
import { entry } from "../arguments/composites.ts";
import { cInteger } from "../arguments/numbers.ts";
import { pattern } from "../arguments/pattern.ts";
import { interfaceName, nameOf, text } from "../arguments/words.ts";
import { type ArgumentValue, flag, keyword } from "../schema.ts";

/** One line of `virtual_rules` or `static_rules`, as with `ip rule`. */
export const ruleEntry = entry({
    positional: {},
    options: {
        inet: flag({ documentation: "An IPv4 rule.", status: "acts" }),
        inet6: flag({ documentation: "An IPv6 rule.", status: "acts" }),
        not: flag({ documentation: "Matches what the rest does not match.", status: "acts" }),
        from: keyword(ipNetwork({ mayBeDefault: true }), { documentation: "Source of packets.", status: "acts", defaultText: "all" }),
        to: keyword(ipNetwork({ mayBeDefault: true }), { documentation: "Destination of packets.", status: "acts", defaultText: "all" }),
        table: keyword(text("NAME"), {
            documentation: "Routing table to search.",
            status: "acts",
            defaultText: "main",
            aliases: ["lookup"],
        }),
        preference: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Place among the rules; lower comes first.",
            status: "acts",
            defaultText: "given downwards",
            aliases: ["order", "priority"],
        }),
        tos: keyword(text("NAME"), { documentation: "Type of service.", status: "acts", defaultText: "0", aliases: ["dsfield"] }),
        fwmark: keyword(pattern("N[/MASK]", /^(0x[\da-f]+|\d+)(\/(0x[\da-f]+|\d+))?$/i), {
            documentation: "Firewall mark.",
            status: "acts",
        }),
        realms: keyword(text("[SOURCE/]DESTINATION"), { documentation: "Routing realms.", status: "acts" }),
        suppress_prefixlength: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Passes over routes with a prefix no longer than this.",
            status: "acts",
            aliases: ["sup_pl"],
        }),
        suppress_ifgroup: keyword(text("GROUP"), {
            documentation: "Passes over routes through interfaces of this group.",
            status: "acts",
            aliases: ["sup_group"],
        }),
        dev: keyword(interfaceName(), { documentation: "Incoming interface.", status: "acts", aliases: ["iif"] }),
        oif: keyword(interfaceName(), { documentation: "Outgoing interface.", status: "acts" }),
        "tunnel-id": keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "Number of the tunnel.", status: "acts" }),
        uidrange: keyword(pattern("FIRST-LAST", /^\d+-\d+$/), { documentation: "Users whose sockets send the packets.", status: "acts" }),
        l3mdev: flag({ documentation: "Searches the table of the interface's VRF.", status: "acts" }),
        protocol: keyword(text("NAME"), { documentation: "Who made the rule.", status: "acts", defaultText: "keepalived (18)" }),
        ipproto: keyword(text("NAME"), { documentation: "Protocol in the IP header.", status: "acts" }),
        sport: keyword(pattern("PORT[-PORT]", /^\d+(-\d+)?$/), { documentation: "Source ports.", status: "acts" }),
        dport: keyword(pattern("PORT[-PORT]", /^\d+(-\d+)?$/), { documentation: "Destination ports.", status: "acts" }),
        goto: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Goes on with the rule of this preference.",
            status: "acts",
        }),
        nop: flag({ documentation: "Does nothing.", status: "acts" }),
        blackhole: flag({ documentation: "Drops packets silently.", status: "acts" }),
        prohibit: flag({ documentation: 'Drops packets with "prohibited".', status: "acts" }),
        unreachable: flag({ documentation: 'Drops packets with "unreachable".', status: "acts" }),
        no_track: flag({ documentation: "Its removal by somebody else is ignored.", status: "acts" }),
        track_group: keyword(nameOf("track_group"), { documentation: "Ties a static rule to a track_group.", status: "acts" }),
    },
});

export type RuleEntry = ArgumentValue<typeof ruleEntry>;
