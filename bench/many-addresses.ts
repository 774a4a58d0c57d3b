// A takeover with thousands of addresses: when the first one works, when the last one is announced, and how long the new master is silent meanwhile.
//
//   node scripts/run-ts.mjs bench/many-addresses.ts [--addresses 4000] [--rounds 3] [--daemons holdfast]
import { echoesOf } from "../src/app/cli/lab/echo-record.ts";
import type { Lab } from "../src/app/cli/lab/lab.ts";
import { Probe } from "../src/app/cli/lab/probe.ts";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import { pause, until } from "../src/app/cli/lab/until.ts";
import type { InstancePlan } from "../test/labs/harness/configuration.ts";
import type { DaemonKind } from "../test/labs/harness/daemon-kind.ts";
import { openPair, startQuietly, untilLogged, untilMaster } from "../test/labs/harness/router-pair.ts";
import { benchOptions } from "./harness/options.ts";
import { median } from "./harness/summary.ts";

const INTERVAL = 0.1;
const INSTANCE = { version: 3, family: 4, interval: INTERVAL } as const satisfies Partial<InstancePlan>;

/** All in milliseconds from the new master's first advertisement. */
interface Takeover {
    readonly firstAnswer: number;
    readonly firstAnnounced: number;
    readonly lastAnnounced: number;
    readonly longestGap: number;
    readonly announced: number;
}

function addressList(count: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => `10.77.${16 + (index >> 8)}.${index & 0xff}`);
}

async function runRound(kind: DaemonKind, addresses: readonly string[]): Promise<Takeover> {
    const lab = openPair();
    const [first = "", ...others] = addresses;
    const probe = Probe.start(lab.addon, lab.network, { node: "client", address: first, every: 1 });
    try {
        const master = startQuietly(lab, "r1", kind, [{ ...INSTANCE, priority: 255, state: "MASTER", addresses: [`${first}/16`] }]);
        await untilMaster(lab, "r1");
        const excluded = ["virtual_ipaddress_excluded {", ...others.map((address) => `    ${address}/16`), "}"];
        const backup = startQuietly(lab, "r2", kind, [{ ...INSTANCE, priority: 100, addresses: [`${first}/16`], lines: excluded }]);
        await untilLogged(backup, "Entering BACKUP STATE");
        await pause(500);
        lab.network.cut("r1");
        await master.killDead();
        await untilMaster(lab, "r2");
        await until(() => announcedBy(lab).size >= addresses.length, { what: "every address to be announced", limit: 20_000, every: 100 });
        await pause(1_000);
        return measure(lab, first);
    } finally {
        probe.stop();
        lab.close();
    }
}

/** When each address was announced first by the new master, in milliseconds of the capture. */
function announcedBy(lab: Lab): ReadonlyMap<string, number> {
    const first = new Map<string, number>();
    for (const { at, node, seen } of lab.capture.frames) {
        if (node === "r2" && seen.kind === "announcement" && !first.has(seen.address)) {
            first.set(seen.address, at);
        }
    }
    return first;
}

function measure(lab: Lab, address: string): Takeover {
    const advertisements = lab.capture.advertisements({ node: "r2" }).map(({ at }) => at);
    const start = advertisements[0] ?? Number.NaN;
    const announced = [...announcedBy(lab).values()].map((at) => at - start);
    const answered = echoesOf(lab.capture.frames, address).find((echo) => echo.answeredBy === "r2");
    if (lab.capture.drops > 0) {
        console.error(`${lab.capture.drops} frames were not captured`);
    }
    return {
        firstAnswer: (answered?.askedAt ?? Number.NaN) - start,
        firstAnnounced: Math.min(...announced),
        lastAnnounced: Math.max(...announced),
        longestGap: Math.max(...advertisements.slice(1).map((at, index) => at - (advertisements[index] ?? at))),
        announced: announced.length,
    };
}

async function main(): Promise<void> {
    const { daemons, numbers } = benchOptions({ addresses: 4_000, rounds: 3 });
    const takeovers = new Map<DaemonKind, Takeover[]>(daemons.map((kind) => [kind, []]));
    for (let round = 0; round < numbers.rounds; round++) {
        for (const kind of daemons) {
            takeovers.get(kind)?.push(await runRound(kind, addressList(numbers.addresses)));
        }
    }
    const rows: string[][] = [["daemon", "first answered", "first announced", "last announced", "longest silence"]];
    for (const [kind, measured] of takeovers) {
        const cell = (value: (takeover: Takeover) => number) => median(measured.map(value)).toFixed(1);
        const times = [cell((one) => one.firstAnswer), cell((one) => one.firstAnnounced), cell((one) => one.lastAnnounced)];
        rows.push([kind, ...times, cell((one) => one.longestGap)]);
    }
    console.log(textTable(rows));
    console.log(
        `${numbers.addresses} addresses; milliseconds from the new master's first advertisement; medians of ${numbers.rounds} rounds, in turn.`,
    );
    console.log(`The silence is the longest time between two of its advertisements, which should be ${INTERVAL * 1_000} ms apart.`);
}

await main();
