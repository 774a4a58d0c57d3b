import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Echo, echoesOf, outagesOf } from "../../../src/app/cli/lab/echo-record.ts";
import { Lab } from "../../../src/app/cli/lab/lab.ts";
import { Probe } from "../../../src/app/cli/lab/probe.ts";
import { until } from "../../../src/app/cli/lab/until.ts";
import { SeededRandom } from "../../../src/sim/random.ts";
import { differences } from "./belongings.ts";
import { ChaosNode } from "./chaos-node.ts";
import { ADDRESSES, INTERVAL, VMAC } from "./chaos-plan.ts";
import type { Fault, Faults } from "./fault.ts";
import { NETWORK_FAULTS } from "./network-faults.ts";
import { PROCESS_FAULTS } from "./process-faults.ts";
import { Scales } from "./scales.ts";
import { SURROUNDING_FAULTS } from "./surrounding-faults.ts";

/** How long, in milliseconds, a client may miss the address: beyond the cause itself ten times the 4 intervals after which another takes over. */
const TAKEOVER = 40 * INTERVAL;
/** The same when both machines are struck, and a daemon may have to start first. */
const START = 5 * TAKEOVER;
/** The same when nothing may move: what a machine without a free processor needs. */
const NOTHING = 1_000;
const QUIET = 500;
const QUIET_LIMIT = 60_000;
/** How often a fault strikes both machines at once. */
const BOTH = 0.2;

const FAULTS: Faults = { ...PROCESS_FAULTS, ...NETWORK_FAULTS, ...SURROUNDING_FAULTS };

/** How much is to happen. */
export interface ChaosOrder {
    readonly seed: number;
    readonly faults: number;
    /** No further fault begins after so many milliseconds. */
    readonly limit?: number;
    /** Only faults with this in their names. */
    readonly only?: string;
    readonly onFault?: (text: string) => void;
}

/** What came of it. */
export interface ChaosVerdict {
    readonly faults: number;
    /** Each a sentence with what went before; empty when all went well. */
    readonly violations: readonly string[];
}

interface Strike {
    readonly name: string;
    readonly from: number;
    /** How long a client may be without an answer. */
    readonly limit: number;
}

/**
 * Two machines and a client to which anything may happen. After each fault there is quiet, and then exactly one machine has the addresses and answers, and
 * nothing is left that was not there before: no process, descriptor or memory, nothing in the kernel.
 */
export class ChaosRun {
    readonly #order: ChaosOrder;
    readonly #random: SeededRandom;
    readonly #lab: Lab;
    readonly #nodes: readonly [ChaosNode, ChaosNode];
    readonly #strikes: Strike[] = [];
    readonly #violations: string[] = [];
    readonly #scales = new Scales();
    /** What a machine's kernel holds without a daemon, and with one that has or has not the addresses. */
    readonly #listings = new Map<"pristine" | "active" | "backup", string>();
    #deck: string[] = [];

    private constructor(order: ChaosOrder) {
        this.#order = order;
        this.#random = new SeededRandom(order.seed);
        this.#lab = Lab.open({ nodes: ["r1", "r2", "client"].map(onlyIpv4) });
        this.#nodes = [new ChaosNode(this.#lab, 1, 150), new ChaosNode(this.#lab, 2, 100)];
    }

