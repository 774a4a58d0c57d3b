import type { VirtualAddress } from "../address/virtual-address.ts";
import { concatBytes, toHex } from "../base/bytes.ts";
import { type Family, type IpAddress, isLinkLocal } from "../base/ip.ts";
import type { SetElement, TableFamily } from "../netlink/nftables.ts";
import type { FirewallSettings } from "./firewall-settings.ts";
import { interfaceIndexBytes, interfaceNameBytes, linkLocalSet } from "./table-shape.ts";

/** The elements of a table's sets, each set's by their keys. */
export interface TableContents {
    /** Whether there are the rules for virtual MACs, which not every kernel can do. */
    readonly guardsVmacs: boolean;
    readonly sets: ReadonlyMap<string, ReadonlyMap<string, SetElement>>;
}

/** A virtual MAC's interface that is to keep quiet: its multicast reports go out on its base, or switches would learn its MAC from a backup. */
export interface GuardedVmac {
    readonly family: Family;
    readonly interfaceIndex: number;
    readonly baseIndex: number;
    /** The base interface's link-local address, where the virtual MAC's has the same: it is not advertised with the virtual MAC. */
    readonly linkLocal?: IpAddress;
}

/** All that is to be kept out or in. */
export interface FirewallWishes {
    readonly blocked: Iterable<VirtualAddress>;
    readonly vmacs: readonly GuardedVmac[];
    /** An interface's number; undefined while there is none of that name. */
    readonly indexOf: (interfaceName: string) => number | undefined;
}

/** What both tables are to hold. */
export function desiredContents(wishes: FirewallWishes, settings: FirewallSettings): Readonly<Record<TableFamily, TableContents>> {
    const [ip, ip6] = [new ContentsBuilder(), new ContentsBuilder()];
    for (const { address, interfaceName } of wishes.blocked) {
        if (address.family === 4) {
            ip.add("vips", { key: address.bytes });
        } else if (isLinkLocal(address)) {
            const index = settings.matchesByIndex ? wishes.indexOf(interfaceName) : undefined;
            const where = index === undefined ? interfaceNameBytes(interfaceName) : interfaceIndexBytes(index);
            if (index !== undefined || !settings.matchesByIndex) {
                ip6.add(linkLocalSet(settings).name, { key: concatBytes(address.bytes, where) });
            }
        } else {
            ip6.add("vips", { key: address.bytes });
        }
    }
    for (const vmac of wishes.vmacs) {
        guard(vmac.family === 4 ? ip : ip6, vmac);
    }
    return { ip: ip.contents, ip6: ip6.contents };
}

function guard(contents: ContentsBuilder, { family, interfaceIndex, baseIndex, linkLocal }: GuardedVmac): void {
    const key = interfaceIndexBytes(interfaceIndex);
    contents.guardsVmacs = true;
    contents.add("vmac_map", { key, data: interfaceIndexBytes(baseIndex) });
    if (family === 6) {
        contents.add("vmac_set", { key });
        if (linkLocal !== undefined) {
            contents.add("parent_link_local", { key: concatBytes(linkLocal.bytes, key) });
        }
    }
}

class ContentsBuilder {
    guardsVmacs = false;
    readonly #sets = new Map<string, Map<string, SetElement>>();

    add(set: string, element: SetElement): void {
        const elements = this.#sets.get(set) ?? new Map<string, SetElement>();
        this.#sets.set(set, elements.set(toHex(element.key), element));
    }

    get contents(): TableContents {
        return { guardsVmacs: this.guardsVmacs, sets: this.#sets };
    }
}
