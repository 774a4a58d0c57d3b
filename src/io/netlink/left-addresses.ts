import { standingPrefixLength, type VirtualAddress } from "../../core/address/virtual-address.ts";
import { ipKey } from "../../core/base/ip.ts";
import type { MessageWriter } from "../../core/netlink/message-writer.ts";
import { RTNETLINK, readMarkedAddress, writeDump } from "../../core/netlink/rtnetlink.ts";
import type { Link } from "../../core/vrrp/events.ts";
import type { NativeAddon } from "../native/addon.ts";
import { dumpTable } from "./kernel-table.ts";

const ADDRESSES = {
    ask: (writer: MessageWriter, sequence: number) => writeDump(writer, RTNETLINK.RTM_GETADDR, sequence),
    answer: RTNETLINK.RTM_NEWADDR,
    read: readMarkedAddress,
};

/**
 * Those of these addresses that stand and that nobody else has put up. Where the kernel tells no origins (before 5.18) all that stand count.
 *
 * @throws Error when the kernel refuses
 */
export function leftAddresses(
    system: NativeAddon,
    suspects: readonly VirtualAddress[],
    linkNamed: (name: string) => Link | undefined,
): readonly VirtualAddress[] {
    if (suspects.length === 0) {
        return [];
    }
    const { items } = dumpTable(system, ADDRESSES);
    const areMarked = items.some(({ isOfThisProgram }) => isOfThisProgram !== undefined);
    const left = new Set(
        items
            .filter(({ isOfThisProgram }) => isOfThisProgram ?? !areMarked)
            .map(({ interfaceIndex, address, prefixLength }) => `${interfaceIndex} ${ipKey(address)}/${prefixLength}`),
    );
    return suspects.filter((one) => left.has(`${linkNamed(one.interfaceName)?.index} ${ipKey(one.address)}/${standingPrefixLength(one)}`));
}
