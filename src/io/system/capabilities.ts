import type { Capability } from "../../core/supervise/privileges.ts";
import type { NativeAddon } from "../native/addon.ts";

/** The capabilities as a mask: bit N stands for number N, which may lie beyond what JavaScript's bit operators know. */
export function capabilityMask({ constants }: NativeAddon, capabilities: readonly Capability[]): number {
    return [...new Set(capabilities)].reduce((mask, name) => mask + 2 ** constants[`CAP_${name}`], 0);
}

/** Those of the first mask that are in the second, too. */
export function withinMask(mask: number, limit: number): number {
    return Number(BigInt(mask) & BigInt(limit));
}

/** Whether a mask has it. */
export function hasCapability(system: NativeAddon, mask: number, capability: Capability): boolean {
    return withinMask(mask, capabilityMask(system, [capability])) !== 0;
}
