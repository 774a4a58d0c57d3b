import { equalBytes } from "../base/bytes.ts";
import { MOST_ELEMENTS, type SetElement, type TableFamily } from "../netlink/nftables.ts";
import type { TableContents } from "./contents.ts";
import type { FirewallSettings } from "./firewall-settings.ts";
import { type TableShape, tableShape } from "./table-shape.ts";

/**
 * How a table of our name stands in the kernel: with these contents, as we left it; or left by a predecessor or touched by somebody, so that only
 * making it anew helps; or not ours, which is let alone until the name is needed; or not there.
 */
export type StandingTable = TableContents | "stale" | "foreign" | "absent";

/** One order to the kernel; all orders of a plan belong into one batch. */
export type FirewallCommand =
    /** In place of whatever is there under that name. */
    | { readonly type: "replace-table"; readonly family: TableFamily; readonly shape: TableShape }
    | { readonly type: "delete-table"; readonly family: TableFamily | "netdev" }
    | {
          readonly type: "delete-elements" | "new-elements";
          readonly family: TableFamily;
          readonly set: string;
          readonly elements: readonly SetElement[];
      };

/** What leads from what stands to what is wanted. A table that is no longer needed stays, empty, until the end: it may be needed again. */
export function planTable(
    family: TableFamily,
    standing: StandingTable,
    desired: TableContents,
    settings: FirewallSettings,
): readonly FirewallCommand[] {
    const isNeeded = desired.sets.size > 0;
    if (typeof standing === "object" && (standing.guardsVmacs || !desired.guardsVmacs)) {
        return changes(family, standing.sets, desired.sets);
    }
    if (!isNeeded) {
        return standing === "stale" || typeof standing === "object" ? [{ type: "delete-table", family }] : [];
    }
    const shape = tableShape(family, settings, desired.guardsVmacs);
    return [{ type: "replace-table", family, shape }, ...changes(family, new Map(), desired.sets)];
}

type Sets = TableContents["sets"];

/** Removals first: an element of a map is changed by removing and adding it. */
function changes(family: TableFamily, standing: Sets, desired: Sets): FirewallCommand[] {
    const removed = differences(standing, desired);
    const added = differences(desired, standing);
    return [...inMessages("delete-elements", family, removed), ...inMessages("new-elements", family, added)];
}

/** The elements of `sets` that `others` do not have just so. */
function differences(sets: Sets, others: Sets): Map<string, SetElement[]> {
    const found = new Map<string, SetElement[]>();
    for (const [name, elements] of sets) {
        const known = others.get(name);
        const missing = [...elements].flatMap(([key, element]) => (isSame(known?.get(key), element) ? [] : [element]));
        if (missing.length > 0) {
            found.set(name, missing);
        }
    }
    return found;
}

const NOTHING = new Uint8Array();

function isSame(one: SetElement | undefined, other: SetElement): boolean {
    return one !== undefined && equalBytes(one.data ?? NOTHING, other.data ?? NOTHING);
}

function inMessages(type: "delete-elements" | "new-elements", family: TableFamily, sets: Map<string, SetElement[]>): FirewallCommand[] {
    const commands: FirewallCommand[] = [];
    for (const [set, elements] of sets) {
        for (let first = 0; first < elements.length; first += MOST_ELEMENTS) {
            commands.push({ type, family, set, elements: elements.slice(first, first + MOST_ELEMENTS) });
        }
    }
    return commands;
}
