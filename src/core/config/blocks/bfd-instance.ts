import { milliseconds } from "../../base/instant.ts";
import { ip } from "../arguments/addresses.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { bool, text } from "../arguments/words.ts";
import { block, flag, keyword } from "../schema.ts";
import { weight } from "./track-entry.ts";

/** `bfd_instance NAME { … }` */
export const bfdInstance = block({
    documentation: "One BFD session, which finds a dead path in milliseconds.",
    head: { name: text("NAME", { maximumLength: 31 }) },
    keywords: {
        neighbor_ip: keyword(ip(), { documentation: "The other end. Required.", aliases: ["neighbour_ip"] }),
        source_ip: keyword(ip(), { documentation: "Our end.", defaultText: "the kernel's choice" }),
        min_rx: keyword(timer({ unit: "milliseconds", minimum: milliseconds(1), maximum: milliseconds(4_294_967) }), {
            documentation: "Shortest time between two packets that we take, in milliseconds.",
            defaultText: "10",
        }),
        min_tx: keyword(timer({ unit: "milliseconds", minimum: milliseconds(1), maximum: milliseconds(4_294_967) }), {
            documentation: "Shortest time between two packets that we send, in milliseconds.",
            defaultText: "10",
            since: "2.2.0",
        }),
        idle_tx: keyword(timer({ unit: "milliseconds", minimum: milliseconds(1000), maximum: milliseconds(4_294_967) }), {
            documentation: "Time between two packets while the session is not up, in milliseconds.",
            defaultText: "1000",
            since: "2.2.0",
        }),
        multiplier: keyword(integer({ minimum: 1, maximum: 255 }), {
            documentation: "Packets that must be missing before the path counts as dead.",
            defaultText: "5",
        }),
        passive: flag({ documentation: "Waits for the other end to begin." }),
        ttl: keyword(integer({ minimum: 1, maximum: 255 }), {
            documentation: "TTL of our packets.",
            defaultText: "255; 64 for IPv6",
            aliases: ["hoplimit"],
        }),
        max_hops: keyword(integer({ minimum: -1, maximum: 255 }), {
            documentation: "How many routers there may be on the path; -1 means any number.",
            defaultText: "0",
        }),
        multihop: keyword(bool(), { documentation: "Uses the port for paths with routers between.", defaultText: "off", since: "2.2.8" }),
        weight: keyword(weight(253), {
            documentation: "What the session's state does to the priority of virtual routers.",
            defaultText: "0",
        }),
        vrrp: flag({ documentation: "Virtual routers follow the session." }),
        checker: flag({ documentation: "Checkers follow the session." }),
    },
});
