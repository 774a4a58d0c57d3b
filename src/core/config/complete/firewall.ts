import type { Position } from "../position.ts";
import type { Globals } from "./globals.ts";
import type { Configuration, Report } from "./scope.ts";

const DEFAULT_TABLE = "keepalived";
const DEFAULT_PRIORITY = -1;
/** NFT_TABLE_MAXNAMELEN is longer; Keepalived and its users' scripts know 31. */
const LONGEST_TABLE_NAME = 31;

/** How packets are kept away from addresses: the shape of the firewall's own settings. */
export interface CompletedFirewall {
    readonly table: string;
    readonly priority: number;
    readonly counters: boolean;
    readonly matchesByIndex: boolean;
}

/** nftables does the work in any case, also where iptables is asked for, as in Keepalived where the iptables commands are made of nftables. */
export function completeFirewall({ global_defs: globals, at }: Configuration, report: Report): CompletedFirewall {
    remarkOnIptables(globals, at, report);
    const named = globals?.nftables;
    return {
        table: typeof named === "string" ? shortened(named, globals?.positions.nftables ?? at, report) : DEFAULT_TABLE,
        priority: globals?.nftables_priority ?? DEFAULT_PRIORITY,
        counters: globals?.nftables_counters ?? false,
        matchesByIndex: globals?.nftables_ifindex ?? false,
    };
}

function remarkOnIptables(globals: Globals | undefined, fallback: Position, report: Report): void {
    for (const keyword of ["vrrp_iptables", "vrrp_ipsets"] as const) {
        const at = globals?.positions[keyword];
        if (at !== undefined) {
            report(at ?? fallback, {
                code: "nftables-instead",
                errorClass: "note",
                message: `${keyword} asks for iptables, which nftables takes the place of`,
                consequence: `the same packets are dropped by the nftables table ${typeof globals?.nftables === "string" ? globals.nftables : DEFAULT_TABLE}; no chain of iptables is touched`,
            });
        }
    }
}

function shortened(name: string, at: Position, report: Report): string {
    if (name.length <= LONGEST_TABLE_NAME) {
        return name;
    }
    const used = name.slice(0, LONGEST_TABLE_NAME);
    report(at, {
        code: "table-name-length",
        errorClass: "general",
        message: `nftables table name ${name} is longer than ${LONGEST_TABLE_NAME} characters`,
        consequence: `${used} is used`,
    });
    return used;
}
