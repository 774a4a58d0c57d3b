import { root } from "./blocks/root.ts";
import type { Complaint } from "./complaint.ts";
import { type CompletedConfiguration, completeConfiguration, judgeConfiguration } from "./complete/complete.ts";
import type { Configuration, Report } from "./complete/scope.ts";
import { KeptServers } from "./complete/service/kept-servers.ts";
import { type Diagnostic, Diagnostics } from "./diagnostics.ts";
import { type ExpandLimits, USUAL_LIMITS } from "./expand.ts";
import type { FileTree } from "./file-tree.ts";
import { checkInterfaces } from "./interfaces.ts";
import { KeptBlocks, type TopBlock } from "./kept-blocks.ts";
import { Parser } from "./parse.ts";
import { lineOf, NOWHERE, type Position } from "./position.ts";
import { type OpenKept, Preprocessor } from "./preprocess.ts";
import type { ScriptJudge } from "./script-judge.ts";
import { SourceMap } from "./source-map.ts";

/** What a configuration's meaning depends on besides its files. */
export interface LoadOptions {
    /** `-i NAME`, or the host's name up to its first dot: for `@NAME` lines and `${_INSTANCE}`. */
    readonly configId: string;
    /** For `${_ENV NAME}`; nothing is found when it is not given. */
    readonly environment?: (name: string) => string | undefined;
    /** For `${_RANDOM}`, from 0 up to but not 1. */
    readonly random: () => number;
    /** Bounds against definitions that explode. */
    readonly limits?: ExpandLimits;
    /** Whether an interface is there; when not given none is asked for. */
    readonly interfaceExists?: (name: string) => boolean;
    /** Looks for scripts and their users; when not given nothing is said about them. */
    readonly scripts?: ScriptJudge;
}

/** A configuration as read and judged: there is always one, however many diagnostics. */
export interface CheckedConfiguration {
    /** As it was written. */
    readonly configuration: Configuration;
    /** Everything there is to say about it: first the files in the order they were read, then what is wrong with their meaning. */
    readonly diagnostics: readonly Diagnostic[];
    /** To find the place of a position in `configuration`. */
    readonly sources: SourceMap;
    /** Keywords in it that are understood but not acted upon yet: `virtual_server/snmp_name`. */
    readonly unacted: readonly string[];
}

/** A configuration to be acted upon. */
export interface LoadedConfiguration extends CheckedConfiguration {
    /** As it is meant: defaults filled in, contradictions settled. */
    readonly completed: CompletedConfiguration;
}

/** What one reading leaves for the next. */
export class ReadingMemory {
    readonly blocks = new KeptBlocks();
    readonly servers = new KeptServers();

    forget(): void {
        this.blocks.forget();
        this.servers.forget();
    }
}

/**
 * Reads a configuration: files or patterns, one after the other as if they were one. Never throws for what is in them.
 *
 * @param memory of the reading before: what is as it was is not read again, and comes to the same objects
 */
export function loadConfiguration(
    files: readonly string[],
    tree: FileTree,
    options: LoadOptions,
    memory = new ReadingMemory(),
): LoadedConfiguration {
    const read = readOn(files, tree, options, memory);
    const completed = completeConfiguration(read.configuration, read.report, tree, { judge: options.scripts, kept: memory.servers });
    memory.servers.settle(read.configuration);
    return { ...checked(read, options), completed };
}

/** Reads what has changed; or everything, where what is known of the rest may not hold or would have to be complained of. */
function readOn(files: readonly string[], tree: FileTree, options: LoadOptions, memory: ReadingMemory): ReadFiles {
    let read = readFiles(files, tree, options, memory);
    if (memory.blocks.known > 0 && (read.diagnostics.count > 0 || !memory.servers.suits(read.configuration))) {
        memory.forget();
        read = readFiles(files, tree, options, memory);
    }
    if (!memory.servers.suits(read.configuration)) {
        memory.servers.forget();
    }
    if (read.diagnostics.count > 0) {
        memory.forget();
    } else {
        memory.blocks.settle();
    }
    return read;
}

/** Says of a configuration what {@link loadConfiguration} does, without keeping what it comes to. */
export function checkConfiguration(files: readonly string[], tree: FileTree, options: LoadOptions): CheckedConfiguration {
    const read = readFiles(files, tree, options);
    judgeConfiguration(read.configuration, read.report, tree, options.scripts);
    return checked(read, options);
}

/** What is written, and where to report what is wrong with its meaning. */
interface ReadFiles extends Pick<CheckedConfiguration, "configuration" | "sources" | "unacted"> {
    readonly diagnostics: Diagnostics;
    readonly report: Report;
}

function readFiles(files: readonly string[], tree: FileTree, options: LoadOptions, memory?: ReadingMemory): ReadFiles {
    const sources = new SourceMap();
    const diagnostics = new Diagnostics(sources);
    const parser = new Parser(root, diagnostics);
    const expandOptions = { limits: USUAL_LIMITS, environment: () => undefined, ...options };
    const mayMove = ({ value }: TopBlock) => memory?.servers.has(value) === true;
    const openKept: OpenKept | undefined = memory && ((path, text, isPlain) => memory.blocks.open(path, text, { mayMove, isPlain }));
    const preprocessor = new Preprocessor({ tree, sources, diagnostics, options: expandOptions, sink: parser, openKept });
    for (const file of files) {
        if (!preprocessor.readMain(file)) {
            diagnostics.add(
                { code: "no-configuration", errorClass: "file-not-found", message: `there is no configuration in '${file}'` },
                NOWHERE,
            );
        }
    }
    const configuration = parser.finish();
    const starts = configuration.vrrp_instance.map(({ at }) => lineOf(at));
    const report = (at: Position, complaint: Complaint): void => diagnostics.add(softened(complaint, at, { diagnostics, starts }), at);
    return { configuration, sources, unacted: [...parser.unacted], diagnostics, report };
}

function checked(
    { configuration, sources, unacted, diagnostics, report }: ReadFiles,
    { interfaceExists }: LoadOptions,
): CheckedConfiguration {
    if (interfaceExists !== undefined) {
        checkInterfaces(configuration, interfaceExists, report);
    }
    return { configuration, diagnostics: diagnostics.list, sources, unacted };
}

/** That something is missing is no fault of its own where the same block has a mistake that made it missing: it is told as what follows from that. */
function softened(
    complaint: Complaint,
    at: Position,
    { diagnostics, starts }: { readonly diagnostics: Diagnostics; readonly starts: readonly number[] },
): Complaint {
    if (complaint.lacks === undefined) {
        return complaint;
    }
    const first = lineOf(at);
    const end = starts.find((start) => start > first) ?? Number.POSITIVE_INFINITY;
    return diagnostics.hasCauseOf(complaint.lacks, first, end) ? { ...complaint, errorClass: "note" } : complaint;
}
