import { processorSeconds } from "../../src/app/cli/lab/process-tree.ts";
import { pause } from "../../src/app/cli/lab/until.ts";
import type { CheckedServers, CheckKind } from "./checked-servers.ts";

/** Seconds between two checks of a server. */
export const INTERVAL = 2;
/** What runs for months is compared, not how it begins: a just-in-time compiler has done its work by then. */
const WARM_UP = 12_000;
const PATIENCE = 120_000;

/** One measurement of a daemon. */
export interface CheckRound {
    readonly kind: CheckKind;
    readonly daemon: "holdfast" | "keepalived";
    readonly figures: CheckFigures;
}

/** What checks cost, and how late they came. */
export interface CheckFigures {
    /** Milliseconds of processor time for 1 000 checks. */
    readonly cost: number;
    /** Checks a second. */
    readonly rate: number;
    /** Milliseconds over the interval between two checks of a server, as that saw them. */
    readonly late: readonly number[];
}

/** Who checks whom, and for how long that is watched. */
export interface Watched {
    readonly checked: CheckedServers;
    readonly servers: number;
    readonly seconds: number;
    /** The process that checks. */
    readonly pid: number;
}

/** Waits until all servers are asked as they will be for months, and measures then. @throws Error when they are not */
export async function watchChecks({ checked, servers, seconds, pid }: Watched): Promise<CheckFigures> {
    await untilAsked(checked, servers);
    await pause(WARM_UP);
    await checked.arrivals();
    const [from, before] = [performance.now(), processorSeconds(pid)];
    await pause(seconds * 1_000);
    const used = processorSeconds(pid) - before;
    const span = performance.now() - from;
    const { count, spans } = await checked.arrivals();
    return { cost: (used / count) * 1e6, rate: count / (span / 1_000), late: spans.map((one) => one - INTERVAL * 1_000) };
}

async function untilAsked(checked: CheckedServers, servers: number): Promise<void> {
    const limit = performance.now() + PATIENCE;
    for (let asked = 0; asked < servers; asked += (await checked.arrivals()).count) {
        if (performance.now() > limit) {
            throw new Error(`only ${asked} of ${servers} servers were asked`);
        }
        await pause(100);
    }
}
