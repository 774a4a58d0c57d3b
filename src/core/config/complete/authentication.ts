import { utf8 } from "../../base/utf8.ts";
import type { CompletedAuthentication } from "./completed-router.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";

/** The field in the packet (RFC 2338 §5.3.10). */
const PASSWORD_BYTES = 8;
const NONE: CompletedAuthentication = { type: "none" };

/** Version 2's password; version 3 has none, strict mode allows none, and a signature takes its place. */
export function completeAuthentication(instance: Instance, protocol: Protocol, scope: Scope): CompletedAuthentication {
    const block = instance.authentication;
    if (block === undefined) {
        return NONE;
    }
    const refusal = refusalOf(instance, protocol);
    if (refusal === undefined && block.auth_pass !== undefined) {
        return block.auth_type === "PASS" ? { type: "pass", password: passwordBytes(block.auth_pass) } : NONE;
    }
    scope.report(block.at, {
        code: "authentication-ignored",
        errorClass: "general",
        message: `(${instance.name}) ${refusal ?? "authentication needs auth_pass"}`,
        consequence: "advertisements carry no authentication",
    });
    return NONE;
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
