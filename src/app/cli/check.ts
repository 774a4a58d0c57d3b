import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { root } from "../../core/config/blocks/root.ts";
import { exitCodeOf } from "../../core/config/diagnostics.ts";
import { diagnosticsJson } from "../../core/config/diagnostics-json.ts";
import { diagnosticText } from "../../core/config/diagnostics-text.ts";
import { dump } from "../../core/config/dump.ts";
import type { FileTree } from "../../core/config/file-tree.ts";
import {
    type CheckedConfiguration,
    checkConfiguration,
    type LoadedConfiguration,
    type LoadOptions,
    loadConfiguration,
    type ReadingMemory,
} from "../../core/config/load.ts";
import { type ScriptJudge, TRUSTING_JUDGE } from "../../core/config/script-judge.ts";
import { DiskFiles } from "../../io/files/disk-files.ts";
import { expectShortLife } from "../../io/system/garbage-collection.ts";

/** Where a command writes. */
export interface Streams {
    readonly output: { write(text: string): void; readonly isTTY?: boolean };
    readonly errors: { write(text: string): void; readonly isTTY?: boolean };
}

const USAGE = `usage: holdfast check [--json|--expand] [--config-id NAME] FILE…
Reads configuration files and says all that is wrong with them. Needs neither root nor the target's interfaces.
  --json            one JSON document on standard output
  --expand          the configuration itself on standard output: includes read in, definitions, generators and conditional lines carried out;
                    what is wrong goes to standard error
  -i, --config-id   the name that @NAME lines are compared with; this host's when not given
Exit status: 0 fine, 1 wrong usage, 2 a parameter is missing, 4 cannot run, 5 faults, 6 nothing but scripts without script security.
`;

/** `holdfast check FILE…`: the exit status is that of Keepalived's --config-test, so that scripts need not change. */
export async function runCheck(argv: readonly string[], streams: Streams): Promise<number> {
    const request = parseRequest(argv);
    if (request === undefined || request.files.length === 0) {
        streams.errors.write(USAGE);
        return 1;
    }
    expectShortLife();
    const loaded = checkOnDisk(request.files, request.configId);
    const exitCode = exitCodeOf(loaded.diagnostics);
    if (request.isJson) {
        streams.output.write(`${diagnosticsJson(loaded.diagnostics, exitCode)}\n`);
        return exitCode;
    }
    if (request.isExpanded) {
        streams.output.write(dump(root, loaded.configuration));
        streams.errors.write(checkReport(loaded, streams.errors.isTTY === true));
        return exitCode;
    }
    streams.output.write(checkReport(loaded, streams.output.isTTY === true));
    return exitCode;
}

/** What a check found, for people. */
export function checkReport(loaded: CheckedConfiguration, hasColours: boolean): string {
    const { diagnostics, unacted } = loaded;
    const lines = diagnostics.map((diagnostic) => `${diagnosticText(diagnostic, { hasColours })}\n`);
    if (unacted.length > 0) {
        lines.push(`Understood, but not acted upon yet: ${unacted.join(", ")}\n`);
    }
    lines.push(`${summary(loaded)}\n`);
    return lines.join("");
}

function summary({ diagnostics, sources }: CheckedConfiguration): string {
    const count = (severity: string): number => diagnostics.filter((one) => one.severity === severity).length;
    return `${sources.files.length} file(s) read: ${count("error")} error(s), ${count("warning")} warning(s), ${count("note")} note(s)`;
}

/** How files of this machine are read. */
export interface DiskReading {
    readonly configId?: string | undefined;
    /** Where the machine is not the one that the configuration is for, none are looked for. */
    readonly scripts?: ScriptJudge | undefined;
    /** Of the reading before, where there may be one. */
    readonly memory?: ReadingMemory | undefined;
    /** What files are read by, where they are read again and again. */
    readonly tree?: FileTree | undefined;
}

/** Reads a configuration from this machine's files. */
export function loadFromDisk(files: readonly string[], { configId, scripts, memory, tree }: DiskReading = {}): LoadedConfiguration {
    return loadConfiguration(files, tree ?? new DiskFiles(), optionsHere(configId, scripts), memory);
}

/** What is wrong with it, and no more than that takes. @param scripts as above */
export function checkOnDisk(files: readonly string[], configId?: string, scripts?: ScriptJudge): CheckedConfiguration {
    return checkConfiguration(files, new DiskFiles(), optionsHere(configId, scripts));
}

function optionsHere(configId = shortHostName(), scripts: ScriptJudge = TRUSTING_JUDGE): LoadOptions {
    return { configId, environment: (name) => process.env[name], random: Math.random, scripts };
}

function shortHostName(): string {
    return hostname().split(".")[0] ?? "";
}

interface Request {
    readonly files: readonly string[];
    readonly isJson: boolean;
    readonly isExpanded: boolean;
    readonly configId: string | undefined;
}

function parseRequest(argv: readonly string[]): Request | undefined {
    try {
        const { values, positionals } = parseArgs({
            args: [...argv],
            allowPositionals: true,
            options: { json: { type: "boolean" }, expand: { type: "boolean" }, "config-id": { type: "string", short: "i" } },
        });
        const { json: isJson = false, expand: isExpanded = false } = values;
        return isJson && isExpanded ? undefined : { files: positionals, isJson, isExpanded, configId: values["config-id"] };
    } catch {
        return undefined;
    }
}
