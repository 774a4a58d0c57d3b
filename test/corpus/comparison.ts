import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Diagnostic, exitCodeOf } from "../../src/core/config/diagnostics.ts";
import { loadConfiguration } from "../../src/core/config/load.ts";
import { DiskFiles } from "../../src/io/files/disk-files.ts";

/** What Keepalived said about a file: its exit status and its complaints, each once. */
export interface Expectation {
    readonly exitCode: number;
    readonly complaints: readonly Complaint[];
}

/** One message of Keepalived's. */
export interface Complaint {
    /** Undefined when it names no line of the file itself. */
    readonly line: number | undefined;
    readonly text: string;
}

/** One corpus file, seen by both. */
export interface Comparison {
    readonly number: string;
    readonly expected: Expectation;
    readonly exitCode: number;
    readonly diagnostics: readonly Diagnostic[];
    /** Wall time of reading it, in milliseconds. */
    readonly duration: number;
}

/** Complaints that tell of the machine the file was tried on, not of the file. */
const ENVIRONMENT = [
    /not found\/accessible/,
    /realpath\(\) error/,
    /SECURITY VIOLATION/,
    /Non-existent interface specified/,
    /iptables not supported/,
    /Unknown interface!/,
    /cannot use a loopback interface/,
];

/** Whether a complaint tells of the machine the file was tried on. */
export function isOfEnvironment({ text }: Complaint): boolean {
    return ENVIRONMENT.some((pattern) => pattern.test(text));
}

/** The numbers of the corpus' files. */
export function corpusNumbers(folder: string): readonly string[] {
    const names = readdirSync(folder).filter((name) => name.endsWith(".conf"));
    return names.map((name) => name.slice(0, -".conf".length)).sort();
}

/** Reads one corpus file as `holdfast check` does, on a machine that has the interfaces which Keepalived did not miss. */
export function compare(folder: string, number: string): Comparison {
    const expected = readExpectation(readFileSync(join(folder, `${number}.expect`), "utf8"));
    const missing = missingInterfaces(expected);
    const start = performance.now();
    const { diagnostics } = loadConfiguration([join(folder, `${number}.conf`)], new DiskFiles(), {
        configId: "host",
        random: () => 0.5,
        interfaceExists: (name) => !missing.has(name),
    });
    return { number, expected, diagnostics, exitCode: exitCodeOf(diagnostics), duration: performance.now() - start };
}

function readExpectation(text: string): Expectation {
    const [status = "", , ...messages] = text.split("\n");
    const complaints = new Map(
        messages.filter((message) => message.trim() !== "").map((message) => [message.replace(/^\(\S+\.conf: /, "("), message]),
    );
    return { exitCode: Number(status.replace("rc: ", "")), complaints: [...complaints.keys()].map(readComplaint) };
}

function readComplaint(message: string): Complaint {
    const match = /^\(Line (\d+)\) (.*)$/.exec(message);
    return match === null ? { line: undefined, text: message } : { line: Number(match[1]), text: match[2] as string };
}

function missingInterfaces({ complaints }: Expectation): ReadonlySet<string> {
    const names = complaints.flatMap(({ text }) => /interface (\S+) .*doesn't exist/.exec(text)?.[1] ?? []);
    return new Set(names);
}

/** Keepalived's complaints with a line on which we say nothing. */
export function unanswered({ expected, diagnostics, number }: Comparison): readonly Complaint[] {
    const lines = new Set(diagnostics.filter(isOfFile(number)).map(({ place }) => place?.line));
    return expected.complaints.filter(
        (complaint) => complaint.line !== undefined && !isOfEnvironment(complaint) && !lines.has(complaint.line),
    );
}

function isOfFile(number: string): (diagnostic: Diagnostic) => boolean {
    return ({ errorClass, place }) => errorClass !== "note" && place?.file.endsWith(`/${number}.conf`) === true;
}
