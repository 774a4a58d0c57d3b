import type { TrackerKind } from "../../track/tracker-status.ts";
import { type TrackerUse, trackerKey } from "../../track/tracker-use.ts";
import type { Position } from "../position.ts";
import { type BfdFollower, consumersOf } from "./bfd-sessions.ts";
import type { Configuration, Report } from "./scope.ts";

/** The lists that name something defined elsewhere, and what the thing is called in messages. */
const TRACKERS = [
    { list: "track_script", kind: "script", noun: "track script" },
    { list: "track_file", kind: "file", noun: "track file" },
    { list: "track_process", kind: "process", noun: "track process" },
    { list: "track_bfd", kind: "bfd", noun: "track bfd" },
] as const;

/** Something with track lists. */
type Tracking = Configuration["vrrp_instance"][number] | Configuration["vrrp_sync_group"][number];

/** `weight N [reverse|noreverse]`. */
interface Weight {
    readonly weight: number;
    readonly reverse: "reverse" | "noreverse" | undefined;
}

/** What is defined: by key, the weight of those who name it without one. */
export type TrackerDefinitions = ReadonlyMap<string, Weight>;

/** One entry of a track list and where it stands. */
export interface TrackEntry {
    readonly use: TrackerUse;
    readonly at: Position;
}

const NONE: readonly TrackEntry[] = [];
const NO_WEIGHT: Weight = { weight: 0, reverse: undefined };
/** A file's number counts as it is. */
const FILE_WEIGHT: Weight = { weight: 1, reverse: undefined };

/** Who tracks, and with what. */
export interface TrackerSurroundings {
    readonly follower: BfdFollower;
    /** Those that can be run, by name. */
    readonly scripts: ReadonlyMap<string, unknown>;
}

/**
 * All that a process can track by name, of scripts those that can be run, of BFD sessions those that have news for it; what lacks its main keyword has been
 * complained of. The first of one name counts.
 */
export function trackerDefinitions(configuration: Configuration, { follower, scripts }: TrackerSurroundings): TrackerDefinitions {
    const { vrrp_script, track_file, vrrp_track_process, bfd_instance } = configuration;
    const definitions = new Map<string, Weight>();
    const define = (kind: TrackerKind, name: string, weight: Weight): void => {
        const key = trackerKey({ kind, name });
        definitions.set(key, definitions.get(key) ?? weight);
    };
    for (const { name, weight } of vrrp_script.filter((block) => scripts.has(block.name))) {
        define("script", name, weight);
    }
    for (const { name, weight } of track_file.filter((block) => block.file !== undefined)) {
        define("file", name, weight ?? FILE_WEIGHT);
    }
    for (const { name, weight } of vrrp_track_process.filter((block) => block.process !== undefined)) {
        define("process", name, weight ?? NO_WEIGHT);
    }
    for (const { name, weight } of bfd_instance.filter(
        (block) => block.neighbor_ip !== undefined && consumersOf(block).includes(follower),
    )) {
        define("bfd", name, weight ?? NO_WEIGHT);
    }
    return definitions;
}

/** All entries of one block's track lists; names of nothing, and names that stand twice, are left out and said. */
export function trackEntries(tracking: Tracking, definitions: TrackerDefinitions, report: Report): readonly TrackEntry[] {
    if (tracking.track_interface.length === 0 && TRACKERS.every(({ list }) => tracking[list].length === 0)) {
        return NONE;
    }
    const entries = new Map<string, TrackEntry>();
    for (const [index, { name, weight }] of tracking.track_interface.entries()) {
        const at = tracking.positions.track_interface?.[index] ?? tracking.at;
        add({ entries, tracking, report }, { use: useOf("interface", name, weight ?? NO_WEIGHT), at }, "track interface");
    }
    for (const tracker of TRACKERS) {
        for (const [index, { name, weight }] of tracking[tracker.list].entries()) {
            const at = tracking.positions[tracker.list]?.[index] ?? tracking.at;
            const defined = definitions.get(trackerKey({ kind: tracker.kind, name }));
            if (defined === undefined) {
                refuse({ tracking, report }, at, `${tracker.noun} ${name} is not defined`);
            } else {
                const use = useOf(tracker.kind, name, { ...defined, ...weight, reverse: weight?.reverse ?? defined.reverse });
                add({ entries, tracking, report }, { use, at }, tracker.noun);
            }
        }
    }
    return [...entries.values()];
}

interface Collection {
    readonly entries: Map<string, TrackEntry>;
    readonly tracking: Tracking;
    readonly report: Report;
}

function add({ entries, ...place }: Collection, entry: TrackEntry, noun: string): void {
    const key = trackerKey(entry.use);
    if (entries.has(key)) {
        refuse(place, entry.at, `${noun} ${entry.use.name} is listed twice`);
    } else {
        entries.set(key, entry);
    }
}

function refuse({ tracking, report }: Pick<Collection, "tracking" | "report">, at: Position, what: string): void {
    report(at, {
        code: "tracker-refused",
        errorClass: "general",
        message: `(${tracking.name}) ${what}`,
        consequence: "it is left out",
    });
}

function useOf(kind: TrackerUse["kind"], name: string, { weight, reverse }: Weight): TrackerUse {
    return { kind, name, weight, isReversed: reverse === "reverse" };
}
