import { spawn } from "node:child_process";
import { pause } from "../../../src/app/cli/lab/until.ts";
import type { Faults } from "./fault.ts";

/** What happens to processes. */
export const PROCESS_FAULTS: Faults = {
    "the vrrp process is killed": {
        strike: async ({ node }) => {
            kill(node.pidOf("vrrp"), "SIGKILL");
        },
    },
    "the vrrp process is killed three times in a row": {
        strike: async ({ node }) => {
            for (let round = 0; round < 3; round++) {
                kill(node.pidOf("vrrp"), "SIGKILL");
                await pause(50);
            }
        },
    },
    "any process is killed": {
        strike: async ({ node, random }) => {
            kill(random.pick(node.processes.map(({ pid }) => pid)), "SIGKILL");
        },
    },
    "the parent is killed": {
        strike: async ({ node, random }) => {
            kill(node.daemon.pid, "SIGKILL");
            await pause(random.integer(0, 500));
        },
    },
    "all processes are killed": {
        strike: async ({ node, random }) => {
            await node.daemon.killDead();
            await pause(random.integer(0, 1_500));
        },
    },
    "it is asked to stop": {
        strike: async ({ node }) => {
            kill(node.daemon.pid, "SIGTERM");
            await pause(300);
        },
    },
    "the vrrp process is frozen for a moment": {
        strike: async ({ node, random }) => freeze(node.pidOf("vrrp"), random.integer(20, 250)),
    },
    "the vrrp process is frozen for longer than a down interval": {
        strike: async ({ node, random }) => freeze(node.pidOf("vrrp"), random.integer(500, 2_000)),
    },
    "all of it is frozen": {
        strike: async ({ node, random }) => {
            const pids = node.processes.map(({ pid }) => pid);
            await Promise.all(pids.map((pid) => freeze(pid, random.integer(300, 1_500))));
        },
    },
    "the parent is frozen": {
        isHarmless: true,
        strike: async ({ node, random }) => freeze(node.daemon.pid, random.integer(50, 2_000)),
    },
    "both processors are busy": {
        strike: async ({ random }) => {
            const program = "const end = Date.now() + 10_000; while (Date.now() < end);";
            const spinners = [0, 1, 2, 3].map(() => spawn(process.execPath, ["-e", program], { stdio: "ignore" }));
            await pause(random.integer(200, 1_500));
            for (const spinner of spinners) {
                spinner.kill("SIGKILL");
            }
        },
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
