import { viewOf } from "../base/bytes.ts";
import { AttributeTable, attribute, nested } from "./attributes.ts";
import { GENERIC_HEADER } from "./genetlink.ts";
import { u8, u32 } from "./layout.ts";
import { NETLINK } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * What drivers say of their links, by generic netlink's family "ethtool" (include/uapi/linux/ethtool_netlink.h): what ETHTOOL_GLINK and
 * the MII registers tell those who ask by ioctl.
 */

/** The name under which the family is reached. */
export const ETHTOOL_FAMILY_NAME = "ethtool";

/** ETHTOOL_MSG_LINKSTATE_GET, and what answers it. */
const LINK_STATE = 6;
const VERSION = 1;

/** ETHTOOL_A_LINKSTATE_*, with ETHTOOL_A_HEADER_* in it. */
const ATTRIBUTES = new AttributeTable({
    header: nested(1, new AttributeTable({ interfaceIndex: attribute(1, u32) })),
    link: attribute(2, u8),
});

/** Whom a question about one interface is for. */
export interface LinkStateQuestion {
    /** The number of the family in this kernel. */
    readonly familyId: number;
    readonly interfaceIndex: number;
}

/** Asks what the driver of an interface says of its link. */
export function writeGetLinkState(writer: MessageWriter, { familyId, interfaceIndex }: LinkStateQuestion, sequence: number): void {
    writer.begin(familyId, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK, sequence);
    GENERIC_HEADER.write(writer, { command: LINK_STATE, version: VERSION });
    ATTRIBUTES.write(writer, { header: { interfaceIndex } });
    writer.end();
}

/** Whether the link is up; undefined when it is another answer, or the driver cannot tell. */
export function readLinkState(payload: Uint8Array): boolean | undefined {
    const view = viewOf(payload);
    const header = GENERIC_HEADER.read(view, 0, payload.length);
    if (header?.command !== LINK_STATE) {
        return undefined;
    }
    const { link } = ATTRIBUTES.read(view, GENERIC_HEADER.size, payload.length - GENERIC_HEADER.size);
    return link === undefined ? undefined : link !== 0;
}
