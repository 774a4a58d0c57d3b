import { GREETING } from "../../core/health/conversation/greeting.ts";
import type { NativeAddon } from "../native/addon.ts";
import type { Connectors } from "./attempt.ts";
import { TcpConnection } from "./tcp-connection.ts";

const BUFFER = 65_536;

/** How this machine carries probes out. */
export function connectorsOf(system: NativeAddon): Connectors {
    // Shared by all, for each is done with what arrived before the next reads.
    const surroundings = { system, buffer: new Uint8Array(BUFFER) };
    return {
        tcp: ({ endpoint }, host) => new TcpConnection({ ...surroundings, ...host }, endpoint, GREETING),
    };
}
