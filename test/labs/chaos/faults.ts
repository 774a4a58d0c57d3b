import { spawn } from "node:child_process";
import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import { pause } from "../../../src/app/cli/lab/until.ts";
import type { SeededRandom } from "../../../src/sim/random.ts";
import { SERVICE_ADDRESS } from "../harness/configuration.ts";
import type { ChaosNode } from "./chaos-node.ts";

/** What a fault may lay hands on. */
export interface Victims {
    readonly lab: Lab;
    readonly node: ChaosNode;
    readonly random: SeededRandom;
}

type Fault = (victims: Victims) => Promise<void>;

/** Everything that may happen to a machine, by name. When the promise is kept the cause is over; its consequences may not be. */
export const FAULTS: Readonly<Record<string, Fault>> = {
    "the vrrp process is killed": async ({ node }) => {
        kill(node.daemon.vrrpPid, "SIGKILL");
    },
    "the vrrp process is killed three times in a row": async ({ node }) => {
        for (let round = 0; round < 3; round++) {
            kill(node.daemon.vrrpPid, "SIGKILL");
            await pause(50);
        }
    },
    "the parent is killed": async ({ node, random }) => {
        kill(node.daemon.pid, "SIGKILL");
        await pause(random.integer(0, 500));
    },
    "all processes are killed": async ({ node, random }) => {
        await node.daemon.killDead();
        await pause(random.integer(0, 1_500));
    },
    "it is asked to stop": async ({ node }) => {
        kill(node.daemon.pid, "SIGTERM");
        await pause(300);
    },
    "the vrrp process is frozen": async ({ node, random }) => {
        await freeze(node.daemon.vrrpPid, random.integer(50, 2_000));
    },
    "the parent is frozen": async ({ node, random }) => {
        await freeze(node.daemon.pid, random.integer(50, 2_000));
    },
    "a good configuration is read": async ({ node, random }) => {
        node.reload({ priority: random.integer(50, 200) });
    },
    "a broken configuration is read": async ({ node }) => {
        node.reloadBroken();
    },
    "a huge configuration is read": async ({ node }) => {
        node.reload({}, "# nothing but words\n".repeat(50_000));
    },
    "its cable is out": async ({ lab, node, random }) => {
        lab.network.cut(node.name);
        await pause(random.integer(20, 1_500));
        lab.network.join(node.name);
    },
    "its cable is loose": async ({ lab, node, random }) => {
        for (let round = 0; round < 4; round++) {
            lab.network.cut(node.name);
            await pause(random.integer(1, 150));
            lab.network.join(node.name);
            await pause(random.integer(1, 150));
        }
    },
    "its interface goes down": async ({ lab, node, random }) => {
        lab.network.ip(node.name, "link", "set", "eth0", "down");
        await pause(random.integer(1, 1_000));
        lab.network.ip(node.name, "link", "set", "eth0", "up");
    },
    "the machines do not hear each other": async ({ lab, random }) => {
        lab.network.isolate("r1", "r2");
        await pause(random.integer(100, 1_500));
        lab.network.unite("r1", "r2");
    },
    "somebody takes the address away": async ({ lab, node }) => {
        if (lab.network.addresses(node.name).includes(SERVICE_ADDRESS[4])) {
            lab.network.ip(node.name, "address", "delete", `${SERVICE_ADDRESS[4]}/16`, "dev", "eth0");
        }
    },
    "both processors are busy": async ({ random }) => {
        const spinners = [0, 1, 2, 3].map(() => spawn(process.execPath, ["-e", "for (;;) {}"], { stdio: "ignore" }));
        await pause(random.integer(200, 1_500));
        for (const spinner of spinners) {
            spinner.kill("SIGKILL");
        }
    },
};

async function freeze(pid: number | undefined, span: number): Promise<void> {
    kill(pid, "SIGSTOP");
    await pause(span);
    kill(pid, "SIGCONT");
}

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
    try {
        if (pid !== undefined && pid > 0) {
            process.kill(pid, signal);
        }
    } catch {
        // It has just ended by itself.
    }
}
