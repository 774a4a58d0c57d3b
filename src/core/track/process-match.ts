import type { TrackProcessSettings } from "./tracker-definitions.ts";

/** The kernel's names of processes have this many bytes, of which the last one is a zero. */
const LONGEST_NAME = 15;

/** A process, as far as it is compared. */
export interface ProcessIdentity {
    readonly process: number;
    /** Its name: what runs, without path, cut off, or what it calls itself. */
    readonly name: string;
    /** The words it was started with, as it shows them; absent where nobody asks for them. */
    readonly words?: readonly string[];
}

/** Whether this process is one of those that are looked for. */
export function matches({ command, arguments: pattern }: TrackProcessSettings, { name, words }: ProcessIdentity): boolean {
    if (pattern === undefined) {
        return name === command.slice(0, LONGEST_NAME);
    }
    const [first, ...given] = words ?? [];
    if (first !== command) {
        return false;
    }
    const wanted = pattern.words;
    const last = wanted.length - 1;
    switch (pattern.match) {
        case "any":
            return true;
        case "exact":
            return given.length === wanted.length && wanted.every((word, place) => word === given[place]);
        case "partial":
            return wanted.every((word, place) => word === given[place]);
        case "initial":
            return wanted.every((word, place) => (place === last ? given[place]?.startsWith(word) === true : word === given[place]));
    }
}
