import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { pause } from "../../../src/app/cli/lab/until.ts";
import type { ChaosNode } from "./chaos-node.ts";
import type { Faults } from "./fault.ts";

const PIPE_BLOCK = new Uint8Array(4_096).fill(10);

/** What happens to configuration, files, pipes, scripts and the clock. */
export const SURROUNDING_FAULTS: Faults = {
    "a good configuration is read": {
        isHarmless: true,
        strike: async ({ node, random }) => node.reload({ priority: random.integer(50, 200) }),
    },
    "a broken configuration is read": {
        isHarmless: true,
        strike: async ({ node }) => node.reloadBroken(),
    },
    "a long configuration is read": {
        isHarmless: true,
        strike: async ({ node }) => node.reload({}, "# nothing but words\n".repeat(50_000)),
    },
    "a configuration with many addresses is read, and taken back": {
        isHarmless: true,
        strike: async ({ node, random }) => {
            node.reload({ more: 500 });
            await pause(random.integer(0, 800));
            node.reload({ more: 0 });
        },
    },
    "configurations are read without a pause": {
        isHarmless: true,
        strike: async ({ node, random }) => {
            for (let round = 0; round < 8; round++) {
                node.reload({ priority: random.integer(50, 200) });
                await pause(random.integer(0, 30));
            }
        },
    },
    "its disk is full": {
        isHarmless: true,
        strike: async ({ node, random }) => {
            node.disk.fill();
            node.reload({ priority: random.integer(50, 200) });
            dump(node);
            await pause(random.integer(100, 800));
            node.disk.empty();
        },
    },
    "its disk is full while the vrrp process is killed": {
        strike: async ({ node }) => {
            node.disk.fill();
            const pid = node.pidOf("vrrp");
            if (pid !== undefined) {
                process.kill(pid, "SIGKILL");
            }
            await pause(500);
            node.disk.empty();
        },
    },
    "its disk is full while everything is killed and starts again": {
        strike: async ({ node }) => {
            node.disk.fill();
            await node.daemon.killDead();
            node.revive();
            await pause(700);
            node.disk.empty();
        },
    },
    "everybody wants to know": {
        isHarmless: true,
        strike: async ({ node, random }) => {
            for (let round = 0; round < 10; round++) {
                dump(node);
                await pause(random.integer(0, 20));
            }
        },
    },
    "its pipe is full": {
        isHarmless: true,
        strike: async ({ node, random }) => {
            fillPipe(node.paths.fifo);
            node.reload({ priority: random.integer(50, 200) });
        },
    },
    "somebody reads its pipe, and no more": {
        isHarmless: true,
        strike: async ({ node }) => readPipe(node.paths.fifo),
    },
    "scripts that are told of changes hang": {
        isHarmless: true,
        strike: async ({ node, random }) => {
            node.hang("notify.sh", true);
            node.reload({ priority: random.integer(50, 200) });
            await pause(random.integer(100, 2_000));
            node.hang("notify.sh", false);
        },
    },
    "scripts that watch something hang": {
        isHarmless: true,
        strike: async ({ node, random }) => {
            node.hang("track.sh", true);
            await pause(random.integer(500, 2_500));
            node.hang("track.sh", false);
        },
    },
    "its clock is set a little": {
        isHarmless: true,
        strike: async ({ node, random }) => {
            const step = random.integer(-1_500, 1_500) / 1_000;
            node.clock.step(step);
            await pause(random.integer(1, 1_000));
            node.clock.step(-step);
        },
    },
    "its machine seems to have been suspended": {
        strike: async ({ node, random }) => {
            const span = random.pick([1, 3_600]);
            node.clock.suspend(span);
            // What follows upon the time of day is another fault's matter.
            node.clock.step(-span);
        },
    },
    "its clock is set by hours, and back": {
        strike: async ({ node, random }) => {
            const step = random.pick([-86_400, -7_200.25, 3_600.5, 604_800]);
            node.clock.step(step);
            await pause(random.integer(1, 1_500));
            node.clock.step(-step);
        },
    },
};

function dump(node: ChaosNode): void {
    if (!node.daemon.hasEnded && node.pidOf("vrrp") !== undefined) {
        node.daemon.signal("SIGUSR1");
        node.daemon.signal("SIGUSR2");
    }
}

function fillPipe(path: string): void {
    withPipe(path, constants.O_RDWR, (fd) => {
        for (;;) {
            writeSync(fd, PIPE_BLOCK);
        }
    });
}

function readPipe(path: string): void {
    withPipe(path, constants.O_RDONLY, (fd) => {
        const bytes = new Uint8Array(65_536);
        while (readSync(fd, bytes) > 0) {}
    });
}

/** Works at it until it would have to wait; a pipe that is not there just now is left alone. */
function withPipe(path: string, flags: number, work: (fd: number) => void): void {
    let fd: number | undefined;
    try {
        fd = openSync(path, flags | constants.O_NONBLOCK);
        work(fd);
    } catch {
        // Full, or empty, or not there: done.
    } finally {
        if (fd !== undefined) {
            closeSync(fd);
        }
    }
}
