import type { Filled } from "../../../base/filled.ts";
import { type Family, formatIp, type IpAddress, ipKey } from "../../../base/ip.ts";
import { type ServerHost, UNKNOWN_ADDRESS } from "../../../service/named-servers.ts";
import type { Forwarding, RealServerSettings, SorryServerSettings, TransportProtocol } from "../../../service/virtual-server.ts";
import type { Globals } from "../globals.ts";
import { hasMail } from "../notifications.ts";
import type { Configuration, Report } from "../scope.ts";
import type { Scripts } from "../scripts.ts";
import type { TrackerDefinitions } from "../track-lists.ts";
import { webhooksOf } from "../webhooks.ts";
import type { WrittenRealServer, WrittenVirtualServer } from "./checked-server.ts";
import { completeChecks } from "./checks.ts";
import { completeForwarding } from "./forwarding.ts";
import { endpointName } from "./service-name.ts";

/** What the servers of one virtual server have in common. */
export interface ServerContext {
    readonly written: WrittenVirtualServer;
    /** The virtual server's name, for complaints. */
    readonly name: string;
    /** Undefined when it serves both families, or a firewall mark. */
    readonly family: Family | undefined;
    /** Undefined for a firewall mark. */
    readonly protocol: TransportProtocol | undefined;
    readonly forwarding: Forwarding;
    readonly globals: Globals | undefined;
    readonly ssl: Configuration["SSL"];
    readonly scripts: Scripts;
    readonly trackers: TrackerDefinitions;
    readonly report: Report;
}

const DEFAULT_WEIGHT = 1;

/** The servers that can serve; of those at the same place the first one stays. */
export function completeRealServers(context: ServerContext): readonly RealServerSettings[] {
    const servers: RealServerSettings[] = [];
    const taken = new Set<string>();
    for (const written of context.written.real_server) {
        for (const place of placesOf(written, context)) {
            const server = completeRealServer(written, place, context);
            if (server !== undefined && isFirst(taken, server)) {
                servers.push(server);
            } else if (server !== undefined) {
                context.report(written.at, {
                    code: "duplicate-real-server",
                    errorClass: "general",
                    message: `${context.name} has ${server.name} twice`,
                    consequence: "the first one is used",
                });
            }
        }
    }
    return servers;
}

function isFirst(taken: Set<string>, server: RealServerSettings): boolean {
    const before = taken.size;
    return taken.add(placeOf(server)).size > before;
}

/** Only where addresses are translated there can be two servers at one address. */
function placeOf({ address, port, forwarding, named }: RealServerSettings): string {
    if (named !== undefined) {
        return `${port} ${address.family} ${named.host}`;
    }
    return forwarding.method === "nat" ? `${port} ${ipKey(address)}` : ipKey(address);
}

/** Where a server stands, or a name that leads there. */
interface Place {
    readonly address: IpAddress;
    readonly named?: ServerHost;
}

/** A name may lead to addresses of each family that can be served. */
function placesOf(written: WrittenRealServer, { family, report }: ServerContext): readonly Place[] {
    const { address, resolve_interval: interval } = written;
    if (typeof address !== "string") {
        if (interval !== undefined) {
            report(written.positions.resolve_interval ?? written.at, {
                code: "nothing-to-resolve",
                errorClass: "warning",
                message: `resolve_interval: the real server ${formatIp(address)} has an address, no name that could be resolved`,
                consequence: "it has no effect",
            });
        }
        return [{ address }];
    }
    const named = { host: address, ...(interval !== undefined && { interval }) };
    const families = family === undefined ? ([4, 6] as const) : [family];
    return families.map((one) => ({ address: UNKNOWN_ADDRESS[one], named }));
}

function completeRealServer(written: WrittenRealServer, { address, named }: Place, context: ServerContext): RealServerSettings | undefined {
    const { written: virtualServer, globals, scripts, ssl, report } = context;
    const at = written.positions.lvs_method ?? written.at;
    const forwarding = completeForwarding(written.lvs_method, {
        otherwise: context.forwarding,
        at,
        name: context.name,
        report: context.report,
    });
    const port = portOf(written, forwarding, context);
    const name = endpointName(named?.host ?? address, context.protocol, port);
    if (!fitsFamily({ address, forwarding }, context)) {
        context.report(written.at, {
            code: "server-family",
            errorClass: "general",
            message: `${name} has another address family than ${context.name}`,
            allowed: "the same, or lvs_method TUN",
            consequence: "the real server is left out",
        });
        return undefined;
    }
    const server: Filled<RealServerSettings> = {
        name,
        address,
        port,
        weight: written.weight ?? virtualServer.weight ?? DEFAULT_WEIGHT,
        forwarding,
        upperThreshold: written.uthreshold ?? 0,
        lowerThreshold: written.lthreshold ?? 0,
        inhibits: written.inhibit_on_failure ?? virtualServer.inhibit_on_failure ?? false,
        mails: hasMail(globals) && (written.smtp_alert ?? globals?.smtp_alert_checker ?? globals?.smtp_alert ?? true),
        checks: completeChecks({
            address,
            port: writtenPort(written, virtualServer),
            name,
            written,
            virtualServer,
            logsAllFailures: globals?.checker_log_all_failures ?? false,
            ssl,
            report,
            scripts,
            trackers: context.trackers,
            host: named?.host,
        }),
    };
    if (named !== undefined) {
        server.named = named;
    }
    addWhatIsSeldom(server, written, context);
    return server;
}

