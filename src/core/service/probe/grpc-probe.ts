import type { Endpoint } from "./endpoint.ts";
import type { ProxyPreamble } from "./http-probe.ts";
import type { TlsSettings } from "./tls-settings.ts";

/** `GRPC_CHECK`: the standard health service of gRPC is asked (grpc.health.v1.Health/Check). */
export interface GrpcProbe {
    readonly kind: "grpc";
    readonly endpoint: Endpoint;
    /** Whose health is asked for; empty for that of the server as a whole. */
    readonly service: string;
    /** The name of the host that is asked. */
    readonly authority: string;
    readonly tls?: TlsSettings;
    readonly preamble?: ProxyPreamble;
}
