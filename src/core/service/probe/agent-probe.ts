import type { Endpoint } from "./endpoint.ts";

/** `AGENT_CHECK`: a program beside the server says how it is. */
export interface AgentProbe {
    readonly kind: "agent";
    readonly endpoint: Endpoint;
    /** What is said first; absent is nothing. */
    readonly request?: string;
}
