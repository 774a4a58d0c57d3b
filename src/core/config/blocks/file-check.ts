import { sequence } from "../arguments/composites.ts";
import { integer } from "../arguments/numbers.ts";
import { optionalWord, text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";

/** `FILE_CHECK { … }` */
export const fileCheck = block({
    documentation: "Takes the weight from a tracked file.",
    keywords: {
        track_file: keyword(text("NAME"), { documentation: "Name of the track_file block. Required.", status: "acts" }),
        weight: keyword(
            sequence({
                weight: integer({ name: "WEIGHT", minimum: -2_147_483_647, maximum: 2_147_483_647 }),
                reverse: optionalWord("reverse", "noreverse"),
            }),
            { documentation: "Factor by which the number changes the weight.", defaultText: "the file's", status: "acts" },
        ),
    },
});
