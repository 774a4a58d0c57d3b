import { AttributeTable, attribute, nested } from "./attributes.ts";
import { type Layout, networkU32, rawBytes, text } from "./layout.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * What a rule of nf_tables is made of: small steps over registers, done one after the other until one says no or gives a verdict
 * (include/uapi/linux/netfilter/nf_tables.h).
 */

/** One of the four registers of sixteen bytes. */
export type Register = 1 | 2 | 3 | 4;

/** One step. Lengths and offsets are bytes. */
export type Expression =
    /** Loads a part of the packet. */
    | {
          readonly type: "payload";
          readonly base: "network" | "transport";
          readonly offset: number;
          readonly length: number;
          readonly register: Register;
      }
    /** Loads something about the packet. */
    | { readonly type: "meta"; readonly key: MetaKey; readonly register: Register }
    /** Ends the rule unless the register begins with these bytes. */
    | { readonly type: "compare"; readonly register: Register; readonly value: Uint8Array }
    /** Keeps the bits of the mask only. */
    | { readonly type: "mask"; readonly register: Register; readonly mask: Uint8Array }
    /** Ends the rule unless the register's contents are in the set; of a map, loads what belongs to them. */
    | { readonly type: "lookup"; readonly set: string; readonly register: Register; readonly result?: Register }
    | { readonly type: "counter" }
    /** Sends a copy to that address through that interface. */
    | { readonly type: "duplicate"; readonly address: Register; readonly device: Register }
    | { readonly type: "verdict"; readonly verdict: "drop" | "accept" }
    | { readonly type: "goto"; readonly chain: string };

/** NFT_META_*. Kinds and names of interfaces take a whole register, filled up with zeros. */
const META_KEYS = {
    inputInterface: 4,
    outputInterface: 5,
    inputInterfaceName: 6,
    outputInterfaceName: 7,
    protocol: 16,
    outputInterfaceKind: 27,
} as const;

/** What `meta` can load. */
export type MetaKey = keyof typeof META_KEYS;

const PAYLOAD_BASES = { network: 1, transport: 2 } as const;
const NFT_CMP_EQ = 0;
/** NF_DROP, NF_ACCEPT and NFT_GOTO. */
const VERDICTS = { drop: 0, accept: 1, goto: -4 } as const;
const VERDICT_REGISTER = 0;

/** NFTA_DATA_VALUE: bytes for a register. */
export const DATA_VALUE = new AttributeTable({ value: attribute(1, rawBytes) });

const DATA_VERDICT = new AttributeTable({
    verdict: nested(2, new AttributeTable({ code: attribute(1, networkU32), chain: attribute(2, text) })),
});

const PAYLOAD = new AttributeTable({
    register: attribute(1, networkU32),
    base: attribute(2, networkU32),
    offset: attribute(3, networkU32),
    length: attribute(4, networkU32),
});
const META = new AttributeTable({ register: attribute(1, networkU32), key: attribute(2, networkU32) });
const COMPARE = new AttributeTable({
    register: attribute(1, networkU32),
    operation: attribute(2, networkU32),
    data: nested(3, DATA_VALUE),
});
const BITWISE = new AttributeTable({
    source: attribute(1, networkU32),
    destination: attribute(2, networkU32),
    length: attribute(3, networkU32),
    mask: nested(4, DATA_VALUE),
    xor: nested(5, DATA_VALUE),
});
const LOOKUP = new AttributeTable({ set: attribute(1, text), register: attribute(2, networkU32), result: attribute(3, networkU32) });
const COUNTER = new AttributeTable({});
const DUPLICATE = new AttributeTable({ address: attribute(1, networkU32), device: attribute(2, networkU32) });
const IMMEDIATE = new AttributeTable({ register: attribute(1, networkU32), data: nested(2, DATA_VERDICT) });

/** NFTA_EXPR_NAME, and NFTA_EXPR_DATA, which is another table for each name. */
export const expressionLayout: Pick<Layout<Expression>, "write"> = {
    write: (writer, expression) => {
        switch (expression.type) {
            case "payload": {
                const { register, base, offset, length } = expression;
                writeOne(writer, "payload", PAYLOAD, { register, base: PAYLOAD_BASES[base], offset, length });
                return;
            }
            case "meta":
                writeOne(writer, "meta", META, { register: expression.register, key: META_KEYS[expression.key] });
                return;
            case "compare": {
                const { register, value } = expression;
                writeOne(writer, "cmp", COMPARE, { register, operation: NFT_CMP_EQ, data: { value } });
                return;
            }
            case "mask": {
                const { register, mask } = expression;
                const xor = { value: new Uint8Array(mask.length) };
                const values = { source: register, destination: register, length: mask.length, mask: { value: mask }, xor };
                writeOne(writer, "bitwise", BITWISE, values);
                return;
            }
            case "lookup": {
                const { set, register, result } = expression;
                writeOne(writer, "lookup", LOOKUP, { set, register, result });
                return;
            }
            case "counter":
                writeOne(writer, "counter", COUNTER, {});
                return;
            case "duplicate":
                writeOne(writer, "dup", DUPLICATE, { address: expression.address, device: expression.device });
                return;
            case "verdict":
                writeVerdict(writer, { code: VERDICTS[expression.verdict] });
                return;
            case "goto":
                writeVerdict(writer, { code: VERDICTS.goto, chain: expression.chain });
                return;
        }
    },
};

function writeVerdict(writer: MessageWriter, verdict: { readonly code: number; readonly chain?: string }): void {
    writeOne(writer, "immediate", IMMEDIATE, { register: VERDICT_REGISTER, data: { verdict } });
}

function writeOne<Values>(writer: MessageWriter, name: string, table: Layout<Values>, values: Values): void {
    new AttributeTable({ name: attribute(1, text), data: nested(2, table) }).write(writer, { name, data: values });
}
