import { basename } from "node:path";
import { loadDaemonConfiguration, testDaemonConfiguration } from "./daemon-configuration.ts";
import { runProgram } from "./run-program.ts";
import { findCommand, runCommand } from "./tool.ts";

/**
 * What a user or the launcher started: the tool when the first word is one of its sub-commands, else Keepalived's command line.
 *
 * @param called the name that the program was called by; `keepalived` never is the tool
 */
export function runFront(called: string, words: readonly string[], script: string): void {
    const command = basename(called) === "keepalived" ? undefined : findCommand(words);
    if (command !== undefined) {
        runCommand(command, words.slice(1));
        return;
    }
    const isGenhash = basename(called) === "genhash";
    runProgram(isGenhash ? ["--genhash", ...words] : words, {
        script,
        loadConfiguration: loadDaemonConfiguration,
        testConfiguration: testDaemonConfiguration,
    });
}
