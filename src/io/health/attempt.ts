import type { Outcome } from "../../core/health/outcome.ts";
import type { ProbeKind, ProbeOf } from "../../core/service/probe/probe.ts";

/** Whom a try tells how it goes. */
export interface AttemptHost {
    /** It has come to its end; told once, possibly within `begin`, and never after `close`. */
    readonly onOutcome: (outcome: Outcome) => void;
    /** The server has said something that is not yet the end of it. */
    readonly onProgress: () => void;
}

/** One who is not told of progress: what the server says in between does not lengthen its time. */
export function withoutProgress({ onOutcome }: AttemptHost): AttemptHost {
    return { onOutcome, onProgress: () => undefined };
}

/** One try of a check: a connection, a datagram and its answer, a run of a program. It holds nothing any more once its outcome is told. */
export interface Attempt {
    begin(): void;
    /** Nobody waits for the outcome any more. */
    close(): void;
}

/** Makes a try for a probe of one kind. */
export type Connector<Kind extends ProbeKind> = (probe: ProbeOf<Kind>, host: AttemptHost) => Attempt;

/** How each kind of probe is carried out. */
export type Connectors = { readonly [Kind in ProbeKind]: Connector<Kind> };
