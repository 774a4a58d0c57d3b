import { AttributeTable, type AttributeValues, attribute, nested } from "./attributes.ts";
import { type Layout, networkU32, networkU64, rawBytes, text, u8 } from "./layout.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * What a rule of nf_tables is made of: small steps over registers, done one after the other until one says no or gives a verdict
 * (include/uapi/linux/netfilter/nf_tables.h).
 */

/** One of the four registers of sixteen bytes, 1 to 4; or one of the sixteen words in them, 8 to 23. */
export type Register = 1 | 2 | 3 | 4 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23;

/** One step. Lengths and offsets are bytes. */
export type Expression =
    /** Loads a part of the packet. */
    | {
          readonly type: "payload";
          readonly base: keyof typeof PAYLOAD_BASES;
          readonly offset: number;
          readonly length: number;
          readonly register: Register;
      }
    /** Loads something about the packet. */
    | { readonly type: "meta"; readonly key: MetaKey; readonly register: Register }
    /** Gives the packet a firewall mark. */
    | { readonly type: "set-mark"; readonly register: Register }
    /** Gives the packet a priority among those that wait to leave. */
    | { readonly type: "set-priority"; readonly register: Register }
    /** Loads what kind of address the packet goes to is here: RTN_LOCAL, 2, is our own. */
    | { readonly type: "destination-kind"; readonly register: Register }
    /** Loads these bytes. */
    | { readonly type: "constant"; readonly register: Register; readonly value: Uint8Array }
    /** Ends the rule unless the register begins with these bytes; or if it does. */
    | { readonly type: "compare"; readonly register: Register; readonly value: Uint8Array; readonly isNot?: true }
    /** Keeps the bits of the mask only. */
    | { readonly type: "mask"; readonly register: Register; readonly mask: Uint8Array }
    /** Loads 0, 1, 2 … in turn, below the modulus. */
    | { readonly type: "turn"; readonly modulus: number; readonly register: Register }
    /** Loads a number below the modulus that depends on the source register's contents alone. */
    | { readonly type: "hash"; readonly source: Register; readonly length: number; readonly modulus: number; readonly register: Register }
    /** Ends the rule unless the register's contents are in the set; of a map, loads what belongs to them, or does what the verdict says. */
    | { readonly type: "lookup"; readonly set: string; readonly register: Register; readonly result?: Register | "verdict" }
    /** Puts an element into a map, or renews it if it is there already; or takes it out, if it is there. One that is full ends the rule. */
    | { readonly type: "update" | "remove"; readonly set: string; readonly key: Register; readonly data: Register }
    | { readonly type: "counter" }
    /** Counts in a counter that outlives the rule. */
    | { readonly type: "named-counter"; readonly name: string }
    /** Sends a copy to that address through that interface. */
    | { readonly type: "duplicate"; readonly address: Register; readonly device: Register }
    /** Has the packet sent to that neighbour through that interface, as it is but for the hardware addresses and its time to live. */
    | { readonly type: "forward"; readonly family: "ip" | "ip6"; readonly address: Register; readonly device: Register }
    /** Has this connection go to another address, and port where one is given. */
    | { readonly type: "translate"; readonly family: "ip" | "ip6"; readonly address: Register; readonly port?: Register }
    /** Tells the sender that nobody listens on this port. */
    | { readonly type: "refuse"; readonly family: "ip" | "ip6" }
    | { readonly type: "verdict"; readonly verdict: "drop" | "accept" }
    | { readonly type: "goto" | "jump"; readonly chain: string };

/** NFT_META_*. Kinds and names of interfaces take a whole register, filled up with zeros. */
const META_KEYS = {
    priority: 2,
    mark: 3,
    inputInterface: 4,
    outputInterface: 5,
    inputInterfaceName: 6,
    outputInterfaceName: 7,
    protocol: 16,
    /** PACKET_HOST is 0. */
    packetType: 19,
    outputInterfaceKind: 27,
} as const;

/** What `meta` can load. */
export type MetaKey = keyof typeof META_KEYS;

