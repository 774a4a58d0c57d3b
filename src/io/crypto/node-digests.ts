import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import type { KeyedDigests } from "../../core/vrrp/auth/keyed-digests.ts";

/** Keyed digests by OpenSSL. A key is prepared once for as long as its array lives. */
export class NodeDigests implements KeyedDigests {
    readonly #prepared = new WeakMap<Uint8Array, KeyObject>();

    hmacMd5(key: Uint8Array, message: Uint8Array): Uint8Array {
        return createHmac("md5", this.#prepare(key)).update(message).digest();
    }

    hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
        return createHmac("sha256", this.#prepare(key)).update(message).digest();
    }

    #prepare(key: Uint8Array): KeyObject {
        const known = this.#prepared.get(key);
        if (known !== undefined) {
            return known;
        }
        const prepared = createSecretKey(key);
        this.#prepared.set(key, prepared);
        return prepared;
    }
}
