import { utf8 } from "../../base/utf8.ts";
import type { CompletedAuthentication } from "./completed-router.ts";
import { completeHmac } from "./hmac.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";

/** The field in the packet (RFC 2338 §5.3.10). */
const PASSWORD_BYTES = 8;
const NONE: CompletedAuthentication = { type: "none" };

/** Signatures, or else version 2's password; version 3 has none of the latter, and strict mode allows none. */
export function completeAuthentication(instance: Instance, protocol: Protocol, scope: Scope): CompletedAuthentication {
    const signatures = completeHmac(instance, protocol, scope);
    const block = instance.authentication;
    if (block === undefined) {
        return signatures ?? NONE;
    }
    const refusal = refusalOf(instance, protocol);
    if (refusal === undefined && block.auth_pass !== undefined) {
        return passwordOf(block.auth_type, block.auth_pass);
    }
    scope.report(block.at, {
        code: "authentication-ignored",
        errorClass: "general",
        message: `(${instance.name}) ${refusal ?? "authentication needs auth_pass"}`,
        consequence: signatures === undefined ? "advertisements carry no authentication" : "advertisements are signed only",
    });
    return signatures ?? NONE;
}

function passwordOf(type: "PASS" | "AH" | undefined, password: string): CompletedAuthentication {
    return type === undefined ? NONE : { type: type === "AH" ? "header" : "pass", password: passwordBytes(password) };
}

function refusalOf(instance: Instance, protocol: Protocol): string | undefined {
    if (protocol.strict) {
        return "strict mode does not support authentication";
    }
    if (protocol.version === 3) {
        return "VRRP version 3 does not support authentication";
    }
    if (instance.auth_hmac !== undefined) {
        return "auth_hmac takes the place of authentication";
    }
    if (instance.authentication?.auth_type === "AH" && protocol.family === 6) {
        return "an authentication header is for IPv4 only";
    }
    return undefined;
}

/** The first eight bytes of the password in UTF-8, padded with zeros. */
function passwordBytes(password: string): Uint8Array {
    const bytes = new Uint8Array(PASSWORD_BYTES);
    bytes.set(utf8(password).slice(0, PASSWORD_BYTES));
    return bytes;
}
