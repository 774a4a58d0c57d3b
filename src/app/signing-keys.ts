import { keyMaterial } from "../core/config/key-material.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import type { HmacKey, VirtualRouterSettings } from "../core/vrrp/settings.ts";
import { readSecret } from "../io/files/secret-file.ts";

/** The keys of `auth_hmac` that stand in files: read whenever the process is configured, so a reload takes up what was written since. */
export class SigningKeys {
    readonly #complain: (text: string) => void;
    /** What files held when they could be read last: a reload at a bad moment must not silence a router. */
    readonly #held = new Map<string, Uint8Array>();

    constructor(complain: (text: string) => void) {
        this.#complain = complain;
    }

    /** The same settings with the keys in the place of their files; where a file gives none its name stays. */
    fillIn(settings: VrrpProcessSettings): VrrpProcessSettings {
        if (!settings.routers.some(hasKeyFiles)) {
            return settings;
        }
        const read = new Map<string, Uint8Array | undefined>();
        return {
            ...settings,
            routers: settings.routers.map((router) => (hasKeyFiles(router) ? this.#fillInRouter(router, read) : router)),
        };
    }

    #fillInRouter(router: VirtualRouterSettings, read: Map<string, Uint8Array | undefined>): VirtualRouterSettings {
        const { authentication } = router;
        if (authentication.type !== "hmac") {
            return router;
        }
        return { ...router, authentication: { ...authentication, keys: authentication.keys.map((key) => this.#fillInKey(key, read)) } };
    }

    #fillInKey(key: HmacKey, read: Map<string, Uint8Array | undefined>): HmacKey {
        if (key.material.type === "bytes") {
            return key;
        }
        const { path } = key.material;
        if (!read.has(path)) {
            read.set(path, this.#read(path));
        }
        const bytes = read.get(path);
        return bytes === undefined ? key : { id: key.id, material: { type: "bytes", bytes } };
    }

    #read(path: string): Uint8Array | undefined {
        const secret = readSecret(path);
        const material = secret.ok ? keyMaterial(secret.value.bytes) : secret;
        const former = this.#held.get(path);
        if (!material.ok) {
            this.#complain(`key file ${path}: ${material.error}${former === undefined ? "" : "; the former key stays in use"}`);
            return former;
        }
        if (secret.ok && secret.value.warning !== undefined) {
            this.#complain(`SECURITY VIOLATION - key file ${path} ${secret.value.warning}`);
        }
        this.#held.set(path, material.value);
        return material.value;
    }
}

/** Whether signatures need the time of day. */
export function needsTimeOfDay({ routers }: VrrpProcessSettings): boolean {
    return routers.some(({ authentication }) => authentication.type === "hmac");
}

function hasKeyFiles({ authentication }: VirtualRouterSettings): boolean {
    return authentication.type === "hmac" && authentication.keys.some(({ material }) => material.type === "file");
}
