import { addressKey } from "../address/virtual-address.ts";
import type { SpeakerEffect } from "./effects.ts";

/**
 * An address that moves from one virtual router to another in one reload stays where it is: what is given up comes before what is claimed, whichever
 * of the two was told first, so that the claim finds the address standing and spares it. The other way round the release would take it away from its new
 * owner.
 *
 * @param effects of one reload; put in order in place
 */
export function giveUpBeforeClaiming(effects: SpeakerEffect[]): void {
    if (hasMoves(effects)) {
        const isRelease = ({ type }: SpeakerEffect) => type === "release-addresses";
        effects.splice(0, effects.length, ...effects.filter(isRelease), ...effects.filter((effect) => !isRelease(effect)));
    }
}

/** Whether an address is claimed that is given up further behind. */
function hasMoves(effects: readonly SpeakerEffect[]): boolean {
    const claimed = new Set<string>();
    for (const effect of effects) {
        if (effect.type === "claim-addresses") {
            for (const address of effect.addresses) {
                claimed.add(addressKey(address));
            }
        } else if (effect.type === "release-addresses" && effect.addresses.some((address) => claimed.has(addressKey(address)))) {
            return true;
        }
    }
    return false;
}
