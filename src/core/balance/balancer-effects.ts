import type { BalancerEffect } from "./effects.ts";
import type { BalanceReport } from "./reports.ts";
import type { TableCommand } from "./table.ts";
import type { VirtualServer } from "./virtual-server.ts";

/** A report as an effect. */
export function report(one: BalanceReport): BalancerEffect {
    return { type: "report", report: one };
}

/** Commands as an effect, if there are any. */
export function apply(commands: readonly TableCommand[]): readonly BalancerEffect[] {
    return commands.length === 0 ? [] : [{ type: "apply", commands }];
}

/** The commands of one event as one batch, in their order; reports stay where they are. */
export function joined(effects: readonly BalancerEffect[]): readonly BalancerEffect[] {
    if (!effects.some(({ type }) => type === "apply")) {
        return effects;
    }
    const commands = effects.flatMap((effect) => (effect.type === "apply" ? effect.commands : []));
    const others = effects.filter((effect) => effect.type !== "apply");
    return [...apply(commands), ...others];
}

/** The question how many clients a virtual server's servers have, if some of them are to lose them. */
export function countConnections({ settings, services, pool }: VirtualServer): readonly BalancerEffect[] {
    const identities = services.map(({ identity }) => identity);
    return pool.isDraining ? [{ type: "count-connections", service: settings.key, identities }] : [];
}