const PAYLOAD_BASES = { link: 0, network: 1, transport: 2 } as const;
const NFT_CMP = { equal: 0, notEqual: 1 } as const;
/** NF_DROP, NF_ACCEPT, NFT_JUMP and NFT_GOTO. */
export const VERDICTS = { drop: 0, accept: 1, jump: -3, goto: -4 } as const;
const VERDICT_REGISTER = 0;
const NFPROTO = { ip: 2, ip6: 10 } as const;
const NFT_NG_INCREMENTAL = 0;
const NFT_HASH_JENKINS = 0;
/** Fixed, so that the same client has the same server on each director, and after each change of the rules. */
const HASH_SEED = 0x686f_6c64;
const NFT_DYNSET_OPERATIONS = { update: 1, remove: 2 } as const;
const NFT_OBJECT_COUNTER = 1;
const NFT_NAT_DNAT = 1;
const NFT_REJECT_ICMP_UNREACH = 0;
/** ICMP_PORT_UNREACH and ICMPV6_PORT_UNREACH. */
const PORT_UNREACHABLE = { ip: 3, ip6: 4 } as const;
const NFT_FIB_RESULT_ADDRTYPE = 3;
const NFTA_FIB_F_DADDR = 2;

/** NFTA_DATA_VALUE: bytes for a register; or NFTA_DATA_VERDICT. */
export const SET_DATA = new AttributeTable({
    value: attribute(1, rawBytes),
    verdict: nested(2, new AttributeTable({ code: attribute(1, networkU32), chain: attribute(2, text) })),
});

/** Every expression's attributes are numbers, texts and data; each name has its own table. */
const TABLES = {
    payload: new AttributeTable({
        register: attribute(1, networkU32),
        base: attribute(2, networkU32),
        offset: attribute(3, networkU32),
        length: attribute(4, networkU32),
    }),
    meta: new AttributeTable({ register: attribute(1, networkU32), key: attribute(2, networkU32), source: attribute(3, networkU32) }),
    fib: new AttributeTable({ register: attribute(1, networkU32), result: attribute(2, networkU32), flags: attribute(3, networkU32) }),
    cmp: new AttributeTable({
        register: attribute(1, networkU32),
        operation: attribute(2, networkU32),
        data: nested(3, SET_DATA),
    }),
    bitwise: new AttributeTable({
        source: attribute(1, networkU32),
        destination: attribute(2, networkU32),
        length: attribute(3, networkU32),
        mask: nested(4, SET_DATA),
        xor: nested(5, SET_DATA),
    }),
    numgen: new AttributeTable({ register: attribute(1, networkU32), modulus: attribute(2, networkU32), kind: attribute(3, networkU32) }),
    hash: new AttributeTable({
        source: attribute(1, networkU32),
        register: attribute(2, networkU32),
        length: attribute(3, networkU32),
        modulus: attribute(4, networkU32),
        seed: attribute(5, networkU32),
        kind: attribute(7, networkU32),
    }),
    lookup: new AttributeTable({ set: attribute(1, text), register: attribute(2, networkU32), result: attribute(3, networkU32) }),
    dynset: new AttributeTable({
        set: attribute(1, text),
        operation: attribute(3, networkU32),
        key: attribute(4, networkU32),
        data: attribute(5, networkU32),
        timeout: attribute(6, networkU64),
    }),
    counter: new AttributeTable({}),
    objref: new AttributeTable({ kind: attribute(1, networkU32), name: attribute(2, text) }),
    dup: new AttributeTable({ address: attribute(1, networkU32), device: attribute(2, networkU32) }),
    fwd: new AttributeTable({ device: attribute(1, networkU32), address: attribute(2, networkU32), family: attribute(3, networkU32) }),
    nat: new AttributeTable({
        kind: attribute(1, networkU32),
        family: attribute(2, networkU32),
        address: attribute(3, networkU32),
        port: attribute(5, networkU32),
    }),
    reject: new AttributeTable({ kind: attribute(1, networkU32), code: attribute(2, u8) }),
    immediate: new AttributeTable({ register: attribute(1, networkU32), data: nested(2, SET_DATA) }),
};

type ValuesOf<Name extends keyof typeof TABLES> =
    (typeof TABLES)[Name] extends AttributeTable<infer Attributes> ? AttributeValues<Attributes> : never;

/** NFTA_EXPR_NAME, and NFTA_EXPR_DATA, which is another table for each name. */
export const expressionLayout: Pick<Layout<Expression>, "write"> = {
    write: (writer, expression) => {
        switch (expression.type) {
            case "payload":
            case "meta":
            case "destination-kind":
            case "constant":
            case "turn":
            case "hash":
                writeLoad(writer, expression);
                return;
            case "compare":
            case "mask":
            case "lookup":
            case "update":
            case "remove":
                writeTest(writer, expression);
                return;
            default:
                writeAction(writer, expression);
        }
    },
};

