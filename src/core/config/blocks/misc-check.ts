import { seconds } from "../../base/instant.ts";
import { command } from "../arguments/commands.ts";
import { optional, sequence } from "../arguments/composites.ts";
import { timer } from "../arguments/numbers.ts";
import { text } from "../arguments/words.ts";
import { block, flag, keyword } from "../schema.ts";
import { CHECK } from "./checker.ts";

/** `MISC_CHECK { … }` */
export const miscCheck = block({
    documentation: "Runs a program.",
    keywords: {
        ...CHECK,
        misc_path: keyword(command({ withUser: true }), {
            documentation: "Program with its arguments; exit status 0 means alive. Required.",
            status: "acts",
        }),
        misc_timeout: keyword(timer({ minimum: seconds(0.000001) }), {
            documentation: "How long a run may take.",
            defaultText: "the virtual server's delay_loop",
            status: "acts",
        }),
        misc_dynamic: flag({ documentation: "Exit status 2 to 255 sets the weight to the status less 2.", status: "acts" }),
        user: keyword(sequence({ user: text("USER"), group: optional(text("GROUP")) }), {
            documentation: "Who runs it; a group may follow.",
            defaultText: "script_user",
            status: "acts",
        }),
    },
});
