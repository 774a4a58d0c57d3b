// What it takes to put thousands of IPv4 addresses up on one interface, beside the least that is possible on this kernel and beside `ip -batch`.
//
//   node scripts/run-ts.mjs bench/addresses.ts [--rounds 5]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { textTable } from "../src/app/cli/lab/text-table.ts";
import type { VirtualAddress } from "../src/core/address/virtual-address.ts";
import { after, type Duration, type Instant, milliseconds } from "../src/core/base/instant.ts";
import { ipFromBytes } from "../src/core/base/ip.ts";
import { Loop } from "../src/host/loop.ts";
import { KernelAddresses } from "../src/io/netlink/kernel-addresses.ts";
import { LinkMonitor } from "../src/io/netlink/link-monitor.ts";
import { OwnRemovals } from "../src/io/netlink/own-removals.ts";
import { ImmediateScheduler } from "../src/io/time/immediate-scheduler.ts";
import { KernelTimer } from "../src/io/time/kernel-timer.ts";
import { MonotonicClock } from "../src/io/time/monotonic-clock.ts";
import { enterOwnNamespace, ip, makeVethPair } from "../test/compliance/own-namespace.ts";
import { median } from "./harness/summary.ts";

const COUNTS = [1_000, 4_000];
const TICK: Duration = milliseconds(5);

/** Milliseconds. */
interface Run {
    readonly whole: number;
    readonly firstUsable?: number;
    readonly lateness?: number;
}

const rounds = Number(parseArgs({ options: { rounds: { type: "string", default: "5" } } }).values.rounds);
const system = enterOwnNamespace();
const scratch = mkdtempSync(join(tmpdir(), "holdfast-addresses-"));

async function main(): Promise<void> {
    const floor = buildFloor();
    const ways: Record<string, (count: number) => Run | Promise<Run>> = {
        ...(floor !== undefined && {
            "C, 1 message a call": (count) => ({ whole: Number(execFileSync(floor, ["va", String(count), "1"], { encoding: "utf8" })) }),
            "C, 64 messages a call": (count) => ({ whole: Number(execFileSync(floor, ["va", String(count), "64"], { encoding: "utf8" })) }),
        }),
        "ip -batch": byIproute,
        "holdfast, without a loop": (count) => ours(count),
        "holdfast, in its loop": (count) => oursInLoop(count),
    };
    const rows: string[][] = [["addresses", "way", "all stand", "first stands", "5 ms timer late"]];
    for (const count of COUNTS) {
        const runs = new Map(Object.keys(ways).map((name): [string, Run[]] => [name, []]));
        for (let round = 0; round < rounds; round++) {
            for (const [name, way] of Object.entries(ways)) {
                freshInterface();
                runs.get(name)?.push(await way(count));
            }
        }
        for (const [name, measured] of runs) {
            const cell = (values: readonly (number | undefined)[]) =>
                values.some((value) => value === undefined) ? "" : median(values as number[]).toFixed(1);
            rows.push([
                String(count),
                name,
                cell(measured.map((run) => run.whole)),
                cell(measured.map((run) => run.firstUsable)),
                cell(measured.map((run) => run.lateness)),
            ]);
        }
    }
    console.log(textTable(rows));
    console.log(
        `Milliseconds, medians of ${rounds} rounds in turn; lateness is each round's worst. One interface, /32 each, all acknowledged.`,
    );
}

/** Undefined where there is no C compiler. */
function buildFloor(): string | undefined {
    const program = join(scratch, "floor");
    try {
        execFileSync("cc", ["-O2", "-o", program, join(process.cwd(), "bench/floor/add-addresses.c")], { stdio: "pipe" });
        return program;
    } catch (error) {
        console.error(`no C compiler, so no floor: ${error instanceof Error ? error.message : error}`);
        return undefined;
    }
}

function freshInterface(): void {
    if (readFileSync("/proc/self/net/dev", "utf8").includes(" va:")) {
        ip("link del va");
    }
    makeVethPair("va", "vb");
}