type Load = Expression & { readonly type: "payload" | "meta" | "destination-kind" | "constant" | "turn" | "hash" };
type Test = Expression & { readonly type: "compare" | "mask" | "lookup" | "update" | "remove" };
type Action = Exclude<Expression, Load | Test>;

function writeLoad(writer: MessageWriter, expression: Load): void {
    const { register } = expression;
    switch (expression.type) {
        case "payload": {
            const { base, offset, length } = expression;
            writeOne(writer, "payload", { register, base: PAYLOAD_BASES[base], offset, length });
            return;
        }
        case "meta":
            writeOne(writer, "meta", { register, key: META_KEYS[expression.key] });
            return;
        case "destination-kind":
            writeOne(writer, "fib", { register, result: NFT_FIB_RESULT_ADDRTYPE, flags: NFTA_FIB_F_DADDR });
            return;
        case "constant":
            writeOne(writer, "immediate", { register, data: { value: expression.value } });
            return;
        case "turn":
            writeOne(writer, "numgen", { register, modulus: expression.modulus, kind: NFT_NG_INCREMENTAL });
            return;
        case "hash": {
            const { source, length, modulus } = expression;
            writeOne(writer, "hash", { source, register, length, modulus, seed: HASH_SEED, kind: NFT_HASH_JENKINS });
        }
    }
}

function writeTest(writer: MessageWriter, expression: Test): void {
    switch (expression.type) {
        case "compare": {
            const { register, value, isNot } = expression;
            writeOne(writer, "cmp", { register, operation: isNot === true ? NFT_CMP.notEqual : NFT_CMP.equal, data: { value } });
            return;
        }
        case "mask": {
            const { register, mask } = expression;
            const xor = { value: new Uint8Array(mask.length) };
            writeOne(writer, "bitwise", { source: register, destination: register, length: mask.length, mask: { value: mask }, xor });
            return;
        }
        case "lookup": {
            const { set, register, result } = expression;
            writeOne(writer, "lookup", { set, register, result: result === "verdict" ? VERDICT_REGISTER : result });
            return;
        }
        case "update":
        case "remove": {
            const { type, set, key, data } = expression;
            writeOne(writer, "dynset", { set, operation: NFT_DYNSET_OPERATIONS[type], key, data });
        }
    }
}

function writeAction(writer: MessageWriter, expression: Action): void {
    switch (expression.type) {
        case "set-mark":
            writeOne(writer, "meta", { key: META_KEYS.mark, source: expression.register });
            return;
        case "set-priority":
            writeOne(writer, "meta", { key: META_KEYS.priority, source: expression.register });
            return;
        case "counter":
            writeOne(writer, "counter", {});
            return;
        case "named-counter":
            writeOne(writer, "objref", { kind: NFT_OBJECT_COUNTER, name: expression.name });
            return;
        case "duplicate":
            writeOne(writer, "dup", { address: expression.address, device: expression.device });
            return;
        case "forward": {
            const { address, device, family } = expression;
            writeOne(writer, "fwd", { device, address, family: NFPROTO[family] });
            return;
        }
        case "translate": {
            const { address, port, family } = expression;
            writeOne(writer, "nat", { kind: NFT_NAT_DNAT, family: NFPROTO[family], address, port });
            return;
        }
        case "refuse":
            writeOne(writer, "reject", { kind: NFT_REJECT_ICMP_UNREACH, code: PORT_UNREACHABLE[expression.family] });
            return;
        case "verdict":
            writeOne(writer, "immediate", { register: VERDICT_REGISTER, data: { verdict: { code: VERDICTS[expression.verdict] } } });
            return;
        case "goto":
        case "jump": {
            const verdict = { code: VERDICTS[expression.type], chain: expression.chain };
            writeOne(writer, "immediate", { register: VERDICT_REGISTER, data: { verdict } });
        }
    }
}

function writeOne<Name extends keyof typeof TABLES>(writer: MessageWriter, name: Name, values: ValuesOf<Name>): void {
    const element = new AttributeTable({ name: attribute(1, text), data: nested(2, TABLES[name] as unknown as Layout<ValuesOf<Name>>) });
    element.write(writer, { name, data: values });
}
