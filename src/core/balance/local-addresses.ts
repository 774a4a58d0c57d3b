import { type IpAddress, ipKey } from "../base/ip.ts";
import type { VirtualServerSettings } from "../service/virtual-server.ts";

/** Which addresses stand on this machine; one may stand on several interfaces at once. */
export class LocalAddresses {
    readonly #interfaces = new Map<string, Set<number>>();

    stands(address: IpAddress): boolean {
        return this.#interfaces.has(ipKey(address));
    }

    /** True when it stands now and did not before, or the other way round. */
    note(address: IpAddress, interfaceIndex: number, isStanding: boolean): boolean {
        const key = ipKey(address);
        const before = this.#interfaces.get(key);
        const indices = before ?? new Set<number>();
        if (isStanding) {
            indices.add(interfaceIndex);
            this.#interfaces.set(key, indices);
        } else if (indices.delete(interfaceIndex) && indices.size === 0) {
            this.#interfaces.delete(key);
        }
        return (before === undefined) === this.#interfaces.has(key);
    }

    /** Forgets an interface. True when an address stands nowhere any more. */
    forget(interfaceIndex: number): boolean {
        let hasChanged = false;
        for (const [key, indices] of this.#interfaces) {
            if (indices.delete(interfaceIndex) && indices.size === 0) {
                this.#interfaces.delete(key);
                hasChanged = true;
            }
        }
        return hasChanged;
    }

    /** `ha_suspend`: no checks while the address is another machine's. */
    letCheck({ suspendsWithoutAddress, entries }: VirtualServerSettings): boolean {
        return !suspendsWithoutAddress || entries.some((entry) => entry.type === "addresses" && this.stands(entry.first));
    }
}
