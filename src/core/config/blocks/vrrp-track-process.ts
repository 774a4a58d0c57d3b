import { seconds } from "../../base/instant.ts";
import { oneOrMore } from "../arguments/composites.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { orElse } from "../arguments/or-else.ts";
import { oneOf, text } from "../arguments/words.ts";
import { block, flag, keyword } from "../schema.ts";
import { weight } from "./track-entry.ts";

/** `vrrp_track_process NAME { … }` */
export const vrrpTrackProcess = block({
    documentation: "Processes whose presence virtual routers can track.",
    head: { name: text("NAME") },
    keywords: {
        process: keyword(oneOrMore(text("WORD")), {
            documentation: "Process to look for, and its arguments if those are to match. Required.",
            status: "acts",
        }),
        param_match: keyword(orElse(oneOf(["initial", "partial"]), true), {
            documentation: "How much of the arguments must match.",
            defaultText: "exact",
            status: "acts",
        }),
        weight: keyword(weight(254), {
            documentation: "What presence (positive) or absence (negative) does to the priority; 0 makes absence a fault.",
            defaultText: "0",
            status: "acts",
        }),
        quorum: keyword(integer({ minimum: 1, maximum: 65_535 }), {
            documentation: "How many such processes there must be.",
            defaultText: "1",
            status: "acts",
        }),
        quorum_max: keyword(integer({ minimum: 0, maximum: 65_535 }), {
            documentation: "How many such processes there may be.",
            defaultText: "no limit",
            status: "acts",
        }),
        delay: keyword(timer({ minimum: seconds(0.000001), maximum: seconds(3600) }), {
            documentation: "Sets terminate_delay and fork_delay.",
            defaultText: "0",
            status: "acts",
        }),
        terminate_delay: keyword(timer({ minimum: seconds(0.000001), maximum: seconds(3600) }), {
            documentation: "How long too few processes are tolerated.",
            defaultText: "0",
            since: "2.3.2",
            status: "acts",
        }),
        fork_delay: keyword(timer({ minimum: seconds(0.000001), maximum: seconds(3600) }), {
            documentation: "How long enough processes must last.",
            defaultText: "0",
            since: "2.3.2",
            status: "acts",
        }),
        full_command: flag({ documentation: "Compares the whole command line, not the 15 bytes of the process name.", status: "acts" }),
    },
});
