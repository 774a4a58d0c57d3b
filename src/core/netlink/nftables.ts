import { viewOf } from "../base/bytes.ts";
import { NETLINK } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";
import {
    BATCH_BEGIN,
    BATCH_END,
    CHAIN,
    COUNTER_TYPE,
    ELEMENTS,
    FAMILIES,
    HEADER,
    HOOKS,
    MESSAGES,
    NF_ACCEPT,
    NFNL_SUBSYS_NFTABLES,
    NUMBERED,
    OBJECT,
    RULE,
    SET,
    SET_FLAGS,
    TABLE,
    VERDICT_TYPE,
} from "./nftables-attributes.ts";
import { type Expression, VERDICTS } from "./nftables-expressions.ts";

/**
 * nf_tables over netfilter's netlink: tables that hold chains of rules and sets (include/uapi/linux/netfilter/nf_tables.h). Changes go in a
 * batch between two marks, and the kernel takes all of it or nothing.
 */

/** The families that we have tables in: NFPROTO_IPV4 and NFPROTO_IPV6. */
export type TableFamily = "ip" | "ip6";

/** Which table is meant. */
export interface TableAddress {
    readonly family: TableFamily | "netdev";
    readonly table: string;
}

/** A chain; one without hook is only reached by a rule. Packets that no rule decides on are accepted. */
export interface Chain {
    readonly name: string;
    readonly hook?: {
        readonly at: keyof typeof HOOKS;
        readonly priority: number;
        /** Absent is `filter`. */
        readonly type?: "nat";
        /** In the family netdev: the interface's name. */
        readonly device?: string;
    };
}

/** A set of keys, or a map from keys to data. Types are nft's own numbers, which the kernel keeps for it. */
export interface ElementSet {
    readonly name: string;
    readonly keyType: number;
    /** Bytes. */
    readonly keyLength: number;
    readonly data?: { readonly type: number; readonly length: number } | "verdict";
    /** Its elements never change. */
    readonly isConstant?: true;
    /** Its keys or its data are numbers, and nft is to show them so. */
    readonly isNumbered?: keyof typeof NUMBERED;
    /** Rules fill it: how many elements it has at most, and after how many seconds one that is not renewed goes. */
    readonly filledByRules?: { readonly size: number; readonly timeout: number };
}

/** A member of a set; `data` in a map only, and in a map of verdicts the chain to go to. */
export interface SetElement {
    readonly key: Uint8Array;
    readonly data?: Uint8Array;
    readonly chain?: string;
}

/** A rule, with what its owner wrote on it. */
export interface Rule {
    readonly expressions: readonly Expression[];
    readonly userData?: Uint8Array;
}

/** Writes one batch, or one question, message by message; sequence numbers run on from the first one. */
export class NftablesWriter {
    readonly #writer: MessageWriter;
    #sequence: number;

    /** @param sequence of the first message */
    constructor(writer: MessageWriter, sequence: number) {
        this.#writer = writer;
        this.#sequence = sequence;
    }

    /** Opens a batch. */
    beginBatch(): void {
        this.#mark(BATCH_BEGIN);
    }

    /** Closes a batch: now the kernel takes it. */
    endBatch(): void {
        this.#mark(BATCH_END);
    }

    /** Makes a table; one that is there already is left as it is. */
    newTable(at: TableAddress, userData: Uint8Array): void {
        this.#message(at, MESSAGES.newTable, NETLINK.NLM_F_CREATE, () => TABLE.write(this.#writer, { name: at.table, userData }));
    }

    /** Removes a table with all that is in it; ENOENT when there is none. */
    deleteTable(at: TableAddress): void {
        this.#message(at, MESSAGES.deleteTable, 0, () => TABLE.write(this.#writer, { name: at.table }));
    }

    /** Asks for a table; ENOENT when there is none. */
    getTable(at: TableAddress): void {
        this.#message(at, MESSAGES.getTable, 0, () => TABLE.write(this.#writer, { name: at.table }));
    }

