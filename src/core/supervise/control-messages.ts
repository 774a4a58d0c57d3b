import type { LogLine } from "./messages.ts";

/** What a user's command asks of a running daemon. */
export type ControlRequest =
    /** Read the configuration again and take it on; answered when every process does what it says. */
    | { readonly type: "reload" }
    /** Say what a reload would change; nothing is done. */
    | { readonly type: "plan-reload" };

/** What it is answered. */
export type ControlAnswer =
    /** `changes` are those that were, or would be, taken on. */
    | { readonly type: "accepted"; readonly changes: readonly ConfigurationChange[]; readonly lines: readonly LogLine[] }
    /** All goes on as before. `lines` are what reading had to say. */
    | { readonly type: "refused"; readonly reason: string; readonly lines: readonly LogLine[] };

/** One thing that the configuration says otherwise than the one that runs. */
export interface ConfigurationChange {
    /** Where: `vrrp_instance VI_1 priority`. */
    readonly what: string;
    /** Absent when it is new. */
    readonly before?: string;
    /** Absent when it is gone. */
    readonly after?: string;
    /** What it means for what runs. */
    readonly effect: "applied" | "restarts-object" | "next-start" | "refuses-reload";
}

const REQUESTS: Readonly<Record<ControlRequest["type"], true>> = { reload: true, "plan-reload": true };

/** Reads a request that came from outside; undefined when it is none. */
export function readControlRequest(value: unknown): ControlRequest | undefined {
    const type: unknown = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
    return typeof type === "string" && Object.hasOwn(REQUESTS, type) ? { type: type as ControlRequest["type"] } : undefined;
}
