import { basename } from "node:path";
import { runProgram } from "./run-program.ts";
import { findCommand, GENHASH, runCommand } from "./tool.ts";

/**
 * What a user or the launcher started: the tool when the first word is one of its sub-commands, else Keepalived's command line.
 *
 * @param called the name that the program was called by; `keepalived` never is the tool, `genhash` is nothing else
 */
export async function runFront(called: string, words: readonly string[], script: string): Promise<void> {
    const [first = "", ...others] = words;
    if (basename(called) === "genhash" || first === "--genhash" || first === "-T") {
        runCommand(GENHASH, basename(called) === "genhash" ? words : others, script);
        return;
    }
    const command = basename(called) === "keepalived" ? undefined : findCommand(words);
    if (command !== undefined) {
        runCommand(command, words.slice(1), script);
        return;
    }
    await runProgram(words, {
        daemon: async () => ({ script, ...(await import("./daemon-configuration.ts")).configurationReader() }),
        testConfiguration: async (options) => (await import("./configuration-test.ts")).testConfiguration(options),
    });
}
