import { spawnSync } from "node:child_process";

/** A tool of the system that a lab needs failed or is not there; the message holds the command and what it said. */
export class ToolError extends Error {
    override readonly name = "ToolError";
    readonly code: "tool-missing" | "tool-failed";

    constructor(code: ToolError["code"], message: string) {
        super(message);
        this.code = code;
    }
}

/**
 * Runs a short-lived tool to its end and returns what it printed.
 *
 * @param input given to its standard input
 * @throws ToolError when it cannot be found or ends with anything but 0
 */
export function runTool(command: readonly string[], input = ""): string {
    const [program = "", ...rest] = command;
    const outcome = spawnSync(program, rest, { input, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
    if (outcome.error !== undefined) {
        throw new ToolError("tool-missing", `cannot run "${program}": ${outcome.error.message}`);
    }
    if (outcome.status !== 0) {
        throw new ToolError("tool-failed", `"${command.join(" ")}" ended with ${outcome.status}: ${outcome.stderr.trim()}`);
    }
    return outcome.stdout;
}
