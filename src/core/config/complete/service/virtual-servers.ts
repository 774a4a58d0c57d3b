import { inSeconds } from "../../../base/instant.ts";
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
import { suitsPlane } from "./plane-limits.ts";
import { completeQuorum } from "./quorum.ts";
import { completeRealServers, completeSorryServer, type ServerContext } from "./real-servers.ts";
import { completeServed, entryKey, type WrittenGroup } from "./served-entries.ts";
import { endpointName } from "./service-name.ts";

const DEFAULT_PERSISTENCE = 360;
const PROTOCOLS: Readonly<Record<string, TransportProtocol>> = { TCP: "tcp", UDP: "udp", SCTP: "sctp" };

/** The load balancer's services, in the order of the file; those that cannot serve are left out, which is reported. */
export function completeVirtualServers(configuration: Configuration, scripts: Scripts, report: Report): readonly VirtualServerSettings[] {
    const groups = new Map(configuration.virtual_server_group.map((group): [string, WrittenGroup] => [group.name, group]));
    const trackers = trackerDefinitions(configuration, new Map());
    const taken = new Set<string>();
    const servers: VirtualServerSettings[] = [];
    for (const written of configuration.virtual_server) {
        const server = completeVirtualServer(written, {
            groups,
            globals: configuration.global_defs,
            ssl: configuration.SSL,
            scripts,
            trackers,
            report,
        });
        const keys = server?.entries.map(entryKey) ?? [];
        if (server !== undefined && keys.some((key) => taken.has(key))) {
            report(written.at, {
                code: "duplicate-virtual-server",
                errorClass: "general",
                message: `${server.name} serves what another virtual server serves already`,
                consequence: "the first one is used",
            });
        } else if (server !== undefined) {
            servers.push(server);
            for (const key of keys) {
                taken.add(key);
            }
        }
    }
    return servers;
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
    const serverFamilies = written.real_server.flatMap(({ address }) => (typeof address === "string" ? [] : address.family));
    const served = completeServed(written, { groups, protocol, serverFamilies, report });
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
    const { written, globals, name, scripts } = context;
    const persistence = persistenceOf(context, entries);
    const script = (keyword: "quorum_up" | "quorum_down") =>
        scripts.resolve(written[keyword], written.positions[keyword] ?? written.at, `${name} ${keyword}`);
    const [quorumUp, quorumDown] = [script("quorum_up"), script("quorum_down")];
    const webhooks = webhooksOf(written, globals);
    const sorryServer = completeSorryServer(context, realServers);
    return {
        key: `${name} ${context.protocol ?? context.family ?? ""}`,
        name,
        entries,
        scheduler: written.lb_algo ?? "wlc",
        flags: flagsOf(context),
        ...completeQuorum(context, realServers),
        ...(webhooks.length > 0 && { webhooks }),
        mailsQuorum: hasMail(globals) && (written.smtp_alert ?? globals?.smtp_alert_checker ?? globals?.smtp_alert ?? false),
        isOmega: written.omega ?? false,
        suspendsWithoutAddress: written.ha_suspend && written.service.type === "address",
        realServers,
        ...(persistence !== undefined && { persistence }),
        ...(written.persistence_engine !== undefined && { engine: written.persistence_engine }),
        ...(sorryServer !== undefined && { sorryServer }),
        ...(quorumUp !== undefined && { quorumUp }),
        ...(quorumDown !== undefined && { quorumDown }),
    };
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

const FLAG_WORDS = {
    "flag-1": "scheduler-1",
    "flag-2": "scheduler-2",
    "flag-3": "scheduler-3",
    "sh-fallback": "scheduler-1",
    "sh-port": "scheduler-2",
    "mh-fallback": "scheduler-1",
    "mh-port": "scheduler-2",
} as const;

function flagsOf({ written, name, protocol, report }: ServerContext): readonly ServiceFlag[] {
    const flags = new Set<ServiceFlag>();
    for (const [word, flag] of Object.entries(FLAG_WORDS) as [keyof typeof FLAG_WORDS, ServiceFlag][]) {
        const scheduler = word.slice(0, word.indexOf("-"));
        if (!written[word]) {
            continue;
        }
        if (scheduler === "flag" || scheduler === written.lb_algo) {
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
