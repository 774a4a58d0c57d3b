import { type Family, type IpAddress, ipKey } from "../../../base/ip.ts";
import type { ServedEntry, TransportProtocol } from "../../../service/virtual-server.ts";
import type { ServiceGroupEntry } from "../../arguments/services.ts";
import type { virtualServerGroup } from "../../blocks/virtual-server-group.ts";
import type { BlockValue } from "../../schema.ts";
import type { Report } from "../scope.ts";
import type { WrittenVirtualServer } from "./checked-server.ts";

/** `virtual_server_group` as it was written. */
export type WrittenGroup = BlockValue<typeof virtualServerGroup>;

const MAX_ADDRESSES = 65_536;

/** What a virtual server serves, and what follows from that. */
export interface Served {
    readonly entries: readonly ServedEntry[];
    /** Of all addresses; undefined when nothing shows it, or when both are among them. */
    readonly family: Family | undefined;
}

/** Where the answer comes from. */
export interface ServedContext {
    readonly groups: ReadonlyMap<string, WrittenGroup>;
    readonly protocol: TransportProtocol;
    /** Of the real servers: what a firewall mark serves when nothing else shows it. */
    readonly serverFamily: Family | undefined;
    readonly report: Report;
}

/** Undefined after a complaint: there is nothing to serve. */
export function completeServed(written: WrittenVirtualServer, context: ServedContext): Served | undefined {
    const { service } = written;
    const stated = written.ip_family === undefined ? undefined : familyNamed(written.ip_family);
    switch (service.type) {
        case "address": {
            const { address, port = 0 } = service;
            const entry: ServedEntry = { type: "addresses", first: address, count: 1, port, protocol: context.protocol };
            return { entries: [entry], family: address.family };
        }
        case "fwmark": {
            const family = stated ?? context.serverFamily ?? 4;
            return { entries: [{ type: "fwmark", family, mark: service.mark }], family };
        }
        case "group":
            return completeGroup(written, service.name, stated, context);
    }
}

function completeGroup(
    written: WrittenVirtualServer,
    name: string,
    stated: Family | undefined,
    context: ServedContext,
): Served | undefined {
    const group = context.groups.get(name);
    const refuse = (code: string, message: string): undefined => {
        context.report(written.at, { code, errorClass: "general", message, consequence: "the virtual server is left out" });
    };
    if (group === undefined) {
        return refuse("unknown-group", `virtual_server_group ${name} is not there`);
    }
    const addressed = group.entries.flatMap((entry) => addressesOf(entry, context.protocol));
    if (addressed.some(isTooMany)) {
        const message = `an entry of virtual_server_group ${name} has more than ${MAX_ADDRESSES} addresses`;
        const consequence = `the first ${MAX_ADDRESSES} are served`;
        context.report(written.at, { code: "too-many-addresses", errorClass: "note", severity: "warning", message, consequence });
    }
    const shown = new Set(addressed.map((entry) => entry.first.family));
    const marks = group.entries.flatMap((entry) => (entry.type === "fwmark" ? [entry] : []));
    if (shown.size === 2 && marks.some((mark) => mark.family === undefined)) {
        return refuse("group-families", `virtual_server_group ${name} has addresses of both families and a fwmark of none`);
    }
    const fallback = stated ?? [...shown][0] ?? context.serverFamily ?? 4;
    const marked = marks.map(
        (entry): ServedEntry => ({
            type: "fwmark",
            family: entry.family === undefined ? fallback : familyNamed(entry.family),
            mark: entry.mark,
        }),
    );
    const entries: readonly ServedEntry[] = [...addressed.map(clipped), ...marked];
    if (entries.length === 0) {
        return refuse("empty-group", `virtual_server_group ${name} is empty`);
    }
    const families = new Set(entries.map((entry) => (entry.type === "fwmark" ? entry.family : entry.first.family)));
    return { entries, family: families.size === 1 ? [...families][0] : undefined };
}

type Addresses = ServedEntry & { readonly type: "addresses" };

function addressesOf(entry: ServiceGroupEntry, protocol: TransportProtocol): readonly Addresses[] {
    if (entry.type === "fwmark") {
        return [];
    }
    const [first, count] =
        entry.type === "network"
            ? [
                  entry.network.address,
                  2 ** (8 * entry.network.address.bytes.length - (entry.network.prefixLength ?? 8 * entry.network.address.bytes.length)),
              ]
            : [entry.range.first, distance(entry.range.first, entry.range.last) + 1];
    return [{ type: "addresses", first, count, port: entry.port ?? 0, protocol }];
}

function isTooMany({ count }: Addresses): boolean {
    return count > MAX_ADDRESSES;
}

function clipped(entry: Addresses): Addresses {
    return isTooMany(entry) ? { ...entry, count: MAX_ADDRESSES } : entry;
}

/** How far the last address lies behind the first one. */
function distance(first: IpAddress, last: IpAddress): number {
    return first.bytes.reduce((sum, byte, index) => sum * 256 + ((last.bytes[index] ?? 0) - byte), 0);
}

function familyNamed(name: string): Family {
    return name === "inet6" ? 6 : 4;
}

/** Equal for entries that are the same in the kernel. */
export function entryKey(entry: ServedEntry): string {
    return entry.type === "fwmark"
        ? `fwmark ${entry.family} ${entry.mark}`
        : `${entry.protocol} ${entry.port} ${entry.count} ${ipKey(entry.first)}`;
}
