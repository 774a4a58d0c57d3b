import { ToolError } from "../../../src/app/cli/lab/run-tool.ts";
import { pause } from "../../../src/app/cli/lab/until.ts";
import type { ChaosNode } from "./chaos-node.ts";
import { ADDRESSES, ROUTE, RULE, VMAC } from "./chaos-plan.ts";
import type { Faults } from "./fault.ts";

/** What happens to cables, interfaces, and to what the kernel holds. */
export const NETWORK_FAULTS: Faults = {
    "its cable is out": {
        strike: async ({ lab, node, random }) => {
            lab.network.cut(node.name);
            await pause(random.integer(20, 1_500));
            lab.network.join(node.name);
        },
    },
    "its cable is loose": {
        strike: async ({ lab, node, random }) => {
            for (let round = 0; round < 4; round++) {
                lab.network.cut(node.name);
                await pause(random.integer(1, 150));
                lab.network.join(node.name);
                await pause(random.integer(1, 150));
            }
        },
    },
    "its interface goes down": {
        strike: async ({ node, random }) => {
            ask(node, "link", "set", "eth0", "down");
            await pause(random.integer(1, 1_000));
            ask(node, "link", "set", "eth0", "up");
        },
    },
    "the machines do not hear each other": {
        strike: async ({ lab, random }) => {
            lab.network.isolate("r1", "r2");
            await pause(random.integer(100, 1_500));
            lab.network.unite("r1", "r2");
        },
    },
    "somebody takes the addresses away": {
        strike: async ({ node }) => {
            ask(node, "address", "delete", `${ADDRESSES[0]}/16`, "dev", "eth0");
            ask(node, "address", "delete", `${ADDRESSES[1]}/16`, "dev", VMAC);
        },
    },
    "somebody takes its own address away for a while": {
        strike: async ({ node, random }) => {
            ask(node, "address", "delete", `${node.ownAddress}/16`, "dev", "eth0");
            await pause(random.integer(1, 1_000));
            ask(node, "address", "add", `${node.ownAddress}/16`, "dev", "eth0");
        },
    },
    "somebody takes the route away": {
        isHarmless: true,
        strike: async ({ node }) => ask(node, "route", "delete", ...ROUTE),
    },
    "somebody takes the rule away": {
        isHarmless: true,
        strike: async ({ node }) => ask(node, "rule", "delete", ...RULE),
    },
    "somebody deletes the link of the virtual MAC address": {
        strike: async ({ node }) => ask(node, "link", "delete", VMAC),
    },
    "somebody takes the link of the virtual MAC address down and up": {
        strike: async ({ node, random }) => {
            ask(node, "link", "set", VMAC, "down");
            await pause(random.integer(1, 500));
            ask(node, "link", "set", VMAC, "up");
        },
    },
};

/** What is not there cannot be taken away: only the other machine has it just now. */
function ask(node: ChaosNode, ...words: readonly string[]): void {
    try {
        node.lab.network.ip(node.name, ...words);
    } catch (error) {
        if (!(error instanceof ToolError)) {
            throw error;
        }
    }
}
