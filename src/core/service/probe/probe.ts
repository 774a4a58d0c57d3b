import type { AgentProbe } from "./agent-probe.ts";
import type { DnsProbe } from "./dns-probe.ts";
import type { GrpcProbe } from "./grpc-probe.ts";
import type { HttpProbe } from "./http-probe.ts";
import type { PingProbe } from "./ping-probe.ts";
import type { ScriptProbe } from "./script-probe.ts";
import type { SmtpProbe } from "./smtp-probe.ts";
import type { TcpProbe } from "./tcp-probe.ts";
import type { UdpProbe } from "./udp-probe.ts";

/** What is asked of a server, by kind: plain data, each kind in a file of its own. */
export type Probe = TcpProbe | HttpProbe | GrpcProbe | SmtpProbe | DnsProbe | UdpProbe | PingProbe | ScriptProbe | AgentProbe;

/** The name of a kind. */
export type ProbeKind = Probe["kind"];

/** The probes of one kind. */
export type ProbeOf<Kind extends ProbeKind> = Extract<Probe, { readonly kind: Kind }>;
