import { equalIp, type IpAddress } from "../base/ip.ts";
import { type AddressPlan, planAddresses } from "./plan.ts";
import { standingPrefixLength, type VirtualAddress } from "./virtual-address.ts";

/** The addresses of `static_ipaddress`: they stand as long as the daemon runs, whichever virtual router is active. */
export class StaticAddresses {
    #wanted: readonly VirtualAddress[] = [];

    /** Wants these from now on. @returns what has to go and what has to come */
    change(wanted: readonly VirtualAddress[]): AddressPlan {
        const plan = planAddresses(this.#wanted, wanted);
        this.#wanted = wanted;
        return plan;
    }

    /** Somebody else took an address down. @returns those that are to be put up again: the tracked ones */
    lost(interfaceName: string, address: IpAddress, prefixLength: number): readonly VirtualAddress[] {
        return this.#wanted.filter(
            (one) =>
                one.isTracked &&
                one.interfaceName === interfaceName &&
                standingPrefixLength(one) === prefixLength &&
                equalIp(one.address, address),
        );
    }

    /** An interface came up, which may have lost its addresses while it was down. @returns those that belong there */
    on(interfaceName: string): readonly VirtualAddress[] {
        return this.#wanted.filter((one) => one.interfaceName === interfaceName);
    }
}
