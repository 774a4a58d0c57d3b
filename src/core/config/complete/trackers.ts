import { type TrackerUse, trackerKey } from "../../track/tracker-use.ts";
import { isOwner } from "./election.ts";
import type { Configuration, Instance, Report } from "./scope.ts";
import type { SyncGroups } from "./sync-groups.ts";
import { completeTrackGroups } from "./track-groups.ts";
import { type TrackEntry, type TrackerDefinitions, trackEntries, trackerDefinitions } from "./track-lists.ts";

type SyncGroup = Configuration["vrrp_sync_group"][number];

/** What each virtual router is to track; each list is looked through once. */
export class Trackers {
    readonly #definitions: TrackerDefinitions;
    readonly #report: Report;
    readonly #groups: SyncGroups;
    readonly #static: ReadonlyMap<string, readonly TrackerUse[]>;
    readonly #ofGroup = new Map<SyncGroup, readonly TrackerUse[]>();

    /** @param scripts those that can be run, by name */
    constructor(configuration: Configuration, groups: SyncGroups, scripts: ReadonlyMap<string, unknown>, report: Report) {
        this.#definitions = trackerDefinitions(configuration, { follower: "vrrp", scripts });
        this.#groups = groups;
        this.#report = report;
        this.#static = completeTrackGroups(configuration, report);
        for (const group of configuration.vrrp_sync_group) {
            this.#ofGroup.set(group, this.#completeGroup(group));
        }
    }

    /** What one tracks by itself and for its sync group; undefined when that is nothing. */
    of(instance: Instance): readonly TrackerUse[] | undefined {
        const group = this.#groups.of(instance.name);
        const shared = (group && this.#ofGroup.get(group)) ?? [];
        const written = trackEntries(instance, this.#definitions, this.#report);
        const fixed = this.#static.get(instance.name) ?? [];
        if (written.length === 0 && shared.length === 0 && fixed.length === 0) {
            return undefined;
        }
        const own = written
            .filter(({ use }) => !isOwnInterface(instance, use))
            .flatMap((entry) => this.#limit(instance, group, entry) ?? []);
        const uses = new Map(own.map(({ use }) => [trackerKey(use), use]));
        for (const use of shared) {
            if (!uses.has(trackerKey(use)) && !isOwnInterface(instance, use)) {
                uses.set(trackerKey(use), use);
            }
        }
        for (const use of fixed) {
            uses.set(trackerKey(use), use);
        }
        this.#reportShared(instance, own, shared);
        return uses.size === 0 ? undefined : [...uses.values()];
    }

    /** What a group tracks counts for all its members alike; with an owner among them, whose priority never changes, it can only be a fault. */
    #completeGroup(group: SyncGroup): readonly TrackerUse[] {
        const entries = trackEntries(group, this.#definitions, this.#report);
        const owner = this.#groups.ownerIn(group);
        if (owner === undefined) {
            return entries.map(({ use }) => use);
        }
        return entries.map((entry) =>
            entry.use.weight === 0 ? entry.use : this.#withoutWeight(group.name, entry, `the address owner ${owner}`).use,
        );
    }

    /**
     * An owner's priority never changes, and members of a sync group must not be moved one by one unless that was asked for. As in Keepalived
     * interfaces and files lose their weight only, so that they can be a fault; other trackers are left out.
     */
    #limit(instance: Instance, group: SyncGroup | undefined, entry: TrackEntry): TrackEntry | undefined {
        const { kind, name, weight } = entry.use;
        const isInGroup = group !== undefined && !group.sync_group_tracking_weight;
        if (weight === 0 || !(isInGroup || isOwner(instance))) {
            return entry;
        }
        const cause = isInGroup ? `sync group ${group.name} without sync_group_tracking_weight` : "priority 255";
        if (kind === "file" || (kind === "interface" && isInGroup)) {
            return this.#withoutWeight(instance.name, entry, cause);
        }
        this.#report(entry.at, {
            code: "tracker-weight-refused",
            errorClass: "general",
            message: `(${instance.name}) tracked ${kind} ${name} has a weight, which does not go with ${cause}`,
            consequence: "it is left out",
        });
        return undefined;
    }

    #withoutWeight(owner: string, { use, at }: TrackEntry, cause: string): TrackEntry {
        this.#report(at, {
            code: "tracker-weight-refused",
            errorClass: "general",
            message: `(${owner}) tracked ${use.kind} ${use.name} has a weight, which does not go with ${cause}`,
            consequence: "its weight is left out: it makes a FAULT instead",
        });
        return { use: { ...use, weight: 0 }, at };
    }

    #reportShared(instance: Instance, own: readonly TrackEntry[], shared: readonly TrackerUse[]): void {
        const keys = new Set(shared.map(trackerKey));
        for (const { use, at } of own.filter((entry) => keys.has(trackerKey(entry.use)))) {
            this.#report(at, {
                code: "tracker-shared",
                errorClass: "general",
                message: `(${instance.name}) tracked ${use.kind} ${use.name} is tracked by its sync group too`,
                consequence: "the entry of the instance counts",
            });
        }
    }
}

/** That one is tracked anyway, and has been remarked on. */
function isOwnInterface(instance: Instance, use: TrackerUse): boolean {
    return use.kind === "interface" && use.name === instance.interface && !instance.dont_track_primary;
}
