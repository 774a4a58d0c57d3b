import { readFileSync } from "node:fs";
import { after, type Instant, seconds } from "../../core/base/instant.ts";
import type { Clock } from "../../host/world.ts";

const FRESH = seconds(5);

/** Whether this machine forwards IPv6 on an interface; read from the kernel anew every five seconds at most. */
export class Ipv6Forwarding {
    readonly #clock: Clock;
    readonly #root: string;
    readonly #known = new Map<string, { readonly isOn: boolean; readonly until: Instant }>();

    constructor(clock: Clock, root = "/proc/sys/net/ipv6/conf") {
        this.#clock = clock;
        this.#root = root;
    }

    isOn(interfaceName: string): boolean {
        const now = this.#clock.now();
        const known = this.#known.get(interfaceName);
        if (known !== undefined && known.until > now) {
            return known.isOn;
        }
        const isOn = this.#read(interfaceName);
        this.#known.set(interfaceName, { isOn, until: after(now, FRESH) });
        return isOn;
    }

    #read(interfaceName: string): boolean {
        try {
            return readFileSync(`${this.#root}/${interfaceName}/forwarding`, "utf8").trim() !== "0";
        } catch {
            // No such interface, or a kernel without IPv6.
            return false;
        }
    }
}
