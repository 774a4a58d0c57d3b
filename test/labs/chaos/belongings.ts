import { readdirSync, readFileSync } from "node:fs";
import type { LabNetwork } from "../../../src/app/cli/lab/network.ts";
import { childrenOf, isRunning } from "../../../src/app/cli/lab/process-tree.ts";
import { runTool } from "../../../src/app/cli/lab/run-tool.ts";

/** One process of a daemon. */
export interface ProcessSighting {
    readonly pid: number;
    /** What it calls itself. */
    readonly name: string;
    readonly descriptors: number;
    readonly megabytes: number;
}

/** A process and all that it started, those not yet waited for among them. */
export function processTree(pid: number): readonly number[] {
    return [pid, ...childrenOf(pid).flatMap(processTree)];
}

/** What a process has open and how large it is; nothing of one that has ended. */
export function lookAt(pid: number): ProcessSighting | undefined {
    const status = textOf(`/proc/${pid}/status`);
    const resident = /VmRSS:\s+(\d+)/.exec(status)?.[1];
    if (!isRunning(pid) || resident === undefined) {
        return undefined;
    }
    return {
        pid,
        name: /Name:\s+(\S+)/.exec(status)?.[1] ?? "",
        descriptors: countOf(`/proc/${pid}/fd`),
        megabytes: Number(resident) / 1_024,
    };
}

const LISTINGS = [
    ["ip", "-o", "address"],
    ["ip", "-o", "-d", "link"],
    ["ip", "rule"],
    ["ip", "-6", "rule"],
    ["ip", "-4", "route", "show", "table", "all"],
    ["ip", "-6", "route", "show", "table", "all"],
    ["nft", "list", "ruleset"],
    ["sysctl", "-e", "net.ipv4.conf.eth0", "net.ipv4.conf.all"],
] as const;

/** All that a machine's kernel holds: addresses, links, rules, routes, firewall, parameters; the same text for both machines when they hold the same. */
export function kernelListing(network: LabNetwork, node: string, number: number): string {
    const commands = LISTINGS.map((words) => words.join(" ")).join("; echo; ");
    const text = runTool(["ip", "netns", "exec", network.namespace(node), "sh", "-c", `${commands}; true`]);
    return (
        text
            .replaceAll(new RegExp(`\\b(10\\.77\\.0\\.|fd77::|fe80::|02:00:00:77:00:0)${number}\\b`, "g"), "$1N")
            // Interfaces by number, in sets of the firewall.
            .replaceAll(/^.*elements = .*$/gm, (line) => line.replaceAll(/\d+/g, "#"))
            .replaceAll(/^\d+: /gm, "")
            .replaceAll(/link-netns\S* \S+|if\d+|ifindex \d+|numrxqueues.*|brd ff:ff:ff:ff:ff:ff/g, "")
            .replaceAll(/[ \\]+/g, " ")
            .split("\n")
            .sort()
            .join("\n")
    );
}

/** The lines in which two listings differ. */
export function differences(found: string, expected: string): readonly string[] {
    const [left, right] = [found.split("\n"), expected.split("\n")];
    return [
        ...left.filter((line) => !right.includes(line)).map((line) => `too much: ${line}`),
        ...right.filter((line) => !left.includes(line)).map((line) => `missing: ${line}`),
    ];
}

function countOf(path: string): number {
    try {
        return readdirSync(path).length;
    } catch {
        return 0;
    }
}

function textOf(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return "";
    }
}
