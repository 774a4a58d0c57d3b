import { formatIp, type IpAddress } from "../../../base/ip.ts";
import type { TransportProtocol } from "../../../service/virtual-server.ts";

/** `[10.0.0.1]:tcp:80`: how logs, scripts and mails call a service or a server. */
export function endpointName(address: IpAddress | string, protocol: TransportProtocol | undefined, port: number): string {
    return `[${typeof address === "string" ? address : formatIp(address)}]:${protocol ?? "none"}:${port}`;
}
