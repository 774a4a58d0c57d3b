import { broadcast, lifetime } from "../arguments/address-options.ts";
import { ipNetwork } from "../arguments/addresses.ts";
import { entry } from "../arguments/composites.ts";
import { scope } from "../arguments/routing.ts";
import { interfaceName, nameOf, text } from "../arguments/words.ts";
import { type ArgumentValue, flag, keyword } from "../schema.ts";

/** One line of `virtual_ipaddress`, `virtual_ipaddress_excluded` or `static_ipaddress`. */
export const addressEntry = entry({
    positional: { address: ipNetwork({ mayBeDefault: true }) },
    options: {
        dev: keyword(interfaceName(), {
            documentation: "The interface to put it on.",
            defaultText: "the instance's interface",
            status: "acts",
        }),
        scope: keyword(scope, { documentation: "Scope, by name or number.", defaultText: "global", status: "acts" }),
        brd: keyword(broadcast, { documentation: "Broadcast address; + and - derive it.", aliases: ["broadcast"], status: "acts" }),
        label: keyword(text("LABEL", { maximumLength: 15 }), { documentation: "Label of an IPv4 address (eth0:1).", status: "acts" }),
        peer: keyword(ipNetwork(), { documentation: "The other end of a point-to-point link.", status: "acts" }),
        home: flag({ documentation: "Marks a Mobile IPv6 home address.", status: "acts" }),
        "-nodad": flag({
            documentation: "Runs duplicate address detection for this IPv6 address, which is skipped otherwise.",
            status: "acts",
        }),
        mngtmpaddr: flag({ documentation: "The kernel manages temporary addresses made from this one.", status: "acts" }),
        noprefixroute: flag({ documentation: "No route for the prefix is made.", status: "acts" }),
        autojoin: flag({ documentation: "Joins multicast groups on the Ethernet level.", status: "acts" }),
        preferred_lft: keyword(lifetime, {
            documentation: "Preferred lifetime; 0 keeps it from being chosen as a source address.",
            defaultText: "forever; 0 for an IPv6 /128",
            status: "acts",
        }),
        no_track: flag({
            documentation: "Somebody else's deletion of the address is ignored, and that an interface of its own (dev) fails.",
            status: "acts",
        }),
        track_group: keyword(nameOf("track_group"), {
            documentation: "Static addresses only: the instances that need its interface.",
            status: "acts",
        }),
        use_vmac: flag({ documentation: "Puts it on a virtual MAC interface of its own interface.", status: "acts" }),
    },
});

export type AddressEntry = ArgumentValue<typeof addressEntry>;
