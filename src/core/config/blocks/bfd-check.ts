import { bool, text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";

/** `BFD_CHECK { … }` */
export const bfdCheck = block({
    documentation: "Follows a BFD session.",
    keywords: {
        name: keyword(text("NAME"), { documentation: "Name of the bfd_instance block. Required.", status: "acts" }),
        alpha: keyword(bool(), {
            documentation: "Takes the server to be down until the session is up.",
            defaultText: "the real server's",
            status: "acts",
        }),
    },
});
