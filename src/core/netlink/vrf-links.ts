import { viewOf } from "../base/bytes.ts";
import { AttributeTable, attribute } from "./attributes.ts";
import { i32, structure, text, u8, u16, u32 } from "./layout.ts";

/**
 * Interfaces that are VRFs, and the routing tables of these (include/uapi/linux/if_link.h: IFLA_LINKINFO and IFLA_VRF_TABLE).
 */

const LINK_HEADER = structure({ family: u8, reserved: u8, hardwareType: u16, index: i32, flags: u32, changed: u32 });
const DATA_OF_VRF = new AttributeTable({ table: attribute(1, u32) });
const LINK_INFORMATION = new AttributeTable({ kind: attribute(1, text), data: attribute(2, DATA_OF_VRF) });
const LINK_ATTRIBUTES = new AttributeTable({ name: attribute(3, text), information: attribute(18, LINK_INFORMATION) });

/** A VRF. */
export interface VrfLink {
    readonly name: string;
    readonly table: number;
}

/** RTM_NEWLINK's payload; undefined for all that is no VRF. */
export function readVrfLink(payload: Uint8Array): VrfLink | undefined {
    if (payload.length < LINK_HEADER.size) {
        return undefined;
    }
    const { name, information } = LINK_ATTRIBUTES.read(viewOf(payload), LINK_HEADER.size, payload.length - LINK_HEADER.size);
    const table = information?.kind === "vrf" ? information.data?.table : undefined;
    return name === undefined || table === undefined ? undefined : { name, table };
}
