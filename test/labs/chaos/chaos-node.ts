import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../../src/app/cli/lab/lab-daemon.ts";
import { childrenOf, isRunning } from "../../../src/app/cli/lab/process-tree.ts";
import { configuration, type InstancePlan } from "../harness/configuration.ts";
import { UNDER_TEST } from "../harness/daemon-kind.ts";
import { startRouter } from "../harness/router-pair.ts";

/** One of the two machines of a chaos run: a daemon that is started again whenever it has died, as an init system would. */
export class ChaosNode {
    readonly name: string;
    readonly #lab: Lab;
    #plan: InstancePlan;
    #daemon: LabDaemon;
    /** Every process that this machine's daemons ever were. */
    readonly #pids = new Set<number>();

    constructor(lab: Lab, name: string, plan: InstancePlan) {
        this.#lab = lab;
        this.name = name;
        this.#plan = plan;
        this.#daemon = startRouter(lab, name, UNDER_TEST, plan);
    }

    get daemon(): LabDaemon {
        return this.#daemon;
    }

    /** Another daemon with the same plan takes the place of one that has ended. */
    revive(): void {
        this.note();
        if (this.#daemon.hasEnded) {
            this.#daemon = startRouter(this.#lab, this.name, UNDER_TEST, this.#plan);
        }
    }

    /** Remembers which processes there are. */
    note(): void {
        for (const pid of [this.#daemon.pid, ...childrenOf(this.#daemon.pid)]) {
            this.#pids.add(pid);
        }
    }

    /** Writes another configuration and has it read. */
    reload(change: Partial<InstancePlan>, extra = ""): void {
        this.#plan = { ...this.#plan, ...change };
        this.#writeAndReload(configuration(this.#plan) + extra);
    }

    /** The same with a text that no daemon can take. */
    reloadBroken(): void {
        this.#writeAndReload(`${configuration(this.#plan)}\nvrrp_instance {{ broken`);
    }

    /** Whether one of them still runs that is none of the daemon's own now. */
    get stray(): readonly number[] {
        const own = new Set([this.#daemon.pid, ...childrenOf(this.#daemon.pid)]);
        return [...this.#pids].filter((pid) => isRunning(pid) && !own.has(pid));
    }

    /** Open descriptors and resident megabytes of its processes; nothing of those that are just ending. */
    get belongings(): { readonly descriptors: number; readonly megabytes: number } {
        const processes = [this.#daemon.pid, ...childrenOf(this.#daemon.pid)];
        const counts = processes.map((pid) => entriesOf(`/proc/${pid}/fd`));
        const sizes = processes.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) / 1_024);
        return { descriptors: Math.max(...counts), megabytes: Math.max(...sizes) };
    }

    #writeAndReload(text: string): void {
        writeFileSync(join(this.#daemon.directory, "keepalived.conf"), text);
        if (!this.#daemon.hasEnded && this.#daemon.log().includes("Startup complete")) {
            this.#daemon.signal("SIGHUP");
        }
    }
}

function entriesOf(path: string): number {
    try {
        return readdirSync(path).length;
    } catch {
        return 0;
    }
}

function textOf(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return "";
    }
}