    /** Does all of it, and takes everything away again. */
    static async run(order: ChaosOrder): Promise<ChaosVerdict> {
        const run = new ChaosRun(order);
        try {
            await run.#live();
            return { faults: run.#strikes.length, violations: run.#violations };
        } finally {
            run.#lab.close();
        }
    }

    async #live(): Promise<void> {
        const started = performance.now();
        const probe = Probe.start(this.#lab.addon, this.#lab.network, { node: "client", address: ADDRESSES[0], every: 10 });
        await this.#untilQuiet();
        await this.#untilSettled();
        this.#remember();
        const isTime = () => performance.now() - started < (this.#order.limit ?? Number.POSITIVE_INFINITY);
        while (this.#strikes.length < this.#order.faults && isTime() && this.#violations.length === 0) {
            await this.#strike();
            await this.#untilClean();
        }
        probe.stop();
        if (this.#violations.length > 0) {
            return;
        }
        this.#judgeOutages(echoesOf(this.#lab.capture.frames, ADDRESSES[0]));
        this.#violations.push(...this.#scales.growth());
        await this.#judgeEnd();
    }

    async #strike(): Promise<void> {
        const name = this.#draw();
        const fault = FAULTS[name] as Fault;
        const isOnBoth = this.#random.chance(BOTH);
        const victims = isOnBoth ? this.#nodes : [this.#random.pick(this.#nodes)];
        const from = this.#lab.capture.now;
        const text = `${Math.round(from)}: ${name} (${victims.map((node) => node.name).join(", ")})`;
        this.#order.onFault?.(text);
        await Promise.all(victims.map((node) => fault.strike({ lab: this.#lab, node, random: this.#random })));
        for (const node of victims) {
            node.revive();
        }
        const span = this.#lab.capture.now - from;
        const limit = fault.isHarmless === true ? NOTHING : span + (isOnBoth ? START : TAKEOVER);
        this.#strikes.push({ name: text, from, limit });
    }

    /** Each fault once, in an order of chance, before any comes again. */
    #draw(): string {
        if (this.#deck.length === 0) {
            const rest = Object.keys(FAULTS).filter((name) => name.includes(this.#order.only ?? ""));
            while (rest.length > 0) {
                this.#deck.push(...rest.splice(this.#random.integer(0, rest.length - 1), 1));
            }
        }
        return this.#deck.pop() ?? "";
    }

    /** What daemons put up at their start is all there, and nothing is added any more. */
    async #untilSettled(): Promise<void> {
        let last: string | undefined;
        const look = () => {
            const listings = this.#nodes.map((node) => node.kernelListing);
            const isWhole = listings.every((listing) => listing.includes(VMAC) && listing.includes("table ip keepalived"));
            const isSame = last === listings.join();
            last = listings.join();
            return isWhole && isSame;
        };
        await until(look, { what: "both machines to settle", limit: QUIET_LIMIT, every: 2 * QUIET });
    }

    #remember(): void {
        for (const node of this.#nodes) {
            this.#listings.set(node.held.length === ADDRESSES.length ? "active" : "backup", node.kernelListing);
            this.#scales.calibrate(node.processes);
        }
    }

    async #untilClean(): Promise<void> {
        await this.#untilQuiet();
        if (this.#violations.length > 0) {
            return;
        }
        let complaints: readonly string[] = [];
        await this.#patiently(
            "what is left behind",
            () => {
                this.#revive();
                complaints = this.#nodes.flatMap((node) => this.#complaintsOf(node));
                return complaints.length === 0;
            },
            () => complaints.join("\n"),
        );
        for (const node of this.#nodes) {
            this.#scales.weigh(node.processes);
        }
    }

    /** Who was asked to stop may take a while. */
    #revive(): void {
        for (const node of this.#nodes) {
            node.revive();
        }
    }

    #complaintsOf(node: ChaosNode): readonly string[] {
        const { held, strays, processes } = node;
        const kind = held.length === ADDRESSES.length ? "active" : "backup";
        return [
            ...differences(node.kernelListing, this.#listings.get(kind) ?? ""),
            ...strays.map((pid) => `process ${pid} still runs`),
            ...this.#scales.complaints(processes),
        ].map((text) => `${node.name} (${kind}): ${text}`);
    }

    /** Exactly one machine has had both addresses for a while, and answers. */
    async #untilQuiet(): Promise<void> {
        let since: number | undefined;
        let last: string | undefined;
        await this.#patiently(
            "one owner of the addresses",
            () => {
                this.#revive();
                const owner = this.#owner;
                since = owner === undefined || owner !== last ? this.#lab.capture.now : since;
                last = owner;
                return owner !== undefined && since !== undefined && this.#lab.capture.now - since >= QUIET;
            },
            () => `r1 has ${this.#nodes[0].held.join()}, r2 has ${this.#nodes[1].held.join()}`,
        );
    }

    get #owner(): string | undefined {
        const [holder, ...others] = this.#nodes.filter((node) => node.held.length > 0);
        const echoes = echoesOf(this.#lab.capture.frames.slice(-200), ADDRESSES[0]);
        const answeredBy = echoes.findLast((echo) => echo.answeredBy !== undefined)?.answeredBy;
        const isWhole = holder?.held.length === ADDRESSES.length && others.length === 0;
        return isWhole && holder.name === answeredBy ? holder.name : undefined;
    }

    async #patiently(what: string, look: () => boolean, describe: () => string): Promise<void> {
        try {
            await until(look, { what, limit: QUIET_LIMIT, every: 100 });
        } catch (error) {
            this.#violate(`${error instanceof Error ? error.message : error}: ${describe()}`);
        }
    }

    #judgeOutages(echoes: readonly Echo[]): void {
        for (const { from, to } of outagesOf(echoes)) {
            const cause = this.#strikes.findLast((strike) => strike.from <= from);
            const limit = cause?.limit ?? Number.POSITIVE_INFINITY;
            if (to - from > limit) {
                this.#violate(
                    `the client had no answer for ${to - from} ms from ${Math.round(from)} on, after "${cause?.name}": at most ${limit}`,
                );
            }
        }
    }

    async #judgeEnd(): Promise<void> {
        for (const node of this.#nodes) {
            await node.daemon.terminate().catch(() => this.#violate(`${node.name} does not stop`));
        }
        const [left, right] = this.#nodes.map((node) => node.kernelListing) as [string, string];
        for (const node of this.#nodes) {
            const { held, strays, files } = node;
            const defects = node.daemon.log().match(/.*[Dd]efect.*/g) ?? [];
            const rest = files.filter((file) => !/^(log|keepalived)/.test(file));
            for (const text of [...held, ...strays.map((pid) => `process ${pid}`), ...defects, ...rest]) {
                this.#violate(`at the end ${node.name} has: ${text}`);
            }
        }
        for (const text of differences(left, right)) {
            this.#violate(`at the end r1 differs from r2: ${text}`);
        }
    }

    /** The daemons' logs go with the lab: they are kept where the violation says. */
    #violate(text: string): void {
        const before = this.#strikes.map(({ name }) => name).slice(-12);
        for (const node of this.#nodes) {
            const path = join(tmpdir(), `holdfast-chaos-${process.pid}-${node.name}.log`);
            writeFileSync(path, node.daemon.log());
            before.push(`the log of ${node.name} is in ${path}`);
        }
        this.#violations.push(
            `${text}\n  (seed ${this.#order.seed}, after ${this.#strikes.length} faults, the last ones:)\n  ${before.join("\n  ")}`,
        );
    }
}

/** The kernel takes addresses of IPv6 away when an interface goes down. */
function onlyIpv4(name: string, index: number) {
    return { name, addresses: [[`10.77.0.${index + 1}/16`]] };
}
