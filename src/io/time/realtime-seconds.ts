import type { NativeAddon } from "../native/addon.ts";

/** CLOCK_REALTIME in seconds since 1970. */
export function realtimeSeconds(system: NativeAddon): number {
    const out = new Float64Array(2);
    system.clockRead(system.constants.CLOCK_REALTIME, out);
    return (out[0] ?? 0) + (out[1] ?? 0) / 1e9;
}
