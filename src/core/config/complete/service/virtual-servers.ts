import type { Filled } from "../../../base/filled.ts";
import { inSeconds } from "../../../base/instant.ts";
import type { Family } from "../../../base/ip.ts";
import type {
    Persistence,
    RealServerSettings,
    ServiceFlag,
    TransportProtocol,
    VirtualServerSettings,
} from "../../../service/virtual-server.ts";
import { hasMail } from "../notifications.ts";
import type { Configuration, Report } from "../scope.ts";
import type { Scripts } from "../scripts.ts";
import { trackerDefinitions } from "../track-lists.ts";
import { webhooksOf } from "../webhooks.ts";
import type { WrittenVirtualServer } from "./checked-server.ts";
import { completeForwarding } from "./forwarding.ts";
import type { KeptServers } from "./kept-servers.ts";
import { suitsPlane } from "./plane-limits.ts";
import { completeQuorum } from "./quorum.ts";
import { completeRealServers, completeSorryServer, type ServerContext } from "./real-servers.ts";
import { completeServed, entryKey, type WrittenGroup } from "./served-entries.ts";
import { endpointName } from "./service-name.ts";

const DEFAULT_PERSISTENCE = 360;
const PROTOCOLS: Readonly<Record<string, TransportProtocol>> = { TCP: "tcp", UDP: "udp", SCTP: "sctp" };

/** What virtual servers are completed with. */
export interface VirtualServerSurroundings {
    readonly scripts: Scripts;
    readonly report: Report;
    /** Absent where each reading is the only one. */
    readonly kept?: KeptServers | undefined;
}

/** The load balancer's services, in the order of the file; those that cannot serve are left out, which is reported. */
export function* completeVirtualServers(
    configuration: Configuration,
    { scripts, report: tell, kept }: VirtualServerSurroundings,
): Generator<VirtualServerSettings> {
    let complaints = 0;
    const report: Report = (at, complaint) => {
        complaints += 1;
        tell(at, complaint);
    };

    const groups = new Map(configuration.virtual_server_group.map((group): [string, WrittenGroup] => [group.name, group]));
    const trackers = trackerDefinitions(configuration, { follower: "checkers", scripts: new Map() });
    const taken = new Set<string>();
    const context = { groups, globals: configuration.global_defs, ssl: configuration.SSL, scripts, trackers, report };
    for (const written of configuration.virtual_server) {
        const before = complaints + scripts.asked;
        const known = kept?.recall(written);
        const server = known?.server ?? completeVirtualServer(written, context);
        if (server === undefined) {
            continue;
        }
        const keys = known?.keys ?? server.entries.map(entryKey);
        if (known === undefined && complaints + scripts.asked === before) {
            kept?.keep(written, { server, keys });
        }
        if (keys.some((key) => taken.has(key))) {
            report(written.at, {
                code: "duplicate-virtual-server",
                errorClass: "general",
                message: `${server.name} serves what another virtual server serves already`,
                consequence: "the first one is used",
            });
        } else {
            for (const key of keys) {
                taken.add(key);
            }
            yield server;
        }
    }
}

function completeVirtualServer(
    written: WrittenVirtualServer,
    {
        groups,
        globals,
        ssl,
        scripts,
        trackers,
        report,
    }: Pick<ServerContext, "globals" | "ssl" | "scripts" | "trackers" | "report"> & {
        readonly groups: ReadonlyMap<string, WrittenGroup>;
    },
): VirtualServerSettings | undefined {
    const protocol = protocolOf(written);
    const name = nameOf(written, protocol);
    const served = completeServed(written, { groups, protocol, serverFamily: familyOfServers(written), report });
    if (served === undefined) {
        return undefined;
    }
    const at = written.positions.lb_kind ?? written.at;
    const context: ServerContext = {
        written,
        name,
        family: served.family,
        protocol: written.service.type === "fwmark" ? undefined : protocol,
        forwarding: completeForwarding(written.lb_kind, { at, name, report }),
        globals,
        ssl,
        scripts,
        trackers,
        report,
    };
    const realServers = completeRealServers(context);
    if (realServers.length === 0) {
        report(written.at, {
            code: "no-real-servers",
            errorClass: "general",
            message: `${name} has no real servers`,
            consequence: "the virtual server is left out",
        });
        return undefined;
    }
    remarkOnProtocol(context);
    const server = assemble(context, served.entries, realServers);
    return suitsPlane(server, written, context) ? server : undefined;
}

function assemble(
    context: ServerContext,
    entries: VirtualServerSettings["entries"],
    realServers: readonly RealServerSettings[],
): VirtualServerSettings {
    const { written, globals, name } = context;
    const persistence = persistenceOf(context, entries);
    const { quorum, hysteresis } = completeQuorum(context, realServers);
    const server: Filled<VirtualServerSettings> = {
        key: `${name} ${context.protocol ?? context.family ?? ""}`,
        name,
        entries,
        scheduler: written.lb_algo ?? "wlc",
        flags: flagsOf(context),
        quorum,
        hysteresis,
        mailsQuorum: hasMail(globals) && (written.smtp_alert ?? globals?.smtp_alert_checker ?? globals?.smtp_alert ?? false),
        isOmega: written.omega ?? false,
        suspendsWithoutAddress: written.ha_suspend && written.service.type === "address",
        realServers,
    };
    if (persistence !== undefined) {
        server.persistence = persistence;
    }
    if (written.persistence_engine !== undefined) {
        server.engine = written.persistence_engine;
    }
    addWhatIsSeldom(server, context);
    return server;
}

