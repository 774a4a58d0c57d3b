import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { childrenOf, processorSeconds } from "../../src/app/cli/lab/process-tree.ts";
import type { InstancePlan } from "../../test/labs/harness/configuration.ts";

/** VRIDs end at 255. */
const PER_SEGMENT = 250;

/** The interfaces on which so many virtual routers stand. */
export function segmentsOf(count: number): readonly string[] {
    return Array.from({ length: Math.ceil(count / PER_SEGMENT) }, (_, index) => `eth${index}`);
}

/** So many virtual routers that are alike, with one address each. */
export function manyRouters(count: number, plan: Pick<InstancePlan, "version" | "interval" | "priority">): readonly InstancePlan[] {
    return Array.from({ length: count }, (_, index) => ({
        ...plan,
        name: `VI_${index}`,
        family: 4,
        interface: `eth${Math.floor(index / PER_SEGMENT)}`,
        vrid: (index % PER_SEGMENT) + 1,
        addresses: [`10.99.${index >> 8}.${index & 0xff}/32`],
    }));
}

/** The processor time that parent and children have had so far, in seconds. */
export function totalSeconds(daemon: LabDaemon): number {
    return [daemon.pid, ...childrenOf(daemon.pid)].reduce((total, pid) => total + processorSeconds(pid), 0);
}
