import { block } from "../schema.ts";
import { CHECK_WITH_OLD_RETRY, CONNECTION } from "./checker.ts";

/** `TCP_CHECK { … }` */
export const tcpCheck = block({
    documentation: "Opens a TCP connection.",
    keywords: {
        ...CONNECTION,
        ...CHECK_WITH_OLD_RETRY,
    },
});
