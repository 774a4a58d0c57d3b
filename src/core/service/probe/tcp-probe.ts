import type { Endpoint } from "./endpoint.ts";

/** `TCP_CHECK`: that a connection comes about is enough. */
export interface TcpProbe {
    readonly kind: "tcp";
    readonly endpoint: Endpoint;
}
