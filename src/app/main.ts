import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { loadDaemonConfiguration, testDaemonConfiguration } from "./daemon-configuration.ts";
import { runProgram } from "./run-program.ts";
import { findCommand, runCommand } from "./tool.ts";
import { composeVrrp } from "./vrrp.ts";

/** The program: the daemon in all its processes, and the tool. Which one is said by the name it is called by and by its first word. */
function main(): void {
    const [, called = "", ...words] = process.argv;
    const command = basename(called) === "keepalived" ? undefined : findCommand(words);
    if (command !== undefined) {
        runCommand(command, words.slice(1));
        return;
    }
    const isGenhash = basename(called) === "genhash";
    runProgram(isGenhash ? ["--genhash", ...words] : words, {
        script: fileURLToPath(import.meta.url),
        loadConfiguration: loadDaemonConfiguration,
        testConfiguration: testDaemonConfiguration,
        children: { vrrp: composeVrrp },
    });
}

main();
