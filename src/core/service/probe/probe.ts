import type { TcpProbe } from "./tcp-probe.ts";

/** What is asked of a server, by kind: plain data, each kind in a file of its own. */
export type Probe = TcpProbe;

/** The name of a kind. */
export type ProbeKind = Probe["kind"];

/** The probes of one kind. */
export type ProbeOf<Kind extends ProbeKind> = Extract<Probe, { readonly kind: Kind }>;
