import { createHash } from "node:crypto";
import type { PageTools, RunningDigest } from "../../core/health/conversation/http/page-tools.ts";

/** Digests by OpenSSL; patterns are whoever's who has loaded what looks for them. */
export function pageTools(matcher: PageTools["matcher"]): PageTools {
    return { md5, matcher };
}

function md5(): RunningDigest {
    const hash = createHash("md5");
    return {
        add: (bytes) => {
            hash.update(bytes);
        },
        hexadecimal: () => hash.digest("hex"),
    };
}
