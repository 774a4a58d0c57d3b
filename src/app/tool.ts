import { usageText } from "./daemon-option-table.ts";
import { versionText } from "./version-text.ts";

/** One sub-command of the tool. */
export interface Command {
    readonly name: string;
    readonly help: string;
    /** Answers with the exit status. Its code is loaded only when it is called. @param script the program's own file */
    readonly run: (argv: readonly string[], script: string) => Promise<number>;
}

const STREAMS = { output: process.stdout, errors: process.stderr };

/** The tool that tells digests of pages, under whichever name it is called. */
export const GENHASH: Command = {
    name: "genhash",
    help: "Fetch a page and say its digest, for `digest` in HTTP_GET and SSL_GET",
    run: async (argv) => (await import("./cli/genhash.ts")).runGenhash(argv, STREAMS),
};

const COMMANDS: readonly Command[] = [
    {
        name: "check",
        help: "Read configuration files and say all that is wrong with them",
        run: async (argv) => (await import("./cli/check.ts")).runCheck(argv, STREAMS),
    },
    {
        name: "reload",
        help: "Have the running daemon read its configuration again, or say what that would change",
        run: async (argv) => (await import("./cli/reload.ts")).runReload(argv, STREAMS),
    },
    GENHASH,
    {
        name: "realserver",
        help: "Set up this machine as a real server of LVS-DR, or undo it",
        run: async (argv) => (await import("./cli/realserver.ts")).runRealServer(argv, STREAMS),
    },
    {
        name: "drain",
        help: "Have a real server lose its clients, or give it its weight back",
        run: async (argv) => (await import("./cli/drain.ts")).runDrain(argv, STREAMS),
    },
    {
        name: "upgrade",
        help: "Have the running daemon go on as this version of the program",
        run: async (argv, script) => (await import("./cli/upgrade.ts")).runUpgrade(argv, script, STREAMS),
    },
    {
        name: "lab",
        help: "Two routers and a client on this machine: watch an address fail over",
        run: async (argv) => (await import("./cli/lab/run-lab.ts")).runLab(argv, STREAMS),
    },
    {
        name: "version",
        help: "Say which version this is",
        run: async () => {
            process.stdout.write(versionText());
            return 0;
        },
    },
    {
        name: "help",
        help: "Say this",
        run: async () => {
            process.stdout.write(toolUsage());
            return 0;
        },
    },
];

/** The sub-command that the words call for; undefined when they are the daemon's options. Without any word it is `help`. */
export function findCommand(words: readonly string[]): Command | undefined {
    return COMMANDS.find(({ name }) => name === (words[0] ?? "help"));
}

/** Runs it and leaves its status as the process's. */
export function runCommand(command: Command, argv: readonly string[], script: string): void {
    command.run(argv, script).then(
        (status) => {
            process.exitCode = status;
        },
        (error: unknown) => {
            process.stderr.write(`holdfast ${command.name}: ${error instanceof Error ? error.message : String(error)}\n`);
            process.exitCode = 1;
        },
    );
}

function toolUsage(): string {
    const lines = COMMANDS.map(({ name, help }) => `  ${name.padEnd(10)} ${help}`);
    return [
        "Holdfast keeps a service's address alive across machines.",
        "",
        "usage: holdfast COMMAND …",
        ...lines,
        "",
        "With Keepalived's options, or called keepalived, it is the daemon:",
        "",
        usageText("holdfast"),
    ].join("\n");
}
