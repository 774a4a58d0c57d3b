import { seconds } from "../../base/instant.ts";
import { command } from "../arguments/commands.ts";
import { optional, sequence } from "../arguments/composites.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { text } from "../arguments/words.ts";
import { type BlockValue, block, flag, keyword } from "../schema.ts";
import { weight } from "./track-entry.ts";

/** `vrrp_script NAME { … }`: a program run again and again, whose exit status moves priorities. */
export const vrrpScript = block({
    documentation: "A program that is run periodically and whose exit status tells whether this machine is fit.",
    head: { name: text("NAME") },
    keywords: {
        script: keyword(command(), { documentation: "The program, with its arguments in one pair of quotes. Required.", status: "acts" }),
        interval: keyword(timer({ minimum: seconds(0.001), otherwise: seconds(1) }), {
            documentation: "Time from one start to the next.",
            default: seconds(1),
            status: "acts",
        }),
        timeout: keyword(timer({ minimum: seconds(0.001) }), {
            documentation: "After that long the run counts as failed and is killed.",
            defaultText: "interval",
            status: "acts",
        }),
        weight: keyword(weight(253), {
            documentation: "Added to the priority on success, or when negative on failure; 0 means that failure is FAULT.",
            default: { weight: 0, reverse: undefined },
            status: "acts",
        }),
        rise: keyword(integer({ minimum: 1, otherwise: 1 }), {
            documentation: "Successes in a row until it counts as good.",
            default: 1,
            status: "acts",
        }),
        fall: keyword(integer({ minimum: 1, otherwise: 1 }), {
            documentation: "Failures in a row until it counts as bad.",
            default: 1,
            status: "acts",
        }),
        user: keyword(sequence({ user: text("USER"), group: optional(text("GROUP")) }), {
            documentation: "Who runs it.",
            defaultText: "script_user",
            status: "acts",
        }),
        init_fail: flag({ documentation: "Counts as failed until the first success.", status: "acts" }),
    },
});

export type VrrpScript = BlockValue<typeof vrrpScript>;
