import { execFileSync } from "node:child_process";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";

/** Whether this process may make a network namespace and work in it. */
export const CAN_HAVE_NAMESPACE = process.getuid?.() === 0;

/** What the name of a skipped suite says. */
export const NEEDS_ROOT = CAN_HAVE_NAMESPACE ? "" : " (skipped: needs root for a network namespace)";

/**
 * Puts this test process into a fresh network namespace that ends with it: sockets and `ip` commands of this file happen there and nowhere else.
 */
export function enterOwnNamespace(): NativeAddon {
    const system = loadAddon();
    const result = system.unshare(system.constants.CLONE_NEWNET);
    if (result < 0) {
        throw new Error(`no network namespace: ${system.errnoNames[-result]}`);
    }
    ip("link set lo up");
    return system;
}

/** Runs iproute2's `ip` with these words. */
export function ip(words: string): string {
    return execFileSync("ip", words.split(" "), {
        encoding: "utf8",
        env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    });
}

/** Two joined interfaces, up, without IPv6 duplicate address detection. */
export function makeVethPair(one: string, other: string): void {
    ip(`link add ${one} type veth peer name ${other}`);
    for (const name of [one, other]) {
        ip(`link set ${name} up`);
    }
}

/** Turns Node's loop until a condition holds. @throws Error when it does not within the limit (milliseconds) */
export async function until(condition: () => boolean, limit = 5_000): Promise<void> {
    const end = Date.now() + limit;
    while (!condition()) {
        if (Date.now() > end) {
            throw new Error(`not within ${limit} ms: ${condition}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
    }
}
