import { sequence } from "../arguments/composites.ts";
import { cInteger } from "../arguments/numbers.ts";
import { orElse } from "../arguments/or-else.ts";
import { marker, path, text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";
import { weight } from "./track-entry.ts";

/** `track_file NAME { … }` */
export const trackFile = block({
    documentation: "A file whose number virtual routers and checkers can track.",
    head: { name: text("NAME") },
    keywords: {
        file: keyword(path("FILE"), { documentation: "File that holds a whole number. Required.", status: "acts" }),
        weight: keyword(weight(254), {
            documentation: "Factor by which the number changes the priority.",
            defaultText: "1",
            status: "acts",
        }),
        init_file: keyword(sequence({ value: orElse(cInteger({ name: "VALUE" }), 0), overwrite: marker("overwrite") }), {
            documentation: "Creates the file with this number at start; overwrite replaces an existing one.",
            defaultText: "off",
            status: "acts",
        }),
    },
});
