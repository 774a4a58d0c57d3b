import { formatIp } from "../../../base/ip.ts";
import type { TlsSettings } from "../../../service/probe/tls-settings.ts";
import type { sslGet } from "../../blocks/http-get.ts";
import type { BlockValue } from "../../schema.ts";
import type { CheckedServer } from "./checked-server.ts";

/** What is written of TLS in a checker. */
export type WrittenTls = Pick<
    BlockValue<typeof sslGet>,
    "connect_ip" | "enable_sni" | "sni_name" | "verify" | "verify_name" | "least_days" | "ca" | "certificate" | "key" | "password"
>;

/**
 * How a check speaks TLS; its own files go before those of the `SSL` block, all of its own certificate together.
 *
 * @param hostName what SNI names when nothing else is said
 */
export function tlsSettingsOf(
    written: WrittenTls,
    { ssl, address }: CheckedServer,
    { hostName, isStrict }: { readonly hostName: string | undefined; readonly isStrict: boolean },
): TlsSettings {
    const serverName = written.sni_name ?? (written.enable_sni ? hostName : undefined);
    const verifiedName =
        (written.verify ?? false) || written.verify_name !== undefined
            ? (written.verify_name ?? written.sni_name ?? hostName ?? formatIp(written.connect_ip ?? address))
            : undefined;
    const authorities = written.ca ?? ssl?.ca;
    const { certificate, key, password } = written.certificate === undefined ? (ssl ?? NO_FILES) : written;
    return {
        isStrict,
        ...(serverName !== undefined && { serverName }),
        ...(verifiedName !== undefined && { verifiedName }),
        ...(written.least_days !== undefined && { leastDays: written.least_days }),
        ...(authorities !== undefined && { authorities }),
        ...(certificate !== undefined && { certificate }),
        ...(key !== undefined && { key }),
        ...(password !== undefined && { password }),
    };
}

const NO_FILES = { certificate: undefined, key: undefined, password: undefined };
