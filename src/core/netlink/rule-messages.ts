import { viewOf } from "../base/bytes.ts";
import type { Family, IpAddress } from "../base/ip.ts";
import { present } from "../base/present.ts";
import type { Prefix } from "../base/route.ts";
import type { Range, Rule } from "../base/rule.ts";
import { AttributeTable, attribute } from "./attributes.ts";
import { ipAddress, type Layout, networkU32, structure, text, u8, u16, u32 } from "./layout.ts";
import { NETLINK } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * Routing rules of rtnetlink (include/uapi/linux/fib_rules.h): struct fib_rule_hdr and FRA_*.
 */

export const RULE_MESSAGE = {
    RTM_NEWRULE: 32,
    RTM_DELRULE: 33,
    RTM_GETRULE: 34,
    RTNLGRP_IPV4_RULE: 8,
    RTNLGRP_IPV6_RULE: 19,
} as const;

const FAMILY_NUMBERS = { 4: 2, 6: 10 } as const;
const FIB_RULE_INVERT = 2;
const LARGEST_SHORT_TABLE = 255;
const NO_LIMIT = 0xffff_ffff;

const HEADER = structure({
    family: u8,
    destinationLength: u8,
    sourceLength: u8,
    tos: u8,
    table: u8,
    reserved: u8,
    reservedToo: u8,
    action: u8,
    flags: u32,
});

const tunnelNumber: Layout<number> = {
    read: (view, offset, length) => (length < 8 ? undefined : view.getUint32(offset + 4)),
    write: (writer, value) => {
        networkU32.write(writer, 0);
        networkU32.write(writer, value);
    },
};

function range(size: 2 | 4): Layout<Range> {
    const { read, write } = size === 2 ? u16 : u32;
    return {
        read: (view, offset, length) => {
            const [first, last] = [read(view, offset, size), length < 2 * size ? undefined : read(view, offset + size, size)];
            return first === undefined || last === undefined ? undefined : { first, last };
        },
        write: (writer, { first, last }) => {
            write(writer, first);
            write(writer, last);
        },
    };
}

const ATTRIBUTES = new AttributeTable({
    destination: attribute(1, ipAddress),
    source: attribute(2, ipAddress),
    inputInterface: attribute(3, text),
    target: attribute(4, u32),
    priority: attribute(6, u32),
    mark: attribute(10, u32),
    realms: attribute(11, u32),
    tunnelId: attribute(12, tunnelNumber),
    suppressedGroup: attribute(13, u32),
    suppressedPrefixLength: attribute(14, u32),
    table: attribute(15, u32),
    markMask: attribute(16, u32),
    outputInterface: attribute(17, text),
    followsVrf: attribute(19, u8),
    users: attribute(20, range(4)),
    protocol: attribute(21, u8),
    ipProtocol: attribute(22, u8),
    sourcePorts: attribute(23, range(2)),
    destinationPorts: attribute(24, range(2)),
});

/** Adds a rule; EEXIST when one with the same words stands already. */
export function writeNewRule(writer: MessageWriter, rule: Rule, sequence: number): void {
    const flags = NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK | NETLINK.NLM_F_CREATE | NETLINK.NLM_F_EXCL;
    writer.begin(RULE_MESSAGE.RTM_NEWRULE, flags, sequence);
    writeRule(writer, rule);
}

/** Removes that rule. */
export function writeDeleteRule(writer: MessageWriter, rule: Rule, sequence: number): void {
    writer.begin(RULE_MESSAGE.RTM_DELRULE, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_ACK, sequence);
    writeRule(writer, rule);
}

/** Asks for all rules of both families. */
export function writeRuleDump(writer: MessageWriter, sequence: number): void {
    writer.begin(RULE_MESSAGE.RTM_GETRULE, NETLINK.NLM_F_REQUEST | NETLINK.NLM_F_DUMP, sequence);
    HEADER.write(writer, {});
    writer.end();
}

/** RTM_NEWRULE's and RTM_DELRULE's payload; undefined when it is cut or of another family. Rules of others count as tracked, too. */
export function readRule(payload: Uint8Array): Rule | undefined {
    const view = viewOf(payload);
    const header = HEADER.read(view, 0, payload.length);
    const family: Family | undefined = header?.family === FAMILY_NUMBERS[4] ? 4 : header?.family === FAMILY_NUMBERS[6] ? 6 : undefined;
    if (header === undefined || family === undefined) {
        return undefined;
    }
    const found = ATTRIBUTES.read(view, HEADER.size, payload.length - HEADER.size);
    return present({
        family,
        priority: found.priority ?? 0,
        action: header.action,
        table: found.table ?? header.table,
        isInverted: (header.flags & FIB_RULE_INVERT) !== 0,
        from: prefixOf(family, found.source, header.sourceLength),
        to: prefixOf(family, found.destination, header.destinationLength),
        tos: header.tos,
        mark: found.mark,
        markMask: found.mark === undefined ? undefined : without(NO_LIMIT, found.markMask),
        realms: found.realms,
        suppressedPrefixLength: without(NO_LIMIT, found.suppressedPrefixLength),
        suppressedGroup: without(NO_LIMIT, found.suppressedGroup),
        inputInterface: found.inputInterface,
        outputInterface: found.outputInterface,
        tunnelId: without(0, found.tunnelId),
        users: found.users,
        followsVrf: found.followsVrf === 1,
        protocol: found.protocol ?? 0,
        ipProtocol: without(0, found.ipProtocol),
        sourcePorts: found.sourcePorts,
        destinationPorts: found.destinationPorts,
        target: found.target,
        isTracked: true,
    });
}

/** The kernel also tells of what there is not, with a number that stands for nothing. */
function without(nothing: number, value: number | undefined): number | undefined {
    return value === nothing ? undefined : value;
}

function prefixOf(family: Family, address: IpAddress | undefined, prefixLength: number): Prefix | undefined {
    return address === undefined || address.family !== family || prefixLength === 0 ? undefined : { address, prefixLength };
}

function writeRule(writer: MessageWriter, rule: Rule): void {
    const { family, from, to, tos, table, action } = rule;
    HEADER.write(writer, {
        family: FAMILY_NUMBERS[family],
        destinationLength: to?.prefixLength ?? 0,
        sourceLength: from?.prefixLength ?? 0,
        tos,
        table: table > LARGEST_SHORT_TABLE ? 0 : table,
        action,
        flags: rule.isInverted ? FIB_RULE_INVERT : 0,
    });
    ATTRIBUTES.write(writer, {
        ...{ ...rule, destination: to?.address, source: from?.address },
        table: table > LARGEST_SHORT_TABLE ? table : undefined,
        followsVrf: rule.followsVrf ? 1 : undefined,
    });
    writer.end();
}
