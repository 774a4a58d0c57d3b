import { nameOf, text } from "../arguments/words.ts";
import { block, list } from "../schema.ts";

/** `track_group NAME { … }` */
export const trackGroup = block({
    documentation: "Virtual routers to which static addresses, routes and rules can be tied.",
    head: { name: text("NAME") },
    keywords: {
        group: list(nameOf("vrrp_instance"), {
            manyPerLine: true,
            documentation: "Virtual routers to which static addresses, routes and rules can be tied. Required.",
            status: "acts",
        }),
    },
});
