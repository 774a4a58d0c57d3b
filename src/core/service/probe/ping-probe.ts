import type { Endpoint } from "./endpoint.ts";

/** `PING_CHECK`: an echo request is answered. */
export interface PingProbe {
    readonly kind: "ping";
    /** The port does not matter. */
    readonly endpoint: Endpoint;
}
