import { chmodSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../../src/app/cli/lab/lab-daemon.ts";
import { isRunning } from "../../../src/app/cli/lab/process-tree.ts";
import { programOf } from "../harness/daemon-kind.ts";
import { SteppedClock } from "../harness/stepped-clock.ts";
import { kernelListing, lookAt, type ProcessSighting, processTree } from "./belongings.ts";
import { ADDRESSES, type ChaosPaths, type ChaosPlan, chaosConfiguration, hangingScript } from "./chaos-plan.ts";
import { SmallDisk } from "./small-disk.ts";

/** One of the two machines of a chaos run: a daemon that is started again whenever it has died, as an init system would. */
export class ChaosNode {
    readonly name: string;
    readonly lab: Lab;
    readonly clock: SteppedClock;
    readonly disk: SmallDisk;
    readonly paths: ChaosPaths;
    readonly #number: number;
    #plan: ChaosPlan;
    #daemon: LabDaemon;

    /** @param number 1 or 2: the machine's place in the lab */
    constructor(lab: Lab, number: 1 | 2, priority: number) {
        this.lab = lab;
        this.name = `r${number}`;
        this.#number = number;
        this.#plan = { priority, more: 0 };
        this.clock = SteppedClock.make(lab.directory, this.name);
        this.disk = new SmallDisk(join(lab.directory, `${this.name}.disk`));
        lab.undoAtEnd(() => this.disk.remove());
        this.paths = { scripts: lab.directory, fifo: join(lab.directory, `${this.name}.fifo`), disk: this.disk.path };
        for (const script of ["track.sh", "notify.sh"]) {
            const path = join(lab.directory, script);
            writeFileSync(path, hangingScript(`${path}.hangs`));
            chmodSync(path, 0o755);
        }
        this.#daemon = this.#start();
    }

    get daemon(): LabDaemon {
        return this.#daemon;
    }

    /** Its own address, which is there without a daemon. */
    get ownAddress(): string {
        return `10.77.0.${this.#number}`;
    }

    /** Another daemon with the same files takes the place of one that has ended. */
    revive(): void {
        if (this.#daemon.hasEnded) {
            this.#daemon = this.#start(this.#daemon);
        }
    }

    /** The daemon's processes and scripts. */
    get processes(): readonly ProcessSighting[] {
        return processTree(this.#daemon.pid).flatMap((pid) => lookAt(pid) ?? []);
    }

    /** The process of that name, without the prefix that all have here; undefined while there is none. */
    pidOf(name: "parent" | "vrrp" | "bfd"): number | undefined {
        return this.processes.find((process) => process.name === `chaos_${name}`)?.pid;
    }

    /** Writes another configuration and has it read. */
    reload(change: Partial<ChaosPlan>, extra = ""): void {
        this.#plan = { ...this.#plan, ...change };
        this.#writeAndReload(this.#text + extra);
    }

    /** The same with a text that no daemon can take. */
    reloadBroken(): void {
        this.#writeAndReload(`${this.#text}\nvrrp_instance {{ broken`);
    }

    /** Makes all scripts of this kind hang, of both machines, until it is undone. */
    hang(script: "track.sh" | "notify.sh", hangs: boolean): void {
        const sign = join(this.paths.scripts, `${script}.hangs`);
        if (hangs) {
            writeFileSync(sign, "");
        } else {
            rmSync(sign, { force: true });
        }
    }

    /** Which virtual addresses the kernel holds. */
    get held(): readonly string[] {
        const text = this.lab.network.ip(this.name, "-o", "-4", "address");
        return ADDRESSES.filter((address) => text.includes(` ${address}/`));
    }

    get kernelListing(): string {
        return kernelListing(this.lab.network, this.name, this.#number);
    }

    /** What runs on this machine without belonging to its daemon: processes and scripts of former ones. */
    get strays(): readonly number[] {
        const inside = this.lab.network.processes(this.name);
        // Afterwards: a script that begins in between is none.
        const own = new Set(processTree(this.#daemon.pid));
        return inside.filter((pid) => isRunning(pid) && !own.has(pid));
    }

    /** What lies on the disk. */
    get files(): readonly string[] {
        return readdirSync(this.disk.path).sort();
    }

    #start(former?: LabDaemon): LabDaemon {
        const { path } = this.disk;
        const daemon = this.lab.start(this.name, {
            program: [...this.clock.prefix, ...programOf("holdfast")],
            configuration: this.#text,
            flags: ["-p", `${path}/parent.pid`, "-r", `${path}/vrrp.pid`, "-b", `${path}/bfd.pid`, `--log-file=${path}/log`],
            ...(former !== undefined && { inPlaceOf: former }),
        });
        return daemon;
    }

    get #text(): string {
        const other = this.#number === 1 ? "10.77.0.2" : "10.77.0.1";
        return chaosConfiguration({ own: this.ownAddress, other }, this.paths, this.#plan);
    }

    #writeAndReload(text: string): void {
        writeFileSync(join(this.#daemon.directory, "keepalived.conf"), text);
        if (!this.#daemon.hasEnded && this.pidOf("vrrp") !== undefined) {
            this.#daemon.signal("SIGHUP");
        }
    }
}
