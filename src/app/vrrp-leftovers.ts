import { formatIp } from "../core/base/ip.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import type { RoutingSet } from "../core/route/routing-set.ts";
import type { Belongings } from "../core/supervise/belongings.ts";
import type { Link } from "../core/vrrp/events.ts";
import type { AddressPort } from "../host/world.ts";
import { removeLeftLinks } from "../io/link/left-links.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { leftAddresses } from "../io/netlink/left-addresses.ts";
import { STATIC } from "./vrrp-routing.ts";

/** Through whom leftovers are removed. */
export interface LeftoversSettings {
    readonly system: NativeAddon;
    readonly addresses: AddressPort;
    readonly linkNamed: (name: string) => Link | undefined;
    /** @returns what goes, in words */
    readonly removeRouting: (routing: RoutingSet) => readonly string[];
    readonly removeTables: (names: readonly string[]) => void;
    readonly log: (line: LogLine) => void;
}

const WHY = "left behind by a daemon that was killed";

/** Removes what a daemon that was killed left behind, as far as it stands and bears our mark; says each thing. What the kernel refuses is said, and stays. */
export function clearLeftovers(leftovers: Belongings, settings: LeftoversSettings): void {
    for (const clear of [clearLinks, clearAddresses, clearRouting, clearTables]) {
        try {
            clear(leftovers, settings);
        } catch (error) {
            const text = `cannot remove what was ${WHY}: ${error instanceof Error ? error.message : String(error)}`;
            settings.log({ level: "error", isDetail: false, text });
        }
    }
}

function clearLinks({ links }: Belongings, { system, linkNamed, log }: LeftoversSettings): void {
    for (const { link, code } of removeLeftLinks(system, links, linkNamed)) {
        if (code === "") {
            tell(log, `${link.form.kind} ${link.name}`);
        } else {
            log({ level: "error", isDetail: false, text: `cannot remove ${link.form.kind} ${link.name}, ${WHY}: ${code}` });
        }
    }
}

function clearAddresses({ addresses }: Belongings, { system, addresses: port, linkNamed, log }: LeftoversSettings): void {
    const standing = leftAddresses(system, addresses, linkNamed);
    for (const { interfaceName, address, prefixLength } of standing) {
        tell(log, `${formatIp(address)}/${prefixLength} from ${interfaceName}`);
    }
    if (standing.length > 0) {
        port.release(STATIC, standing);
    }
}

function clearRouting({ routing }: Belongings, { removeRouting, log }: LeftoversSettings): void {
    for (const what of removeRouting(routing)) {
        tell(log, what);
    }
}

function clearTables({ tables }: Belongings, { removeTables }: LeftoversSettings): void {
    removeTables(tables);
}

function tell(log: LeftoversSettings["log"], what: string): void {
    log({ level: "notice", isDetail: false, text: `Removing ${what}: ${WHY}` });
}