function wanted(count: number): VirtualAddress[] {
    return Array.from({ length: count }, (_, index) => ({
        address: ipFromBytes(Uint8Array.of(10, 8, index >> 8, index & 0xff)),
        prefixLength: 32,
        interfaceName: "va",
        scope: 0,
        flags: 0,
        isTracked: true,
    }));
}

function byIproute(count: number): Run {
    const file = join(scratch, "batch");
    writeFileSync(
        file,
        wanted(count)
            .map(({ address }) => `addr add ${address.bytes.join(".")}/32 dev va\n`)
            .join(""),
    );
    const start = performance.now();
    ip(`-batch ${file}`);
    return { whole: performance.now() - start };
}

function ours(count: number): Run {
    const ownRemovals = new OwnRemovals();
    const monitor = new LinkMonitor({ system, ownRemovals, onNews: () => {}, onReady: (source) => source.drain() });
    let firstUsable: number | undefined;
    let start = 0;
    const addresses = new KernelAddresses({
        system,
        bulk: { add: () => {} },
        ownRemovals,
        linkNamed: (name) => monitor.linkNamed(name),
        stands: (...place) => monitor.holds(...place),
        onNews: () => {
            firstUsable ??= performance.now() - start;
        },
        onStanding: (places) => monitor.stands(places),
        onReleaseRefused: () => {},
    });
    monitor.leaveOut(addresses.port);
    const list = wanted(count);
    start = performance.now();
    addresses.claim("VI_1", list);
    addresses.finish();
    const whole = performance.now() - start;
    addresses.close();
    monitor.close();
    return { whole, ...(firstUsable !== undefined && { firstUsable }) };
}

/** As the daemon does it: in slices, the kernel's own news read in between, a timer running. */
async function oursInLoop(count: number): Promise<Run> {
    const clock = new MonotonicClock(system);
    const timer = new KernelTimer(system, () => loop.turn());
    const loop: Loop = new Loop({
        clock,
        timer,
        scheduler: new ImmediateScheduler(),
        stallThreshold: milliseconds(10_000),
        onStalled: () => {},
        onFailure: ({ error }) => console.error(error),
    });
    const ownRemovals = new OwnRemovals();
    const monitor = new LinkMonitor({ system, ownRemovals, onNews: () => {}, onReady: (source) => loop.turn(source) });
    loop.addSource(monitor);
    let firstUsable: number | undefined;
    const list = wanted(count);
    const ticker = new Ticker(clock.now());
    const seat = loop.attach({ name: "ticker", machine: ticker, wake: undefined, perform: () => {} });
    const start = performance.now();
    await new Promise<void>((resolve) => {
        const addresses = new KernelAddresses({
            system,
            bulk: loop.bulk,
            ownRemovals,
            linkNamed: (name) => monitor.linkNamed(name),
            stands: (...place) => monitor.holds(...place),
            onNews: (news) => {
                firstUsable ??= performance.now() - start;
                if (news.type === "addresses-claimed" && news.isLast) {
                    addresses.close();
                    resolve();
                }
            },
            onStanding: (places) => monitor.stands(places),
            onReleaseRefused: () => {},
        });
        monitor.leaveOut(addresses.port);
        addresses.claim("VI_1", list);
    });
    const whole = performance.now() - start;
    seat.leave();
    monitor.close();
    timer.close();
    return { whole, lateness: ticker.worst / 1_000, ...(firstUsable !== undefined && { firstUsable }) };
}

/** Wants to be woken every 5 ms, and notes how late that was. */
class Ticker {
    wakeAt: Instant;
    /** Microseconds. */
    worst = 0;

    constructor(now: Instant) {
        this.wakeAt = after(now, TICK);
    }

    handle(_event: undefined, now: Instant): readonly never[] {
        this.worst = Math.max(this.worst, now - this.wakeAt);
        this.wakeAt = after(now, TICK);
        return [];
    }
}

try {
    await main();
} finally {
    rmSync(scratch, { recursive: true, force: true });
}
