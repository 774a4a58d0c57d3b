import { seconds } from "../../base/instant.ts";
import { timer } from "../arguments/numbers.ts";
import { interfaceName } from "../arguments/words.ts";
import { block, keyword, list } from "../schema.ts";

/** `garp_group { … }` */
export const garpGroup = block({
    documentation: "Limits announcements on several interfaces together.",
    keywords: {
        garp_interval: keyword(timer({ minimum: seconds(0.000001), maximum: seconds(4294) }), {
            documentation: "Least time between two gratuitous ARPs on these interfaces together.",
            defaultText: "0",
            status: "acts",
        }),
        gna_interval: keyword(timer({ minimum: seconds(0.000001), maximum: seconds(4294) }), {
            documentation: "Least time between two unsolicited neighbour advertisements on these interfaces together.",
            defaultText: "0",
            status: "acts",
        }),
        interface: keyword(interfaceName(), { documentation: "The interface to which this applies.", status: "acts" }),
        interfaces: list(interfaceName(), {
            manyPerLine: true,
            documentation: "Several interfaces that share one allowance.",
            status: "acts",
        }),
    },
});
