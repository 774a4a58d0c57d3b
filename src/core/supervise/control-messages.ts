import type { DrainReply, DrainRequest } from "../balance/drain-order.ts";
import { type Duration, microseconds } from "../base/instant.ts";
import type { LogLine } from "./messages.ts";

/** What a user's command asks of a running daemon. */
export type ControlRequest =
    /** Read the configuration again and take it on; answered when every process does what it says. */
    | { readonly type: "reload" }
    /** Say what a reload would change; nothing is done. */
    | { readonly type: "plan-reload" }
    /** Go on as that program. Only a refusal is answered: an upgrade that begins ends the connection. */
    | { readonly type: "upgrade"; readonly program: UpgradeProgram }
    /** Say how the last upgrade of this process went, once it is over. */
    | { readonly type: "upgrade-outcome" }
    /** Have a real server lose its clients, or end that. */
    | { readonly type: "drain"; readonly request: DrainRequest };

/** Another version of this program. */
export interface UpgradeProgram {
    /** The file of Node.js that is to run it. */
    readonly node: string;
    readonly script: string;
}

/** What it is answered. */
export type ControlAnswer = ReloadAnswer | UpgradeAnswer | DrainAnswer;

/** How a reload went, or would go. */
export type ReloadAnswer =
    /** `changes` are those that were, or would be, taken on. */
    { readonly type: "accepted"; readonly changes: readonly ConfigurationChange[]; readonly lines: readonly LogLine[] } | Refusal;

/** How an upgrade went. */
export type UpgradeAnswer =
    /** This version works now, in every process. */
    { readonly type: "upgraded"; readonly version: string } | Refusal;

/** How a real server stands after an order. */
export type DrainAnswer = DrainReply | Refusal;

/** All goes on as before. `lines` are what reading had to say. */
interface Refusal {
    readonly type: "refused";
    readonly reason: string;
    readonly lines: readonly LogLine[];
}

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

/** Reads a request that came from outside; undefined when it is none. */
export function readControlRequest(value: unknown): ControlRequest | undefined {
    if (!isFields(value)) {
        return undefined;
    }
    const { type, program, request } = value;
    switch (type) {
        case "reload":
        case "plan-reload":
        case "upgrade-outcome":
            return { type };
        case "upgrade":
            return isFields(program) && typeof program["node"] === "string" && typeof program["script"] === "string"
                ? { type, program: { node: program["node"], script: program["script"] } }
                : undefined;
        case "drain": {
            const read = readDrainRequest(request);
            return read === undefined ? undefined : { type, request: read };
        }
        default:
            return undefined;
    }
}

function readDrainRequest(value: unknown): DrainRequest | undefined {
    if (!isFields(value)) {
        return undefined;
    }
    const { service, server, isUndone, timeout } = value;
    const isRead = typeof service === "string" && typeof server === "string" && typeof isUndone === "boolean" && isTimeout(timeout);
    return isRead ? { service, server, isUndone, ...(timeout !== undefined && { timeout: microseconds(timeout) }) } : undefined;
}

function isTimeout(value: unknown): value is Duration | undefined {
    return value === undefined || (typeof value === "number" && Number.isFinite(value) && value >= 0);
}

function isFields(value: unknown): value is { readonly [name: string]: unknown } {
    return typeof value === "object" && value !== null;
}
