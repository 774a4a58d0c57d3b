import { type IpAddress, ipKey } from "../../core/base/ip.ts";

/**
 * Which removals of addresses are our own doing: noted by who orders them, asked for by who hears of them from the kernel.
 *
 * The kernel tells of a removal before it acknowledges it. So once everything it had to tell was heard, no note is needed any more, and
 * the next removal of the same address is somebody else's.
 */
export class OwnRemovals {
    readonly #noted = new Set<string>();

    /** This address is about to go by our hand. */
    note(interfaceIndex: number, address: IpAddress, prefixLength: number): void {
        this.#noted.add(keyOf(interfaceIndex, address, prefixLength));
    }

    /** Whether that was us; true once for each note. */
    claim(interfaceIndex: number, address: IpAddress, prefixLength: number): boolean {
        return this.#noted.delete(keyOf(interfaceIndex, address, prefixLength));
    }

    /** All that the kernel had to tell was heard. */
    settle(): void {
        this.#noted.clear();
    }
}

function keyOf(interfaceIndex: number, address: IpAddress, prefixLength: number): string {
    return `${interfaceIndex} ${prefixLength} ${ipKey(address)}`;
}
