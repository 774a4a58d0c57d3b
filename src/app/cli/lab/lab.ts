import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NativeAddon } from "../../../io/native/addon.ts";
import { loadAddon } from "../../../io/native/load.ts";
import { Capture } from "./capture.ts";
import { type DaemonPlan, LabDaemon } from "./lab-daemon.ts";
import { LabNetwork, type NetworkPlan } from "./network.ts";

/** What to start on one of the machines. */
export type DaemonOrder = Pick<DaemonPlan, "program" | "configuration" | "flags" | "isQuiet" | "inPlaceOf">;

const DEADLY_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Machines, a capture on their wire and the daemons on them: made as one, gone as one, also when the program is interrupted. */
export class Lab {
    readonly addon: NativeAddon;
    readonly network: LabNetwork;
    readonly capture: Capture;
    /** Where the daemons' files are. */
    readonly directory: string;
    readonly #undoings: (() => void)[] = [];
    #isClosed = false;
    readonly #onExit = () => this.close();
    readonly #onSignal = (signal: NodeJS.Signals) => {
        this.close();
        process.kill(process.pid, signal);
    };

    private constructor(addon: NativeAddon, network: LabNetwork) {
        this.addon = addon;
        this.network = network;
        this.directory = mkdtempSync(join(tmpdir(), "holdfast-lab-"));
        this.capture = Capture.open(addon, network);
        process.on("exit", this.#onExit);
        for (const signal of DEADLY_SIGNALS) {
            process.once(signal, this.#onSignal);
        }
    }

    /** @throws ToolError when `ip` is missing or refuses */
    static open(plan: NetworkPlan): Lab {
        const addon = loadAddon();
        const network = LabNetwork.create(plan);
        try {
            return new Lab(addon, network);
        } catch (error) {
            network.remove();
            throw error;
        }
    }

    /** Starts a daemon on a machine; `close` ends it, at the latest. */
    start(node: string, order: DaemonOrder): LabDaemon {
        return LabDaemon.start({ network: this.network, directory: this.directory, node, ...order });
    }

    /** What is to be done when the lab is closed, once its processes have ended and before its files go. */
    undoAtEnd(undo: () => void): void {
        this.#undoings.push(undo);
    }

    /** Ends every process inside, without a farewell, and removes namespaces and files; a second call does nothing. */
    close(): void {
        if (this.#isClosed) {
            return;
        }
        this.#isClosed = true;
        process.off("exit", this.#onExit);
        for (const signal of DEADLY_SIGNALS) {
            process.off(signal, this.#onSignal);
        }
        this.capture.close();
        this.network.remove();
        for (const undo of this.#undoings) {
            undo();
        }
        rmSync(this.directory, { recursive: true, force: true });
    }
}
