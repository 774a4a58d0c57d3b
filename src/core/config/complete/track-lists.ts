import type { Configuration, Report } from "./scope.ts";

/** The lists that name something defined elsewhere, and what the thing is called in messages. */
const TRACKERS = [
    { list: "track_script", noun: "track script" },
    { list: "track_file", noun: "track file" },
    { list: "track_process", noun: "track process" },
    { list: "track_bfd", noun: "track bfd" },
] as const;

type Tracker = (typeof TRACKERS)[number];

/** Something with track lists. */
type Tracking = Configuration["vrrp_instance"][number] | Configuration["vrrp_sync_group"][number];

/** Looks through all track lists: names of nothing, and names that stand twice. Linear: one set of names per kind. */
export function checkTrackLists(configuration: Configuration, report: Report): void {
    const known = knownNames(configuration);
    for (const tracking of [...configuration.vrrp_instance, ...configuration.vrrp_sync_group]) {
        for (const tracker of TRACKERS) {
            checkList(tracking, tracker, known[tracker.list], report);
        }
    }
}

function knownNames(configuration: Configuration): Readonly<Record<Tracker["list"], ReadonlySet<string>>> {
    return {
        track_script: namesOf(configuration.vrrp_script.filter((block) => block.script !== undefined)),
        track_file: namesOf(configuration.track_file.filter((block) => block.file !== undefined)),
        track_process: namesOf(configuration.vrrp_track_process.filter((block) => block.process !== undefined)),
        track_bfd: namesOf(configuration.bfd_instance.filter((block) => block.neighbor_ip !== undefined)),
    };
}

function namesOf(blocks: readonly { readonly name: string }[]): ReadonlySet<string> {
    return new Set(blocks.map((block) => block.name));
}

function checkList(tracking: Tracking, { list, noun }: Tracker, known: ReadonlySet<string>, report: Report): void {
    const seen = new Set<string>();
    for (const [index, { name }] of tracking[list].entries()) {
        const refusal = refusalOf(name, known, seen);
        seen.add(name);
        if (refusal !== undefined) {
            report(tracking.positions[list]?.[index] ?? tracking.at, {
                code: "tracker-refused",
                errorClass: "general",
                message: `(${tracking.name}) ${noun} ${name} ${refusal}`,
                consequence: "it is left out",
            });
        }
    }
}

function refusalOf(name: string, known: ReadonlySet<string>, seen: ReadonlySet<string>): string | undefined {
    if (!known.has(name)) {
        return "is not defined";
    }
    return seen.has(name) ? "is listed twice" : undefined;
}
