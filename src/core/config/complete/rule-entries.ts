import type { Family } from "../../base/ip.ts";
import { present } from "../../base/present.ts";
import { PROTOCOL_OF_OURS } from "../../base/route.ts";
import { type Range, RULE_ACTIONS, type Rule } from "../../base/rule.ts";
import type { IpNetwork } from "../arguments/addresses.ts";
import { parseCInteger } from "../arguments/numbers.ts";
import type { RuleEntry } from "../blocks/rule-entry.ts";
import { type EntryScope, isEverywhere, named, prefixOf, Refusal } from "./route-entries.ts";

const TABLE_MAIN = 254;
const LARGEST_PORT = 0xffff;
/** Where priorities that nobody chose begin; they go downwards. */
const FIRST_FREE_PRIORITY = 16_384;
const ACTIONS = ["goto", "nop", "blackhole", "unreachable", "prohibit"] as const;

/** Priorities for rules that have none, one after the other, for each family by itself. */
export class RulePriorities {
    readonly #next = { 4: FIRST_FREE_PRIORITY, 6: FIRST_FREE_PRIORITY };

    /** The next one. */
    take(family: Family): number {
        const priority = this.#next[family];
        this.#next[family] -= 1;
        return priority;
    }
}

/** One line of `virtual_rules` or `static_rules`; undefined when it makes no rule. */
export function completeRule(entry: RuleEntry, priorities: RulePriorities, scope: EntryScope): Rule | undefined {
    const refusal = new Refusal(entry, scope, "rule");
    const family = familyOf(entry);
    if ([entry.from, entry.to].some((network) => network !== undefined && network.address.family !== family && !isEverywhere(network))) {
        refusal.add("a rule mixes IPv4 and IPv6");
    }
    const numbers = numbersOf(entry, scope, refusal);
    if (refusal.isRefused) {
        return undefined;
    }
    const [mark, markMask] = (entry.fwmark ?? "").split("/").map(parseCInteger);
    const action = ACTIONS.find((name) => entry[name]) ?? "table";
    const isTracked = !entry.no_track;
    return present({
        family,
        priority: entry.preference ?? freePriority(entry, family, priorities, scope),
        action: RULE_ACTIONS[action],
        table: action !== "table" || entry.l3mdev ? 0 : (numbers.table ?? TABLE_MAIN),
        isInverted: entry.not,
        from: selectorOf(entry.from, family),
        to: selectorOf(entry.to, family),
        tos: numbers.tos ?? 0,
        mark,
        markMask,
        realms: numbers.realms,
        suppressedPrefixLength: entry.suppress_prefixlength,
        suppressedGroup: numbers.suppressedGroup,
        inputInterface: entry.dev,
        outputInterface: entry.oif,
        tunnelId: entry["tunnel-id"],
        users: rangeOf(entry.uidrange),
        followsVrf: entry.l3mdev,
        // Ours are told from others' by the number, so those that are tracked have it.
        protocol: isTracked ? PROTOCOL_OF_OURS : (numbers.protocol ?? PROTOCOL_OF_OURS),
        ipProtocol: numbers.ipProtocol,
        sourcePorts: rangeOf(entry.sport, LARGEST_PORT),
        destinationPorts: rangeOf(entry.dport, LARGEST_PORT),
        target: entry.goto,
        isTracked,
    });
}

function numbersOf(entry: RuleEntry, { names }: EntryScope, refusal: Refusal) {
    return {
        table: named(entry.table, (word) => names.table(word), { what: "table", refusal }),
        protocol: named(entry.protocol, (word) => names.protocol(word), { what: "protocol", refusal }),
        tos: named(entry.tos, (word) => names.tos(word), { what: "type of service", refusal }),
        realms: named(entry.realms, (word) => names.realms(word), { what: "realms", refusal }),
        ipProtocol: named(entry.ipproto, (word) => names.ipProtocol(word), { what: "IP protocol", refusal }),
        suppressedGroup: named(entry.suppress_ifgroup, (word) => names.group(word), { what: "interface group", refusal }),
    };
}

function familyOf(entry: RuleEntry): Family {
    if (entry.inet || entry.inet6) {
        return entry.inet6 ? 6 : 4;
    }
    return [entry.from, entry.to].find((network) => network !== undefined && !isEverywhere(network))?.address.family ?? 4;
}

/** Nothing where all addresses are meant. */
function selectorOf(network: IpNetwork | undefined, family: Family): Rule["from"] {
    return network === undefined || network.prefixLength === 0 ? undefined : prefixOf(network, family);
}

function rangeOf(words: string | undefined, largest = 0xffff_ffff): Range | undefined {
    const [first, last = first] = (words ?? "").split("-").map(Number);
    const isRange = words !== undefined && first !== undefined && last !== undefined;
    return isRange ? { first: Math.min(first, largest), last: Math.min(last, largest) } : undefined;
}

function freePriority(entry: RuleEntry, family: Family, priorities: RulePriorities, { report, owner }: EntryScope): number {
    const priority = priorities.take(family);
    report(entry.at, {
        code: "rule-without-preference",
        errorClass: "general",
        message: `${owner}a rule has no preference`,
        consequence: `${priority} is used, which is probably not what is wanted`,
    });
    return priority;
}
