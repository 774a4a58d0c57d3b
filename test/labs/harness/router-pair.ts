import { Lab } from "../../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../../src/app/cli/lab/lab-daemon.ts";
import { until } from "../../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan } from "./configuration.ts";
import { type DaemonKind, programOf } from "./daemon-kind.ts";

/** Two routers and a client on one segment. */
export function openPair(): Lab {
    return Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "client" }] });
}

/** Starts a daemon with one instance on a machine. */
export function startRouter(lab: Lab, node: string, kind: DaemonKind, instance: InstancePlan): LabDaemon {
    return lab.start(node, { program: programOf(kind), configuration: configuration(instance), flags: ["-P"] });
}

/** The same with several instances; quiet, for measurements. */
export function startQuietly(lab: Lab, node: string, kind: DaemonKind, instances: readonly InstancePlan[]): LabDaemon {
    return lab.start(node, { program: programOf(kind), configuration: configuration(...instances), flags: ["-P"], isQuiet: true });
}

/** Waits until the wire shows this machine as the only one that advertises. */
export async function untilMaster(lab: Lab, node: string, limit = 20_000): Promise<void> {
    await until(() => lab.capture.master() === node, { what: `${node} to be master, which is ${lab.capture.master()}`, limit });
}

/** Waits until a daemon has logged something. */
export async function untilLogged(daemon: LabDaemon, phrase: string, limit = 10_000): Promise<void> {
    await until(() => daemon.log().includes(phrase), { what: `"${phrase}" in the log:\n${daemon.log()}`, limit });
}

/** Waits until a machine's kernel holds all these addresses, or none of them. */
export async function untilAddresses(
    lab: Lab,
    node: string,
    expectation: { readonly addresses: readonly string[]; readonly held: boolean },
): Promise<void> {
    const { addresses, held } = expectation;
    await until(
        () => {
            const present = lab.network.addresses(node);
            return addresses.every((address) => present.includes(address) === held);
        },
        { what: `${addresses.join(", ")} ${held ? "on" : "gone from"} ${node}`, limit: 10_000, every: 50 },
    );
}
