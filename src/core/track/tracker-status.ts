/** What can be tracked besides interfaces. Each kind has names of its own; `static` is a `track_group`: all that is tied to it. */
export type TrackerKind = "script" | "file" | "process" | "bfd" | "static";

/** How a tracked thing stands. `value` is what a track_file says; `unknown` until the first word comes. */
export type TrackerStatus =
    | { readonly type: "unknown" }
    | { readonly type: "up" }
    | { readonly type: "down" }
    | { readonly type: "value"; readonly value: number };

/** News of one tracked thing. */
export interface TrackerNews {
    readonly kind: TrackerKind;
    readonly name: string;
    readonly status: TrackerStatus;
}
