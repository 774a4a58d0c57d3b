import { parseArgs } from "node:util";
import { formatIp, type IpAddress, parseIp } from "../../core/base/ip.ts";
import type { Result } from "../../core/base/result.ts";
import { isReady, NEEDED_PARAMETERS, planAddition } from "../../core/service/real-server-plan.ts";
import { defaultStatePath, RealServer } from "../../io/link/real-server.ts";
import { loadAddon } from "../../io/native/load.ts";
import type { Streams } from "./check.ts";

const STATUS = { done: 0, usage: 1, notReady: 3, refused: 5 } as const;

const USAGE = `usage: holdfast realserver add VIP… | remove [VIP…] | status [VIP…] [--json] [--state FILE]
Sets up what a real server of LVS-DR needs, and undoes it: the addresses on lo, and silence about them (arp_ignore, arp_announce).
  add       may be repeated; what was there before is left as it is
  remove    what add has put up, and with the last address the settings; all of it without an address
  status    how things stand; for all that add has put up without an address
  --json    one JSON document on standard output
  --state   where it is remembered what was changed; a file of this network namespace in /run when not given
Exit status: 0 done or ready, 1 wrong usage, 3 not ready, 5 refused.
`;

interface Wish {
    readonly verb: "add" | "remove" | "status";
    readonly addresses: readonly IpAddress[];
    readonly isJson: boolean;
    readonly statePath: string;
}

/** `holdfast realserver …`: this machine as a real server of DR. */
export async function runRealServer(argv: readonly string[], streams: Streams): Promise<number> {
    const wish = parseWish(argv);
    if (wish === undefined || (wish.verb === "add" && wish.addresses.length === 0)) {
        streams.errors.write(USAGE);
        return STATUS.usage;
    }
    const server = new RealServer(loadAddon(), wish.statePath);
    const outcome = carryOut(server, wish);
    if (!outcome.ok) {
        streams.errors.write(`holdfast realserver ${wish.verb}: ${outcome.error}\n`);
        return STATUS.refused;
    }
    const report = reportOn(server, wish, outcome.value);
    streams.output.write(wish.isJson ? `${JSON.stringify(report, undefined, 2)}\n` : textOf(report));
    return wish.verb === "status" && !report.isReady ? STATUS.notReady : STATUS.done;
}

function carryOut(server: RealServer, { verb, addresses }: Wish): Result<readonly IpAddress[], string> {
    switch (verb) {
        case "add":
            return server.add(addresses);
        case "remove":
            return server.remove(addresses.length === 0 ? undefined : addresses);
        case "status": {
            const state = server.state();
            return state.ok ? { ok: true, value: [] } : state;
        }
    }
}

interface RealServerReport {
    readonly isReady: boolean;
    /** What this call has put up or taken down. */
    readonly changed: readonly string[];
    readonly addresses: readonly { readonly address: string; readonly stands: boolean; readonly isAddedByUs: boolean }[];
    readonly parameters: readonly { readonly path: string; readonly value: number | undefined; readonly needed: number }[];
}

function reportOn(server: RealServer, { addresses }: Wish, changed: readonly IpAddress[]): RealServerReport {
    const state = server.state();
    const added = state.ok ? state.value.addresses : [];
    const concerned = addresses.length === 0 ? added : addresses;
    const view = server.view();
    const missing = new Set(planAddition(concerned, view).addresses.map(formatIp));
    const ours = new Set(added.map(formatIp));
    return {
        isReady: isReady(concerned, view),
        changed: changed.map(formatIp),
        addresses: concerned.map(formatIp).map((address) => ({ address, stands: !missing.has(address), isAddedByUs: ours.has(address) })),
        parameters: NEEDED_PARAMETERS.map(({ path, value }) => ({ path, value: view.parameters.get(path), needed: value })),
    };
}

function textOf({ isReady: ready, changed, addresses, parameters }: RealServerReport): string {
    const origin = (isAddedByUs: boolean) => (isAddedByUs ? "added by holdfast" : "not by holdfast");
    return [
        ...changed.map((address) => `changed: ${address}`),
        ...addresses.map(
            ({ address, stands, isAddedByUs }) => `${address} ${stands ? `stands on lo, ${origin(isAddedByUs)}` : "does not stand on lo"}`,
        ),
        ...parameters.map(({ path, value, needed }) => `${path} is ${value ?? "unknown"}, at least ${needed} is needed`),
        ready ? "ready" : "not ready",
        "",
    ].join("\n");
}

function parseWish(argv: readonly string[]): Wish | undefined {
    try {
        const { values, positionals } = parseArgs({
            args: [...argv],
            allowPositionals: true,
            options: { json: { type: "boolean" }, state: { type: "string" } },
        });
        const [verb, ...words] = positionals;
        const addresses = words.map((word) => parseIp(word));
        if ((verb !== "add" && verb !== "remove" && verb !== "status") || addresses.includes(undefined)) {
            return undefined;
        }
        return {
            verb,
            addresses: addresses.filter((address) => address !== undefined),
            isJson: values.json === true,
            statePath: values.state ?? defaultStatePath(),
        };
    } catch {
        return undefined;
    }
}