    newChain(at: TableAddress, { name, hook }: Chain): void {
        const attached = hook && {
            hook: { number: HOOKS[hook.at], priority: hook.priority, device: hook.device },
            policy: NF_ACCEPT,
            type: hook.type ?? "filter",
        };
        const create = NETLINK.NLM_F_CREATE;
        this.#message(at, MESSAGES.newChain, create, () => CHAIN.write(this.#writer, { table: at.table, name, ...attached }));
    }

    /** @param id differs for each set of a batch */
    newSet(at: TableAddress, set: ElementSet, id: number): void {
        const { name, keyType, keyLength, data, filledByRules } = set;
        const values = {
            ...{ table: at.table, name, flags: flagsOf(set), keyType, keyLength, id },
            ...(data === "verdict" ? { dataType: VERDICT_TYPE } : { dataType: data?.type, dataLength: data?.length }),
            ...(set.isNumbered !== undefined && { userData: NUMBERED[set.isNumbered] }),
            ...(filledByRules && { description: { size: filledByRules.size }, timeout: filledByRules.timeout * 1_000 }),
        };
        this.#message(at, MESSAGES.newSet, NETLINK.NLM_F_CREATE, () => SET.write(this.#writer, values));
    }

    /** Removes a chain without rules that nothing leads to; EBUSY when something does. */
    deleteChain(at: TableAddress, name: string): void {
        this.#message(at, MESSAGES.deleteChain, 0, () => CHAIN.write(this.#writer, { table: at.table, name }));
    }

    /** Removes a set with its elements; EBUSY while a rule uses it. */
    deleteSet(at: TableAddress, name: string): void {
        this.#message(at, MESSAGES.deleteSet, 0, () => SET.write(this.#writer, { table: at.table, name }));
    }

    /** Removes all elements of a set. */
    flushSet(at: TableAddress, set: string): void {
        this.#message(at, MESSAGES.deleteElements, 0, () => ELEMENTS.write(this.#writer, { table: at.table, set }));
    }

    /** Appends a rule to a chain. */
    newRule(at: TableAddress, chain: string, { expressions, userData }: Rule): void {
        const flags = NETLINK.NLM_F_CREATE | NLM_F_APPEND;
        this.#message(at, MESSAGES.newRule, flags, () => RULE.write(this.#writer, { table: at.table, chain, expressions, userData }));
    }

    /** Removes all rules of a chain. */
    flushChain(at: TableAddress, chain: string): void {
        this.#message(at, MESSAGES.deleteRule, 0, () => RULE.write(this.#writer, { table: at.table, chain }));
    }

    /** Asks for all rules of a table. */
    dumpRules(at: TableAddress): void {
        this.#message(at, MESSAGES.getRule, NETLINK.NLM_F_DUMP, () => RULE.write(this.#writer, { table: at.table }));
    }

    /** Makes a counter that rules can name. */
    newCounter(at: TableAddress, name: string): void {
        const values = { table: at.table, name, type: COUNTER_TYPE, counter: {} };
        this.#message(at, MESSAGES.newObject, NETLINK.NLM_F_CREATE, () => OBJECT.write(this.#writer, values));
    }

    /** Asks for all counters of a table. */
    dumpCounters(at: TableAddress): void {
        this.#message(at, MESSAGES.getObject, NETLINK.NLM_F_DUMP, () =>
            OBJECT.write(this.#writer, { table: at.table, type: COUNTER_TYPE }),
        );
    }

    /** Removes a counter; EBUSY while a rule names it. */
    deleteCounter(at: TableAddress, name: string): void {
        this.#message(at, MESSAGES.deleteObject, 0, () => OBJECT.write(this.#writer, { table: at.table, name, type: COUNTER_TYPE }));
    }

    /** Adds elements; those that are there already stay. At most {@link MOST_ELEMENTS}. */
    newElements(at: TableAddress, set: string, elements: readonly SetElement[]): void {
        this.#elements(at, MESSAGES.newElements, set, elements);
    }

    /** Removes elements; ENOENT when one is not there. At most {@link MOST_ELEMENTS}. */
    deleteElements(at: TableAddress, set: string, elements: readonly SetElement[]): void {
        this.#elements(at, MESSAGES.deleteElements, set, elements);
    }