function addWhatIsSeldom(server: Filled<VirtualServerSettings>, context: ServerContext): void {
    const { written, globals, name, scripts } = context;
    const sorryServer = completeSorryServer(context, server.realServers);
    if (sorryServer !== undefined) {
        server.sorryServer = sorryServer;
    }
    const quorumUp = scripts.of("quorum_up", written, name);
    if (quorumUp !== undefined) {
        server.quorumUp = quorumUp;
    }
    const quorumDown = scripts.of("quorum_down", written, name);
    if (quorumDown !== undefined) {
        server.quorumDown = quorumDown;
    }
    const webhooks = webhooksOf(written, globals);
    if (webhooks.length > 0) {
        server.webhooks = webhooks;
    }
}

/** Of the first server that stands at an address. */
function familyOfServers({ real_server: servers }: WrittenVirtualServer): Family | undefined {
    for (const { address } of servers) {
        if (typeof address !== "string") {
            return address.family;
        }
    }
    return undefined;
}

function protocolOf(written: WrittenVirtualServer): TransportProtocol {
    return PROTOCOLS[written.protocol?.toUpperCase() ?? "UDP"] ?? "udp";
}

function nameOf({ service }: WrittenVirtualServer, protocol: TransportProtocol): string {
    switch (service.type) {
        case "address":
            return endpointName(service.address, protocol, service.port ?? 0);
        case "fwmark":
            return `FWM ${service.mark}`;
        case "group":
            return `[${service.name}]:0`;
    }
}

function remarkOnProtocol({ written, name, report }: ServerContext): void {
    if (written.service.type !== "fwmark" && written.protocol === undefined) {
        report(written.at, {
            code: "no-protocol",
            errorClass: "general",
            message: `${name} has no protocol`,
            consequence: "UDP is used",
        });
    }
    if (written.service.type === "fwmark" && written.protocol !== undefined) {
        report(written.positions.protocol ?? written.at, {
            code: "protocol-with-fwmark",
            errorClass: "general",
            message: `${name} takes whatever has the mark`,
            consequence: "the protocol is left out",
        });
    }
}

/** Words of flags; those with a scheduler are for that one alone. */
const FLAG_WORDS: readonly FlagWord[] = [
    { word: "flag-1", flag: "scheduler-1" },
    { word: "flag-2", flag: "scheduler-2" },
    { word: "flag-3", flag: "scheduler-3" },
    { word: "sh-fallback", flag: "scheduler-1", scheduler: "sh" },
    { word: "sh-port", flag: "scheduler-2", scheduler: "sh" },
    { word: "mh-fallback", flag: "scheduler-1", scheduler: "mh" },
    { word: "mh-port", flag: "scheduler-2", scheduler: "mh" },
];

interface FlagWord {
    readonly word: Extract<keyof WrittenVirtualServer, `flag-${string}` | `sh-${string}` | `mh-${string}`>;
    readonly flag: ServiceFlag;
    readonly scheduler?: "sh" | "mh";
}

const NO_FLAGS: readonly ServiceFlag[] = [];

function flagsOf({ written, name, protocol, report }: ServerContext): readonly ServiceFlag[] {
    if (!(written.ops || FLAG_WORDS.some(({ word }) => written[word]))) {
        return NO_FLAGS;
    }
    const flags = new Set<ServiceFlag>();
    for (const { word, flag, scheduler } of FLAG_WORDS) {
        if (!written[word]) {
            continue;
        }
        if (scheduler === undefined || scheduler === written.lb_algo) {
            flags.add(flag);
        } else {
            report(written.positions[word] ?? written.at, {
                code: "flag-of-scheduler",
                errorClass: "general",
                message: `${name}: ${word} is a flag of the scheduler ${scheduler}`,
            });
        }
    }
    if (written.ops && (protocol === "tcp" || protocol === "sctp")) {
        report(written.positions.ops ?? written.at, {
            code: "ops-needs-udp",
            errorClass: "general",
            message: `${name}: ops is for UDP`,
            consequence: "it is left out",
        });
    } else if (written.ops) {
        flags.add("one-packet");
    }
    return [...flags].toSorted();
}

/** A service for every port cannot do without persistence: the connections of one client belong together. */
function persistenceOf({ written, name, report }: ServerContext, entries: VirtualServerSettings["entries"]): Persistence | undefined {
    const granularity = granularityOf(written.persistence_granularity);
    const servesEveryPort = entries.some((entry) => entry.type === "addresses" && entry.port === 0);
    const timeout = written.persistence_timeout;
    if (timeout === undefined && granularity === undefined && !servesEveryPort) {
        return undefined;
    }
    if (timeout === undefined && servesEveryPort) {
        report(written.at, {
            code: "port-zero-persists",
            errorClass: "general",
            message: `${name} serves every port, which takes persistence`,
            consequence: `persistence_timeout ${DEFAULT_PERSISTENCE} is used`,
        });
    }
    const span = timeout === undefined ? DEFAULT_PERSISTENCE : Math.max(1, Math.round(inSeconds(timeout)));
    return { seconds: span, ...(granularity !== undefined && { granularity }) };
}

function granularityOf(written: string | undefined): number | undefined {
    if (written === undefined || !written.includes(".")) {
        return written === undefined ? undefined : Number(written);
    }
    const bits = written
        .split(".")
        .map((part) => Number(part).toString(2).padStart(8, "0"))
        .join("");
    return bits.replaceAll("0", "").length;
}
