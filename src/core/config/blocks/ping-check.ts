import { block } from "../schema.ts";
import { CHECK, CONNECTION } from "./checker.ts";

/** `PING_CHECK { … }` */
export const pingCheck = block({
    documentation: "Sends an echo request.",
    keywords: {
        ...CONNECTION,
        ...CHECK,
    },
});
