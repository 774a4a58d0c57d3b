import { serviceGroupEntry } from "../arguments/services.ts";
import { text } from "../arguments/words.ts";
import { block, list } from "../schema.ts";

/** `virtual_server_group NAME { … }`: every line of it is an entry. */
export const virtualServerGroup = block({
    documentation: "Addresses and firewall marks that share real servers.",
    head: { name: text("NAME") },
    lines: "entries",
    keywords: {
        entries: list(serviceGroupEntry, {
            documentation: "An address, a network or a range of addresses with a port; or `fwmark` and a firewall mark.",
            status: "acts",
        }),
    },
});
