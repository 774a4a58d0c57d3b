import { createHash } from "node:crypto";
import type { PageTools, RunningDigest } from "../../core/health/conversation/http/page-tools.ts";

/** Patterns are whoever's who has loaded what looks for them. */
export function pageTools(matcher: PageTools["matcher"], digest: PageTools["md5"]): PageTools {
    return { md5: digest, matcher };
}

/** MD5 by OpenSSL. */
export function md5(): RunningDigest {
    const hash = createHash("md5");
    return {
        add: (bytes) => {
            hash.update(bytes);
        },
        hexadecimal: () => hash.digest("hex"),
    };
}
