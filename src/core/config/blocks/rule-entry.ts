import { ipNetwork } from "../arguments/addresses.ts";
import { entry } from "../arguments/composites.ts";
import { cInteger } from "../arguments/numbers.ts";
import { pattern } from "../arguments/pattern.ts";
import { interfaceName, nameOf, text } from "../arguments/words.ts";
import { flag, keyword } from "../schema.ts";

/** One line of `virtual_rules` or `static_rules`, as with `ip rule`. */
export const ruleEntry = entry({
    positional: {},
    options: {
        inet: flag({ documentation: "An IPv4 rule." }),
        inet6: flag({ documentation: "An IPv6 rule." }),
        not: flag({ documentation: "Matches what the rest does not match." }),
        from: keyword(ipNetwork({ mayBeDefault: true }), { documentation: "Source of packets.", defaultText: "all" }),
        to: keyword(ipNetwork({ mayBeDefault: true }), { documentation: "Destination of packets.", defaultText: "all" }),
        table: keyword(text("NAME"), { documentation: "Routing table to search.", defaultText: "main", aliases: ["lookup"] }),
        preference: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Place among the rules; lower comes first.",
            defaultText: "given downwards",
            aliases: ["order", "priority"],
        }),
        tos: keyword(text("NAME"), { documentation: "Type of service.", defaultText: "0", aliases: ["dsfield"] }),
        fwmark: keyword(pattern("N[/MASK]", /^(0x[\da-f]+|\d+)(\/(0x[\da-f]+|\d+))?$/i), { documentation: "Firewall mark." }),
        realms: keyword(text("[SOURCE/]DESTINATION"), { documentation: "Routing realms." }),
        suppress_prefixlength: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Passes over routes with a prefix no longer than this.",
            aliases: ["sup_pl"],
        }),
        suppress_ifgroup: keyword(text("GROUP"), {
            documentation: "Passes over routes through interfaces of this group.",
            aliases: ["sup_group"],
        }),
        dev: keyword(interfaceName(), { documentation: "Incoming interface.", aliases: ["iif"] }),
        oif: keyword(interfaceName(), { documentation: "Outgoing interface." }),
        "tunnel-id": keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "Number of the tunnel." }),
        uidrange: keyword(pattern("FIRST-LAST", /^\d+-\d+$/), { documentation: "Users whose sockets send the packets." }),
        l3mdev: flag({ documentation: "Searches the table of the interface's VRF." }),
        protocol: keyword(text("NAME"), { documentation: "Who made the rule.", defaultText: "keepalived (18)" }),
        ipproto: keyword(text("NAME"), { documentation: "Protocol in the IP header." }),
        sport: keyword(pattern("PORT[-PORT]", /^\d+(-\d+)?$/), { documentation: "Source ports." }),
        dport: keyword(pattern("PORT[-PORT]", /^\d+(-\d+)?$/), { documentation: "Destination ports." }),
        goto: keyword(cInteger({ minimum: 0, maximum: 4_294_967_295 }), { documentation: "Goes on with the rule of this preference." }),
        nop: flag({ documentation: "Does nothing." }),
        blackhole: flag({ documentation: "Drops packets silently." }),
        prohibit: flag({ documentation: 'Drops packets with "prohibited".' }),
        unreachable: flag({ documentation: 'Drops packets with "unreachable".' }),
        no_track: flag({ documentation: "Its removal by somebody else is ignored." }),
        track_group: keyword(nameOf("track_group"), { documentation: "Ties a static rule to a track_group." }),
    },
});
