import type { Instant } from "./instant.ts";

/** A protocol without I/O: it is told what happened and when, and answers with what to do. */
export interface Machine<Event, Effect> {
    /** Takes one event; the effects are to be carried out in order. Never throws for a peer's fault. */
    handle(event: Event, now: Instant): readonly Effect[];

    /** When to call `handle` with a wake event if nothing else happens first; undefined means never. */
    readonly wakeAt: Instant | undefined;
}
