import type { Mac } from "../base/mac.ts";
import { AttributeTable, attribute, nested } from "./attributes.ts";
import { rawBytes, text, u16, u32 } from "./layout.ts";
import { NETLINK } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";
import { LINK_HEADER, RTNETLINK } from "./rtnetlink.ts";

/**
 * Orders about links that stand on other ones (include/uapi/linux/if_link.h).
 */

/** MACVLAN_MODE_*. */
export const MACVLAN_MODE = { private: 1 } as const;

/** IPVLAN_MODE_*. */
export const IPVLAN_MODE = { l2: 0 } as const;

/** IPVLAN_F_*: who of one base may talk to whom. */
export const IPVLAN_FLAGS = { bridge: 0, private: 1, vepa: 2 } as const;

const IFF_UP = 0x1;

const MACVLAN = new AttributeTable({ kind: attribute(1, text), data: nested(2, new AttributeTable({ mode: attribute(1, u32) })) });
const IPVLAN = new AttributeTable({
    kind: attribute(1, text),
    data: nested(2, new AttributeTable({ mode: attribute(1, u16), flags: attribute(2, u16) })),
});
const COMMON = {
    mac: attribute(1, rawBytes),
    name: attribute(3, text),
    base: attribute(5, u32),
    master: attribute(10, u32),
    group: attribute(27, u32),
};
const ON_MACVLAN = new AttributeTable({ ...COMMON, info: nested(18, MACVLAN) });
const ON_IPVLAN = new AttributeTable({ ...COMMON, info: nested(18, IPVLAN) });

const ORDER = NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK;

/** A link that is to be made on another one. It is down at first. */
export interface NewLink {
    readonly name: string;
    readonly baseIndex: number;
    /** A macvlan has a MAC address of its own, an ipvlan shares its base's and may see its siblings or not. */
    readonly form: { readonly kind: "macvlan"; readonly mac: Mac } | { readonly kind: "ipvlan"; readonly flags: number };
    readonly group?: number;
    /** The VRF that it is to belong to. */
    readonly masterIndex?: number;
}

/** What is to be changed of a link that is there; what is absent stays as it is. */
export interface LinkChange {
    readonly isUp?: true;
    readonly group?: number;
    readonly masterIndex?: number;
    /** A macvlan's MAC address and private mode. */
    readonly macvlan?: { readonly mac: Mac };
}

/** Makes it; refused where its name is taken. */
export function writeNewLink(writer: MessageWriter, { name, baseIndex, form, group, masterIndex }: NewLink, sequence: number): void {
    writer.begin(RTNETLINK.RTM_NEWLINK, ORDER | NETLINK.NLM_F_CREATE | NETLINK.NLM_F_EXCL, sequence);
    LINK_HEADER.write(writer, {});
    const common = { name, base: baseIndex, master: masterIndex, group };
    if (form.kind === "macvlan") {
        ON_MACVLAN.write(writer, { ...common, mac: form.mac, info: { kind: "macvlan", data: { mode: MACVLAN_MODE.private } } });
    } else {
        ON_IPVLAN.write(writer, { ...common, info: { kind: "ipvlan", data: { mode: IPVLAN_MODE.l2, flags: form.flags } } });
    }
    writer.end();
}

/** Changes a link that is there. */
export function writeLinkChange(writer: MessageWriter, index: number, change: LinkChange, sequence: number): void {
    const { isUp, group, masterIndex, macvlan } = change;
    writer.begin(RTNETLINK.RTM_NEWLINK, ORDER, sequence);
    LINK_HEADER.write(writer, { index, ...(isUp && { flags: IFF_UP, changed: IFF_UP }) });
    const info = macvlan && ({ kind: "macvlan", data: { mode: MACVLAN_MODE.private } } as const);
    ON_MACVLAN.write(writer, { group, master: masterIndex, mac: macvlan?.mac, info });
    writer.end();
}

/** Takes a link away. */
export function writeDeleteLink(writer: MessageWriter, index: number, sequence: number): void {
    writer.begin(RTNETLINK.RTM_DELLINK, ORDER, sequence);
    LINK_HEADER.write(writer, { index });
    writer.end();
}
