import {
    type Chain,
    type ElementSet,
    MOST_ELEMENTS,
    type NftablesWriter,
    type Rule,
    type SetElement,
    type TableAddress,
} from "../../netlink/nftables.ts";
import { OUR_TABLE } from "../../netlink/nftables-comment.ts";

/** Where a service stands: tables of the IP families translate addresses, the one of devices hands packets on as they come in. */
export type Place = TableAddress["family"];

/** One order to nf_tables; all orders of a step belong into one batch. */
export type NftablesOrder = { readonly place: Place } & (
    | { readonly type: "new-table" | "delete-table" }
    | { readonly type: "new-chain"; readonly chain: Chain }
    | {
          readonly type: "flush-chain" | "delete-chain" | "new-counter" | "delete-counter" | "flush-set" | "delete-set";
          readonly name: string;
      }
    | { readonly type: "new-rule"; readonly chain: string; readonly rule: Rule }
    | { readonly type: "new-set"; readonly set: ElementSet }
    | { readonly type: "new-elements" | "delete-elements"; readonly set: string; readonly elements: readonly SetElement[] }
);

/** Bytes that are more than enough. */
const LONGEST_ORDER = 2_048;
const LONGEST_ELEMENT = 192;

/** Bytes that are enough for these orders. */
export function capacityOf(orders: readonly NftablesOrder[]): number {
    return orders.reduce(
        (sum, order) => sum + 2 * LONGEST_ORDER + ("elements" in order ? order.elements.length * LONGEST_ELEMENT : 0),
        2 * LONGEST_ORDER,
    );
}

/** Writes an order into a batch. @param index differs for each order of the batch */
export function writeOrder(batch: NftablesWriter, table: string, order: NftablesOrder, index: number): void {
    const at = { family: order.place, table };
    switch (order.type) {
        case "new-table":
            batch.newTable(at, OUR_TABLE);
            return;
        case "delete-table":
            batch.deleteTable(at);
            return;
        case "new-chain":
            batch.newChain(at, order.chain);
            return;
        case "flush-chain":
            batch.flushChain(at, order.name);
            return;
        case "delete-chain":
            batch.deleteChain(at, order.name);
            return;
        case "new-counter":
            batch.newCounter(at, order.name);
            return;
        case "delete-counter":
            batch.deleteCounter(at, order.name);
            return;
        case "new-rule":
            batch.newRule(at, order.chain, order.rule);
            return;
        case "new-set":
            batch.newSet(at, order.set, index + 1);
            return;
        case "flush-set":
            batch.flushSet(at, order.name);
            return;
        case "delete-set":
            batch.deleteSet(at, order.name);
            return;
        case "new-elements":
        case "delete-elements":
            writeElements(batch, at, order);
    }
}

function writeElements(
    batch: NftablesWriter,
    at: TableAddress,
    { type, set, elements }: NftablesOrder & { readonly type: "new-elements" | "delete-elements" },
): void {
    for (let first = 0; first < elements.length; first += MOST_ELEMENTS) {
        const some = elements.slice(first, first + MOST_ELEMENTS);
        if (type === "new-elements") {
            batch.newElements(at, set, some);
        } else {
            batch.deleteElements(at, set, some);
        }
    }
}