    #elements(at: TableAddress, message: number, set: string, elements: readonly SetElement[]): void {
        const values = elements.map(({ key, data, chain }) => ({ key: { value: key }, data: dataOf(data, chain) }));
        const flags = message === MESSAGES.newElements ? NETLINK.NLM_F_CREATE : 0;
        this.#message(at, message, flags, () => ELEMENTS.write(this.#writer, { table: at.table, set, elements: values }));
    }

    #mark(type: number): void {
        this.#writer.begin(type, NETLINK.NLM_F_REQUEST, this.#sequence++);
        HEADER.write(this.#writer, { resourceLow: NFNL_SUBSYS_NFTABLES });
        this.#writer.end();
    }

    #message({ family }: TableAddress, message: number, flags: number, write: () => void): void {
        const type = (NFNL_SUBSYS_NFTABLES << 8) | message;
        this.#writer.begin(type, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK | flags, this.#sequence++);
        HEADER.write(this.#writer, { family: FAMILIES[family] });
        write();
        this.#writer.end();
    }
}

function flagsOf({ data, isConstant, filledByRules }: ElementSet): number {
    const isFilled = filledByRules === undefined ? 0 : SET_FLAGS.dynamic | SET_FLAGS.timeout;
    return (data === undefined ? 0 : SET_FLAGS.map) | (isConstant === true ? SET_FLAGS.constant : 0) | isFilled;
}

function dataOf(data: Uint8Array | undefined, chain: string | undefined) {
    return chain === undefined ? data && { value: data } : { verdict: { code: VERDICTS.goto, chain } };
}

/** The most elements that fit a message whatever they are: the length of an attribute is a number of sixteen bits. */
export const MOST_ELEMENTS = 512;

const NLM_F_APPEND = 0x800;
const FAMILY_NAMES = ["ip", "ip6", "netdev"] as const;

/** Something of nf_tables that the kernel tells of: in which table it is, and what the table's owner wrote on it. */
export interface TableNews {
    readonly family: TableAddress["family"];
    readonly table: string;
    /** Of a table itself, where it has some. */
    readonly userData?: Uint8Array;
}

/** Which table a message of this type is about; undefined when it is about none of our families, or is cut. */
export function readTableNews(type: number, payload: Uint8Array): TableNews | undefined {
    const view = viewOf(payload);
    const header = type >> 8 === NFNL_SUBSYS_NFTABLES ? HEADER.read(view, 0, payload.length) : undefined;
    const family = FAMILY_NAMES.find((name) => FAMILIES[name] === header?.family);
    if (family === undefined) {
        return undefined;
    }
    // The table's name is the first attribute of tables, chains, rules, sets and lists of elements alike.
    const { name, userData } = TABLE.read(view, HEADER.size, payload.length - HEADER.size);
    const isTable = (type & 0xff) === MESSAGES.newTable;
    return name === undefined ? undefined : { family, table: name, ...(isTable && userData !== undefined && { userData }) };
}

/** What a rule's owner wrote on it, and the chain in which it is; undefined when the message is of something else. */
export function readRule(type: number, payload: Uint8Array): { readonly chain: string; readonly userData: Uint8Array } | undefined {
    const isRule = type === ((NFNL_SUBSYS_NFTABLES << 8) | MESSAGES.newRule) && payload.length >= HEADER.size;
    const values = isRule ? RULE.read(viewOf(payload), HEADER.size, payload.length - HEADER.size) : {};
    const { chain, userData } = values;
    return chain === undefined || userData === undefined ? undefined : { chain, userData };
}

/** A counter and what it has counted. */
export interface CounterNews {
    readonly name: string;
    readonly packets: number;
    readonly bytes: number;
}

/** What a counter has counted; undefined when the message is of something else. */
export function readCounter(type: number, payload: Uint8Array): CounterNews | undefined {
    const isObject = type === ((NFNL_SUBSYS_NFTABLES << 8) | MESSAGES.newObject) && payload.length >= HEADER.size;
    const { name, counter } = isObject ? OBJECT.read(viewOf(payload), HEADER.size, payload.length - HEADER.size) : {};
    return name === undefined || counter === undefined ? undefined : { name, packets: counter.packets ?? 0, bytes: counter.bytes ?? 0 };
}
