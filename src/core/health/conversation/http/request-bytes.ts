import { utf8 } from "../../../base/utf8.ts";
import type { PageRequest } from "../../../service/probe/http-probe.ts";

/** How we name ourselves, as Keepalived does: access logs are filtered by it. */
export const USER_AGENT = "KeepAliveClient";

/** A request of HTTP/1 (RFC 9112 §3), its headers in the order in which Keepalived writes them. */
export function requestBytes({ version, closes, method, path, host, headers, body }: PageRequest): Uint8Array {
    const content = body === undefined ? undefined : utf8(body);
    const lines = [
        `${method} ${path} HTTP/${version}`,
        `User-Agent: ${USER_AGENT}`,
        ...(closes ? ["Connection: close"] : []),
        `Host: ${host}`,
        ...headers.map(({ name, value }) => `${name}: ${value}`),
        ...(content === undefined ? [] : [`Content-Length: ${content.length}`]),
    ];
    const head = utf8(`${lines.join("\r\n")}\r\n\r\n`);
    return content === undefined ? head : Uint8Array.of(...head, ...content);
}
