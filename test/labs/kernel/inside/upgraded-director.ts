import { spawn } from "node:child_process";
import { join } from "node:path";
import type { KeptConnection } from "../../balance/namespace-sockets.ts";
import type { Daemon } from "./machine.ts";
import type { OrderMonitor } from "./orders.ts";

/** What happened while a director became another version of its program. */
export interface UpgradeSeen {
    /** What the command said. */
    readonly said: string;
    /** What one connection answered, from before the upgrade until after it. */
    readonly answers: readonly string[];
    /** Orders to the kernel's load balancer all the while. */
    readonly orders: number;
    /** Whether its table was another one for a moment. */
    readonly blinked: boolean;
    /** Whether another process judges the servers than before. */
    readonly isReplaced: boolean;
}

/** What the upgrade is watched by. */
export interface UpgradeWatch {
    readonly root: string;
    readonly director: Daemon;
    readonly orders: OrderMonitor;
    readonly connection: KeptConnection;
    readonly look: () => string;
}

/** As long as a checker needs to find out what its predecessor may not have told it. */
const AFTERMATH = 4_000;
const PAUSE = 50;

/** Upgrades a director to the version that it is, while a client goes on asking over one connection. */
export async function upgradeDirector({ root, director, orders, connection, look }: UpgradeWatch): Promise<UpgradeSeen> {
    const answers = [await connection.ask()];
    const [checkers, table] = [director.checkersPid, look()];
    orders.take();
    let blinked = false;
    let endedAt: number | undefined;
    const command = runCommand(join(root, "bin/holdfast"), ["upgrade", "-p", `/run/${director.name}.pid`]).then((said) => {
        endedAt = performance.now();
        return said;
    });
    while (endedAt === undefined || performance.now() - endedAt < AFTERMATH) {
        answers.push(await connection.ask());
        blinked ||= look() !== table;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    return { said: await command, answers, orders: orders.take(), blinked, isReplaced: director.checkersPid !== checkers };
}

/** What a program says until its end. */
function runCommand(program: string, words: readonly string[]): Promise<string> {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            said += text;
        });
    }
    return new Promise((resolve) => child.once("close", () => resolve(said)));
}
