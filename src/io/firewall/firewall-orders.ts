import type { FirewallCommand } from "../../core/firewall/plan.ts";
import type { TableShape } from "../../core/firewall/table-shape.ts";
import type { NftablesWriter, TableAddress, TableFamily } from "../../core/netlink/nftables.ts";
import { OUR_TABLE } from "../../core/netlink/nftables-comment.ts";
import type { NftablesOutcome, NftablesSocket } from "../netlink/nftables-socket.ts";

/** Bytes that are more than enough for one element, and for all else in a batch. */
const LONGEST_ELEMENT = 128;
const LONGEST_FRAME = 16_384;

/** Carries out all of it or nothing. */
export function applyToFirewall(socket: NftablesSocket, table: string, commands: readonly FirewallCommand[]): NftablesOutcome {
    return socket.batch(capacityFor(commands), (batch) => {
        for (const command of commands) {
            write(batch, table, command);
        }
    });
}

function write(batch: NftablesWriter, table: string, command: FirewallCommand): void {
    const at = { family: command.family, table };
    switch (command.type) {
        case "replace-table":
            writeTable(batch, at, command.shape);
            return;
        case "delete-table":
            // What is not there cannot be deleted.
            batch.newTable(at, OUR_TABLE);
            batch.deleteTable(at);
            return;
        case "new-elements":
            batch.newElements(at, command.set, command.elements);
            return;
        case "delete-elements":
            batch.deleteElements(at, command.set, command.elements);
            return;
    }
}

function writeTable(batch: NftablesWriter, at: TableAddress, { chains, sets, rules }: TableShape): void {
    batch.newTable(at, OUR_TABLE);
    batch.deleteTable(at);
    batch.newTable(at, OUR_TABLE);
    for (const chain of chains) {
        batch.newChain(at, chain);
    }
    for (const [index, set] of sets.entries()) {
        batch.newSet(at, set, index + 1);
        if (set.elements !== undefined) {
            batch.newElements(at, set.name, set.elements);
        }
    }
    for (const { chain, expressions } of rules) {
        batch.newRule(at, chain, { expressions });
    }
}

function capacityFor(commands: readonly FirewallCommand[]): number {
    return commands.reduce(
        (sum, command) => sum + ("elements" in command ? command.elements.length * LONGEST_ELEMENT : LONGEST_FRAME),
        LONGEST_FRAME,
    );
}

/** Both families, in the order in which their tables are made. */
export const TABLE_FAMILIES: readonly TableFamily[] = ["ip", "ip6"];
