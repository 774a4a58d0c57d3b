import { apply, report } from "./balancer-effects.ts";
import type { BalancerEffect } from "./effects.ts";
import { commandsInOrder } from "./plan.ts";
import type { BalancerSettings } from "./settings.ts";
import { farewells } from "./standing-reports.ts";
import type { TableKeeper } from "./table-keeper.ts";
import type { VirtualServer } from "./virtual-server.ts";

/** The load balancer leaves: what is told, and what becomes of the kernel's table. */
export function partingEffects(
    { atStop, daemons }: BalancerSettings,
    servers: readonly VirtualServer[],
    keeper: TableKeeper,
): readonly BalancerEffect[] {
    const daemonsEnd = daemons.map((daemon) => ({ type: "stop-daemon", daemon }) as const);
    if (atStop === "keep") {
        return daemonsEnd;
    }
    const reports = servers.flatMap(farewells).map(report);
    const identities = servers.flatMap((server) => server.services.map((service) => service.identity));
    if (atStop === "flush") {
        return [...reports, { type: "flush-table" }, ...daemonsEnd];
    }
    const commands = commandsInOrder();
    keeper.retire(identities, commands);
    return [...reports, ...apply(commands.going), ...daemonsEnd];
}
