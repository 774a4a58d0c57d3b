import { milliseconds } from "../../base/instant.ts";
import { ip } from "../arguments/addresses.ts";
import { sequence } from "../arguments/composites.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { bool, interfaceName, oneOf, text } from "../arguments/words.ts";
import { type BlockValue, block, flag, keyword } from "../schema.ts";
import { weight } from "./track-entry.ts";

/** One `bfd_instance` as it was written. */
export type BfdInstance = BlockValue<typeof bfdInstance>;

/** `bfd_instance NAME { … }` */
export const bfdInstance = block({
    documentation: "One BFD session, which finds a dead path in milliseconds.",
    head: { name: text("NAME", { maximumLength: 31 }) },
    keywords: {
        neighbor_ip: keyword(ip(), { documentation: "The other end. Required.", aliases: ["neighbour_ip"], status: "acts" }),
        source_ip: keyword(ip(), {
            documentation: "Our end.",
            defaultText: "the kernel's choice",
            status: "acts",
        }),
        min_rx: keyword(timer({ unit: "milliseconds", minimum: milliseconds(1), maximum: milliseconds(4_294_967) }), {
            documentation: "Shortest time between two packets that we take, in milliseconds.",
            defaultText: "10",
            status: "acts",
        }),
        min_tx: keyword(timer({ unit: "milliseconds", minimum: milliseconds(1), maximum: milliseconds(4_294_967) }), {
            documentation: "Shortest time between two packets that we send, in milliseconds.",
            defaultText: "10",
            since: "2.2.0",
            status: "acts",
        }),
        idle_tx: keyword(timer({ unit: "milliseconds", minimum: milliseconds(1000), maximum: milliseconds(4_294_967) }), {
            documentation: "Time between two packets while the session is not up, in milliseconds.",
            defaultText: "1000",
            since: "2.2.0",
            status: "acts",
        }),
        multiplier: keyword(integer({ minimum: 1, maximum: 255 }), {
            documentation: "Packets that must be missing before the path counts as dead.",
            defaultText: "5",
            status: "acts",
        }),
        passive: flag({ documentation: "Waits for the other end to begin.", status: "acts" }),
        ttl: keyword(integer({ minimum: 1, maximum: 255 }), {
            documentation: "TTL of our packets.",
            defaultText: "255; 64 for IPv6",
            aliases: ["hoplimit"],
            status: "acts",
        }),
        max_hops: keyword(integer({ minimum: -1, maximum: 255 }), {
            documentation: "How many routers there may be on the path; -1 means any number.",
            defaultText: "0",
            status: "acts",
        }),
        multihop: keyword(bool(), {
            documentation: "Uses the port for paths with routers between.",
            defaultText: "off",
            since: "2.2.8",
            status: "acts",
        }),
        weight: keyword(weight(253), {
            documentation: "What the session's state does to the priority of virtual routers.",
            defaultText: "0",
            status: "acts",
        }),
        vrrp: flag({ documentation: "Virtual routers follow the session.", status: "acts" }),
        interface: keyword(interfaceName(), {
            documentation: "The interface on which the other end is. Needed if that has a link-local address. An addition of Holdfast.",
            defaultText: "any",
            status: "acts",
        }),
        authentication: keyword(
            sequence({
                type: oneOf(["simple", "md5", "meticulous-md5", "sha1", "meticulous-sha1"]),
                keyId: integer({ name: "KEY-ID", minimum: 0, maximum: 255 }),
                key: text("KEY"),
            }),
            {
                documentation:
                    "Proof in each packet that the sender knows the key: up to 16 characters, 20 with SHA1. An addition of Holdfast.",
                defaultText: "none",
                status: "acts",
            },
        ),
        admin_down: flag({
            documentation: "Holds the session down and tells the other end that this is meant. An addition of Holdfast.",
            status: "acts",
        }),
        checker: flag({ documentation: "Checkers follow the session.", status: "acts" }),
    },
});
