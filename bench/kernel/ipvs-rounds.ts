import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { minorFaults } from "../../src/app/cli/lab/process-tree.ts";
import { IpvsQuestions } from "../../src/io/ipvs/ipvs-questions.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { Daemon, run, runIn } from "../../test/labs/kernel/inside/machine.ts";
import { CommandFloor } from "./command-floor.ts";
import { lastService, poolConfiguration } from "./pool.ts";
import { TableLook } from "./table-look.ts";

/** What one daemon needed, in milliseconds. */
export interface IpvsRound {
    readonly kind: "holdfast" | "keepalived";
    /** From exec, and from the first service on, until the last server is in the table. */
    readonly start: number;
    readonly programming: number;
    readonly oneChanged: number;
    readonly allReplaced: number;
    /** Pages of memory that the parent and the checkers process have got of the kernel for that. */
    readonly pages: number;
    /** From SIGTERM until the table is empty. */
    readonly stop: number;
}

/** What came of all rounds. */
export interface IpvsFigures {
    readonly rounds: readonly IpvsRound[];
    /** How long the kernel alone takes for the commands that replace all servers, in milliseconds, once each round. */
    readonly kernelAlone: readonly number[];
    /** How long it takes to touch a page of memory for the first time, in microseconds. */
    readonly firstTouch: number;
    /** How long a Node.js takes that does nothing, in milliseconds: two of them are part of a start. */
    readonly idleNode: number;
}

/** How many times as long as a look takes nobody looks: the one processor is to be the daemon's. */
const REST = 9;
const SHORTEST_REST = 2;
/** Who looked for long may have had to wait for the processor: what comes meanwhile is not to be seen so much later. */
const LONGEST_REST = 10;
const PATIENCE = 120_000;
const FIRST_SERVICE = "10.99.0.0";
const PAGE = 4_096;
const TOUCHED_PAGES = 4_096;

const [root = "", rounds = "3", size = "10000"] = process.argv.slice(2);
const servers = Number(size);
const addon = loadAddon({ root, arch: process.arch, libc: "glibc", override: undefined });
const { familyId } = new IpvsQuestions(addon);

/** When it was so, as soon as that is seen. */
async function when(what: string, isSo: () => boolean): Promise<number> {
    const start = performance.now();
    for (let looked = start; ; looked = performance.now()) {
        if (isSo()) {
            return performance.now();
        }
        const now = performance.now();
        if (now - start > PATIENCE) {
            throw new Error(`never: ${what}`);
        }
        await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_REST, Math.max(SHORTEST_REST, REST * (now - looked)))));
    }
}

/** One daemon's life in a namespace of its own: what the kernel remembers of removed servers goes with it. */
async function runRound(kind: IpvsRound["kind"], round: number): Promise<IpvsRound> {
    const namespace = `${kind}-${round}`;
    run(`ip netns add ${namespace}`);
    runIn(namespace, "ip link set lo up");
    const look = new TableLook(addon, namespace, familyId);
    const last = lastService(servers);
    const isWhole = (set: 0 | 1) => {
        const found = [...(look.servers(last)?.keys() ?? [])];
        return found.length === 10 && found.every((address) => address.startsWith(set === 0 ? "10.10" : "10.15"));
    };
    const text = (set: 0 | 1, firstWeight: number) => poolConfiguration({ servers, set, firstWeight });
    const began = performance.now();
    const daemon = new Daemon({ root, kind, namespace, name: namespace }, text(0, 1));
    const first = await when("the first service", () => look.servers(FIRST_SERVICE) !== undefined);
    const whole = await when("the last server", () => isWhole(0));
    await settle(daemon, namespace);
    const change = async (configuration: string, isSo: () => boolean) => {
        daemon.write(configuration);
        const from = performance.now();
        daemon.signal("SIGHUP");
        const to = await when("a reload's end", isSo);
        await settle(daemon, namespace);
        return to - from;
    };
    const oneChanged = await change(text(0, 2), () => look.servers(FIRST_SERVICE)?.get("10.100.0.0") === 2);
    const before = pagesOf(daemon);
    const allReplaced = await change(text(1, 2), () => isWhole(1));
    const pages = pagesOf(daemon) - before;
    const from = performance.now();
    daemon.signal("SIGTERM");
    const gone = await when("an empty table", () => look.servers(last) === undefined && look.servers(FIRST_SERVICE) === undefined);
    await daemon.stop();
    look.close();
    return { kind, start: whole - began, programming: whole - first, oneChanged, allReplaced, pages, stop: gone - from };
}

/** Until the whole table is there, and the daemon has nothing left to do. */
async function settle(daemon: Daemon, namespace: string): Promise<void> {
    const count = () => runIn(namespace, "ipvsadm -Sn").split("\n-a ").length - 1;
    const found = count();
    if (found !== servers) {
        throw new Error(`${found} servers instead of ${servers}\n${daemon.log.slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
}

function kernelAlone(round: number): number {
    const namespace = `floor-${round}`;
    run(`ip netns add ${namespace}`);
    // Without it the kernel has no routes there, and takes no server.
    runIn(namespace, "ip link set lo up");
    const floor = new CommandFloor(addon, namespace, familyId);
    const taken = floor.replace(servers);
    floor.close();
    run(`ip netns del ${namespace}`);
    return taken;
}

/** Of both processes that a reload keeps busy. */
function pagesOf(daemon: Daemon): number {
    return minorFaults(daemon.pid) + minorFaults(daemon.checkersPid);
}

function firstTouch(): number {
    const fresh = Buffer.allocUnsafeSlow(TOUCHED_PAGES * PAGE);
    const from = performance.now();
    for (let at = 0; at < fresh.length; at += PAGE) {
        fresh[at] = 1;
    }
    return ((performance.now() - from) * 1_000) / TOUCHED_PAGES;
}

/** The first one reads the program from the disk. */
function idleNode(): number {
    const times = Array.from({ length: 4 }, () => {
        const from = performance.now();
        spawnSync(process.execPath, ["-e", "0"], { stdio: "ignore" });
        return performance.now() - from;
    });
    return Math.min(...times);
}

const results: IpvsRound[] = [];
const floors: number[] = [];
for (let round = 0; round < Number(rounds); round++) {
    const kinds = ["holdfast", "keepalived"] as const;
    for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
        results.push(await runRound(kind, round));
        console.log(JSON.stringify(results.at(-1)));
    }
    floors.push(kernelAlone(round));
}
writeFileSync(
    "/run/results/result.json",
    JSON.stringify({ rounds: results, kernelAlone: floors, firstTouch: firstTouch(), idleNode: idleNode() } satisfies IpvsFigures),
);
process.exit(0);