function addWhatIsSeldom(server: Filled<RealServerSettings>, written: WrittenRealServer, context: ServerContext): void {
    const { written: virtualServer, globals, scripts } = context;
    if (written.drain !== undefined) {
        server.drain = written.drain === "until-idle" ? {} : { timeout: written.drain };
    }
    const slowStart = written.slow_start ?? virtualServer.slow_start;
    if (slowStart !== undefined && slowStart > 0) {
        server.slowStart = slowStart;
    }
    const notifyUp = scripts.of("notify_up", written, server.name);
    if (notifyUp !== undefined) {
        server.notifyUp = notifyUp;
    }
    const notifyDown = scripts.of("notify_down", written, server.name);
    if (notifyDown !== undefined) {
        server.notifyDown = notifyDown;
    }
    const webhooks = webhooksOf(written, virtualServer, globals);
    if (webhooks.length > 0) {
        server.webhooks = webhooks;
    }
}

/** The port that is written, or without one (or with 0) the virtual server's: checks go there, whatever the kernel does with packets. */
function writtenPort({ port }: WrittenRealServer, { service }: WrittenVirtualServer): number {
    return port || (service.type === "address" ? service.port : undefined) || 0;
}

/** Only NAT can change a port; a firewall mark has none. */
function portOf(written: WrittenRealServer, forwarding: Forwarding, { written: virtualServer, name, report }: ServerContext): number {
    const { service } = virtualServer;
    if (service.type === "fwmark") {
        return 0;
    }
    const own = service.type === "address" ? (service.port ?? 0) : undefined;
    const port = writtenPort(written, virtualServer);
    if (forwarding.method === "nat" || own === undefined || port === own) {
        return port;
    }
    report(written.at, {
        code: "port-needs-nat",
        errorClass: "general",
        severity: "warning",
        message: `${name}: a port of its own (${port}) takes the forwarding method NAT`,
        consequence: `${own} is used`,
    });
    return own;
}

/** `sorry_server`; undefined when there is none that can serve. */
export function completeSorryServer(context: ServerContext, realServers: readonly RealServerSettings[]): SorryServerSettings | undefined {
    const { written, name, report } = context;
    const sorry = written.sorry_server;
    if (sorry === undefined) {
        return undefined;
    }
    const at = written.positions.sorry_server ?? written.at;
    const forwarding = completeForwarding(written.sorry_server_lvs_method, { otherwise: context.forwarding, at, name, report });
    if (!fitsFamily({ address: sorry.address, forwarding }, context)) {
        report(at, {
            code: "server-family",
            errorClass: "general",
            message: `the sorry server has another address family than ${name}`,
            consequence: "there is none",
        });
        return undefined;
    }
    const own = written.service.type === "address" ? (written.service.port ?? 0) : 0;
    const port = forwarding.method === "nat" ? (sorry.port ?? 0) : own;
    const twin = realServers.find((server) => server.port === port && ipKey(server.address) === ipKey(sorry.address));
    if (twin !== undefined && twin.inhibits !== written.sorry_server_inhibit) {
        report(at, {
            code: "sorry-server-is-real",
            errorClass: "general",
            severity: "warning",
            message: `${name}: the sorry server is also the real server ${twin.name}, and only one of both inhibits`,
            consequence: "both do as the real server",
        });
    }
    return {
        name: endpointName(sorry.address, context.protocol, port),
        address: sorry.address,
        port,
        forwarding,
        inhibits: twin?.inhibits ?? written.sorry_server_inhibit,
    };
}

/** A tunnel may lead from one family to the other. */
function fitsFamily(
    { address, forwarding }: { readonly address: IpAddress; readonly forwarding: Forwarding },
    context: ServerContext,
): boolean {
    return context.family === undefined || address.family === context.family || forwarding.method === "tunnel";
}
