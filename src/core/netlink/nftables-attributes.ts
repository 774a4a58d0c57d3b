import { AttributeTable, attribute, nested, repeated } from "./attributes.ts";
import { type Layout, networkU32, networkU64, rawBytes, structure, text, u8 } from "./layout.ts";
import { type Expression, expressionLayout, SET_DATA } from "./nftables-expressions.ts";

/**
 * The messages and attributes of nf_tables (include/uapi/linux/netfilter/nf_tables.h), as tables.
 */

/** NFPROTO_*: one more sees packets where they come in from a device, before anything else does. */
export const FAMILIES = { ip: 2, ip6: 10, netdev: 5 } as const;

export const NFNL_SUBSYS_NFTABLES = 10;
export const BATCH_BEGIN = 0x10;
export const BATCH_END = 0x11;

/** NFT_MSG_*. */
export const MESSAGES = {
    newTable: 0,
    getTable: 1,
    deleteTable: 2,
    newChain: 3,
    deleteChain: 5,
    newRule: 6,
    getRule: 7,
    deleteRule: 8,
    newSet: 9,
    deleteSet: 11,
    newElements: 12,
    deleteElements: 14,
    newObject: 18,
    getObject: 19,
    deleteObject: 20,
} as const;

/** NFT_SET_*. */
export const SET_FLAGS = { constant: 2, map: 8, timeout: 0x10, dynamic: 0x20 } as const;
/** What nft notes on sets whose keys or data are numbers in the machine's own byte order (NFTNL_UDATA_SET_KEYBYTEORDER and _DATABYTEORDER). */
export const NUMBERED = { keys: Uint8Array.of(0, 4, 1, 0, 0, 0), data: Uint8Array.of(1, 4, 1, 0, 0, 0) } as const;
/** NFT_DATA_VERDICT: in place of a type of data. */
export const VERDICT_TYPE = 0xffff_ff00;
/** NFT_OBJECT_COUNTER. */
export const COUNTER_TYPE = 1;

/** NF_INET_* and NF_NETDEV_INGRESS. */
export const HOOKS = { prerouting: 0, input: 1, output: 3, ingress: 0 } as const;
export const NF_ACCEPT = 1;

/** struct nfgenmsg; the resource number is in network byte order. */
export const HEADER = structure({ family: u8, version: u8, resourceHigh: u8, resourceLow: u8 });

/** NFTA_TABLE_*. */
export const TABLE = new AttributeTable({ name: attribute(1, text), userData: attribute(6, rawBytes) });

/** NFTA_CHAIN_*. */
export const CHAIN = new AttributeTable({
    table: attribute(1, text),
    name: attribute(3, text),
    hook: nested(
        4,
        new AttributeTable({ number: attribute(1, networkU32), priority: attribute(2, networkU32), device: attribute(3, text) }),
    ),
    policy: attribute(5, networkU32),
    type: attribute(7, text),
});

/** NFTA_RULE_*. */
export const RULE = new AttributeTable({
    table: attribute(1, text),
    chain: attribute(2, text),
    expressions: nested(4, repeated(1, { read: () => undefined, ...expressionLayout } satisfies Layout<Expression>)),
    userData: attribute(7, rawBytes),
});

/** NFTA_SET_*. */
export const SET = new AttributeTable({
    table: attribute(1, text),
    name: attribute(2, text),
    flags: attribute(3, networkU32),
    keyType: attribute(4, networkU32),
    keyLength: attribute(5, networkU32),
    dataType: attribute(6, networkU32),
    dataLength: attribute(7, networkU32),
    description: nested(9, new AttributeTable({ size: attribute(1, networkU32) })),
    id: attribute(10, networkU32),
    /** Milliseconds. */
    timeout: attribute(11, networkU64),
    userData: attribute(13, rawBytes),
});

/** NFTA_SET_ELEM_LIST_* and NFTA_SET_ELEM_*. */
export const ELEMENTS = new AttributeTable({
    table: attribute(1, text),
    set: attribute(2, text),
    elements: nested(3, repeated(1, new AttributeTable({ key: nested(1, SET_DATA), data: nested(2, SET_DATA) }))),
});

/** NFTA_OBJ_*; a counter that begins at 0 needs no data. */
export const OBJECT = new AttributeTable({
    table: attribute(1, text),
    name: attribute(2, text),
    type: attribute(3, networkU32),
    counter: nested(4, new AttributeTable({ bytes: attribute(1, networkU64), packets: attribute(2, networkU64) })),
});
