import { type Duration, inSeconds, seconds } from "../../base/instant.ts";
import { utf8 } from "../../base/utf8.ts";
import { keyMaterial } from "../key-material.ts";
import type { CompletedHmac, CompletedHmacKey } from "./completed-router.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";

const FILE_PREFIX = "file:";
const SHORTEST_WINDOW = 5;
const LONGEST_WINDOW = 300;
const WINDOW_INTERVALS = 3;

/** `auth_hmac` with its defaults; undefined where it was not written. Without a usable key the router can neither send nor trust, and says so. */
export function completeHmac(instance: Instance, protocol: Protocol, scope: Scope): CompletedHmac | undefined {
    const block = instance.auth_hmac;
    if (block === undefined) {
        return undefined;
    }
    const keys = completeKeys(instance, scope);
    return {
        type: "hmac",
        keys,
        activeKey: completeActiveKey(instance, keys, scope),
        checksTime: block.anti_replay === "time",
        window: block.time_window === undefined ? defaultWindow(instance.advert_int) : seconds(Math.floor(inSeconds(block.time_window))),
        mode: completeMode(instance, protocol, scope),
    };
}

function defaultWindow(interval: Duration): Duration {
    const intervals = Math.ceil(WINDOW_INTERVALS * inSeconds(interval));
    return seconds(Math.min(Math.max(intervals, SHORTEST_WINDOW), LONGEST_WINDOW));
}

function completeKeys(instance: Instance, scope: Scope): readonly CompletedHmacKey[] {
    const block = instance.auth_hmac;
    const keys = new Map<number, CompletedHmacKey>();
    for (const [index, { id, material }] of block?.key.entries() ?? []) {
        const read = keys.has(id) ? "has an ID that was given before" : readMaterial(material);
        if (typeof read === "string") {
            scope.report(block?.positions.key?.[index] ?? instance.at, {
                code: "hmac-key",
                errorClass: "general",
                message: `(${instance.name}) auth_hmac key ${id} ${read}`,
                consequence: "the key is left out",
            });
        } else {
            keys.set(id, { id, material: read });
        }
    }
    return [...keys.values()];
}

function readMaterial(written: string): CompletedHmacKey["material"] | string {
    if (written.startsWith(FILE_PREFIX)) {
        return { type: "file", path: written.slice(FILE_PREFIX.length) };
    }
    const bytes = keyMaterial(utf8(written));
    return bytes.ok ? { type: "bytes", bytes: bytes.value } : bytes.error;
}

function completeActiveKey(instance: Instance, keys: readonly CompletedHmacKey[], scope: Scope): number {
    const wanted = instance.auth_hmac?.active_key;
    const first = keys[0]?.id ?? 0;
    const chosen = wanted !== undefined && keys.some(({ id }) => id === wanted) ? wanted : first;
    if (keys.length === 0) {
        scope.report(instance.auth_hmac?.at ?? instance.at, {
            code: "hmac-without-key",
            errorClass: "general",
            message: `(${instance.name}) auth_hmac has no usable key`,
            consequence: "the virtual router goes to FAULT; it never sends unsigned advertisements instead",
        });
    } else if (wanted !== undefined && chosen !== wanted) {
        scope.report(instance.auth_hmac?.positions.active_key ?? instance.at, {
            code: "hmac-active-key",
            errorClass: "general",
            message: `(${instance.name}) auth_hmac has no key ${wanted}`,
            consequence: `key ${first} signs`,
        });
    }
    return chosen;
}

function completeMode(instance: Instance, protocol: Protocol, scope: Scope): CompletedHmac["mode"] {
    const mode = instance.auth_hmac?.mode ?? "enforce";
    if (!protocol.strict || mode === "enforce") {
        return mode;
    }
    scope.report(instance.auth_hmac?.positions.mode ?? instance.at, {
        code: "strict-hmac-mode",
        errorClass: "general",
        message: `(${instance.name}) strict mode does not go with auth_hmac mode ${mode}`,
        consequence: "enforce is used",
    });
    return "enforce";
}
