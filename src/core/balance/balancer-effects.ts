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

/** The commands of one event as one batch, in their order, before the reports. */
export function joined(effects: readonly BalancerEffect[]): readonly BalancerEffect[] {
    const { commands, others } = parted(effects);
    return [...apply(commands), ...others];
}

/**
 * The same for effects none of whose commands undoes another: of all services what comes is before what goes. The kernel keeps what was removed in mind
 * for a while, and looks through all of it at each addition.
 */
export function joinedByComing(effects: readonly BalancerEffect[]): readonly BalancerEffect[] {
    const { commands, others } = parted(effects);
    return [...apply([...commands.filter((one) => !isRemoval(one)), ...commands.filter(isRemoval)]), ...others];
}

function parted(effects: readonly BalancerEffect[]) {
    const commands: TableCommand[] = [];
    const others: BalancerEffect[] = [];
    for (const effect of effects) {
        if (effect.type === "apply") {
            for (const command of effect.commands) {
                commands.push(command);
            }
        } else {
            others.push(effect);
        }
    }
    return { commands, others };
}

function isRemoval({ type }: TableCommand): boolean {
    return type === "delete-destination" || type === "delete-service";
}

/** The question how many clients a virtual server's servers have, if some of them are to lose them. */
export function countConnections({ settings, services, pool }: VirtualServer): readonly BalancerEffect[] {
    const identities = services.map(({ identity }) => identity);
    return pool.isDraining ? [{ type: "count-connections", service: settings.key, identities }] : [];
}
