import { NO_TIME } from "../../base/instant.ts";
import type { ArgumentPattern, TrackFileSettings, TrackProcessSettings } from "../../track/tracker-definitions.ts";
import type { Configuration } from "./scope.ts";

type TrackFile = Configuration["track_file"][number];
type TrackProcess = Configuration["vrrp_track_process"][number];

/** The tracked files that are complete; of two with one name the first. */
export function completeTrackFiles({ track_file: files }: Configuration): readonly TrackFileSettings[] {
    return firstOfEachName(files).flatMap(completeFile);
}

function completeFile({ name, file, init_file: initial }: TrackFile): readonly TrackFileSettings[] {
    if (file === undefined) {
        return [];
    }
    const made = initial && { initialValue: initial.value, ...(initial.overwrite && { overwrites: true as const }) };
    return [{ name, path: file, ...made }];
}

/** The tracked processes that are complete; of two with one name the first. */
export function completeTrackProcesses({ vrrp_track_process: processes }: Configuration): readonly TrackProcessSettings[] {
    return firstOfEachName(processes).flatMap(completeProcess);
}

function completeProcess(block: TrackProcess): readonly TrackProcessSettings[] {
    const [command, ...words] = block.process ?? [];
    if (command === undefined) {
        return [];
    }
    const pattern = patternOf(block, words);
    const delay = block.delay ?? NO_TIME;
    return [
        {
            name: block.name,
            // The kernel knows a process by the last part of its path only.
            command: pattern === undefined ? command.slice(command.lastIndexOf("/") + 1) : command,
            quorum: block.quorum ?? (block.quorum_max === 0 ? 0 : 1),
            forkDelay: block.fork_delay ?? delay,
            terminateDelay: block.terminate_delay ?? delay,
            ...(pattern !== undefined && { arguments: pattern }),
            ...(block.quorum_max !== undefined && { quorumMax: block.quorum_max }),
        },
    ];
}

/** Arguments are compared as soon as some are written; param_match without any wants none. With full_command alone only the command counts. */
function patternOf({ param_match: match, full_command: isFull }: TrackProcess, words: readonly string[]): ArgumentPattern | undefined {
    if (words.length === 0) {
        return match === undefined ? (isFull ? { match: "any", words } : undefined) : { match: "exact", words };
    }
    return { match: match === "initial" || match === "partial" ? match : "exact", words };
}

function firstOfEachName<Block extends { readonly name: string }>(blocks: readonly Block[]): readonly Block[] {
    const first = new Map<string, Block>();
    for (const block of blocks) {
        first.set(block.name, first.get(block.name) ?? block);
    }
    return [...first.values()];
}
