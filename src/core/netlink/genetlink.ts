import { viewOf } from "../base/bytes.ts";
import { AttributeTable, attribute, listOf, nested } from "./attributes.ts";
import { structure, text, u8, u16, u32 } from "./layout.ts";
import { NETLINK } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * Generic netlink's controller: it knows under which number a family such as IPVS is reached (include/uapi/linux/genetlink.h). Its own number
 * is fixed.
 */

export const GENETLINK = { GENL_ID_CTRL: 16, CTRL_CMD_NEWFAMILY: 1, CTRL_CMD_GETFAMILY: 3 } as const;

const CONTROLLER_VERSION = 2;

/** struct genlmsghdr, which opens every message of every family. */
export const GENERIC_HEADER = structure({ command: u8, version: u8, reserved: u16 });

/** CTRL_ATTR_MCAST_GRP_*. */
const GROUP_ATTRIBUTES = new AttributeTable({ name: attribute(1, text), number: attribute(2, u32) });

/** CTRL_ATTR_*. */
const FAMILY_ATTRIBUTES = new AttributeTable({
    id: attribute(1, u16),
    name: attribute(2, text),
    version: attribute(3, u32),
    groups: nested(7, listOf(GROUP_ATTRIBUTES)),
});

/** A family that the running kernel has. */
export interface GenericFamily {
    readonly name: string;
    /** The type of its messages. */
    readonly id: number;
    readonly version: number;
    /** Its multicast groups: name to number. */
    readonly groups: ReadonlyMap<string, number>;
}

/** Asks for the family of this name; ENOENT means that the kernel has none. */
export function writeGetFamily(writer: MessageWriter, name: string, sequence: number): void {
    writer.begin(GENETLINK.GENL_ID_CTRL, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK, sequence);
    GENERIC_HEADER.write(writer, { command: GENETLINK.CTRL_CMD_GETFAMILY, version: CONTROLLER_VERSION });
    FAMILY_ATTRIBUTES.write(writer, { name });
    writer.end();
}

/** CTRL_CMD_NEWFAMILY's payload; undefined when it is another command, cut, or without name or number. */
export function readFamily(payload: Uint8Array): GenericFamily | undefined {
    const view = viewOf(payload);
    const header = GENERIC_HEADER.read(view, 0, payload.length);
    if (header?.command !== GENETLINK.CTRL_CMD_NEWFAMILY) {
        return undefined;
    }
    const { id, name, version, groups = [] } = FAMILY_ATTRIBUTES.read(view, GENERIC_HEADER.size, payload.length - GENERIC_HEADER.size);
    if (id === undefined || name === undefined) {
        return undefined;
    }
    const numbered = groups.flatMap((group): [string, number][] =>
        group.name === undefined || group.number === undefined ? [] : [[group.name, group.number]],
    );
    return { name, id, version: version ?? 0, groups: new Map(numbered) };
}
