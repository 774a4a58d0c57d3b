import type { Duration } from "../base/instant.ts";

/** A `track_file`: a file whose number counts. */
export interface TrackFileSettings {
    readonly name: string;
    readonly path: string;
    /** `init_file`: the number with which the file is made at start. */
    readonly initialValue?: number;
    /** `init_file … overwrite`: also when there is one already. */
    readonly overwrites?: true;
}

/** A `vrrp_track_process`: processes that have to run, or must not. */
export interface TrackProcessSettings {
    readonly name: string;
    /** What runs: the name of the process, or with `arguments` what it was started with as the first of its words. */
    readonly command: string;
    /** The words that follow the command, and how they have to match; absent when the name alone is compared. */
    readonly arguments?: ArgumentPattern;
    /** How many there must be at least. */
    readonly quorum: number;
    /** How many there may be at most; absent is any number. */
    readonly quorumMax?: number;
    /** How long a change has to last that came by a new process. */
    readonly forkDelay: Duration;
    /** How long a change has to last that came by the end of a process. */
    readonly terminateDelay: Duration;
}

/** `any` does not look at them, `exact` wants all the same, `partial` the first ones, `initial` the first ones of which the last may go on. */
export interface ArgumentPattern {
    readonly match: "any" | "exact" | "partial" | "initial";
    readonly words: readonly string[];
}
