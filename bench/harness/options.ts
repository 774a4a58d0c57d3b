import { parseArgs } from "node:util";
import type { DaemonKind } from "../../test/labs/harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "../../test/labs/harness/prerequisites.ts";

const DAEMONS = ["holdfast", "keepalived"] as const satisfies readonly DaemonKind[];

/** What all failover benchmarks ask of the command line: numbers with defaults, and `--daemons` for one of the two alone. */
export function benchOptions<Name extends string>(
    defaults: Readonly<Record<Name, number>>,
): {
    readonly daemons: readonly DaemonKind[];
    readonly numbers: Readonly<Record<Name, number>>;
} {
    const names = Object.keys(defaults) as Name[];
    const options = Object.fromEntries(["daemons", ...names].map((name) => [name, { type: "string" as const }]));
    const { values } = parseArgs({ options });
    const wanted = (values["daemons"] ?? DAEMONS.join(",")).split(",");
    const numbers = Object.fromEntries(names.map((name) => [name, Number(values[name] ?? defaults[name])])) as Record<Name, number>;
    if (!canRunLabs()) {
        throw new Error("this benchmark makes network namespaces: it needs root and iproute2");
    }
    const daemons = DAEMONS.filter((daemon) => wanted.includes(daemon) && (daemon !== "keepalived" || hasTool("keepalived")));
    return { daemons, numbers };
}
