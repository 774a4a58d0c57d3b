import { type IpAddress, ipKey } from "../../core/base/ip.ts";

/** One address on one interface, as the kernel knows it. */
export interface Place {
    readonly interfaceIndex: number;
    readonly address: IpAddress;
    readonly prefixLength: number;
}

/**
 * Which removals of addresses are our own doing: noted by who orders them, asked for by who hears of them from the kernel.
 *
 * The kernel tells of a removal before it acknowledges it. So once everything it had to tell was heard, no note is needed any more, and
 * the next removal of the same address is somebody else's. Of IPv4 addresses it also tells by whose socket they went, those included that
 * went together with the one that was asked for.
 */
export class OwnRemovals {
    readonly #noted = new Set<string>();
    readonly #ports = new Set<number>();

    /** What is asked for through the socket with this port id is ours. */
    knowPort(port: number): void {
        this.#ports.add(port);
    }

    /** This address is about to go by our hand. */
    note(place: Place): void {
        this.#noted.add(keyOf(place));
    }

    /** Whether that was us. A note is used up. @param port whose request it was, 0 when the kernel does not tell */
    claim(place: Place, port: number): boolean {
        return this.#noted.delete(keyOf(place)) || this.#ports.has(port);
    }

    /** All that the kernel had to tell was heard. */
    settle(): void {
        this.#noted.clear();
    }
}

function keyOf({ interfaceIndex, address, prefixLength }: Place): string {
    return `${interfaceIndex} ${prefixLength} ${ipKey(address)}`;
}
