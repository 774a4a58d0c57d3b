import type { Filled } from "../../../base/filled.ts";
import { type Duration, seconds } from "../../../base/instant.ts";
import type { IpAddress } from "../../../base/ip.ts";
import type { CheckSchedule, CheckSettings } from "../../../service/check-settings.ts";
import type { Endpoint } from "../../../service/probe/endpoint.ts";
import type { Probe } from "../../../service/probe/probe.ts";
import type { realServer } from "../../blocks/real-server.ts";
import type { tcpCheck } from "../../blocks/tcp-check.ts";
import type { virtualServer } from "../../blocks/virtual-server.ts";
import type { BlockValue } from "../../schema.ts";
import type { Configuration, Report } from "../scope.ts";
import type { Scripts } from "../scripts.ts";
import type { TrackerDefinitions } from "../track-lists.ts";

/** `virtual_server` and `real_server` as they were written. */
export type WrittenVirtualServer = BlockValue<typeof virtualServer>;
export type WrittenRealServer = BlockValue<typeof realServer>;

/** The server whose checks are completed: where it stands, and what it and its virtual server say for all checks. */
export interface CheckedServer {
    readonly address: IpAddress;
    readonly port: number;
    /** The name by which it is configured: what pages are asked for where nothing else is said. */
    readonly host: string | undefined;
    /** As messages call it. */
    readonly name: string;
    readonly written: WrittenRealServer;
    readonly virtualServer: WrittenVirtualServer;
    /** `checker_log_all_failures` */
    readonly logsAllFailures: boolean;
    /** Certificates and keys of all checks over TLS. */
    readonly ssl: Configuration["SSL"];
    readonly report: Report;
    readonly scripts: Scripts;
    /** What can be followed, by key: a weight of its own. */
    readonly trackers: TrackerDefinitions;
}

/** What a kind of checker does where nothing is written. */
export interface CheckerDefaults {
    readonly retry: number;
    /** Absent: as long as from one check to the next. */
    readonly delayBeforeRetry?: Duration;
}

/** What most checkers do that open a connection. */
export const CONNECTING: CheckerDefaults = { retry: 1, delayBeforeRetry: seconds(1) };

export const DELAY_LOOP = seconds(60);
const TIMEOUT = seconds(5);

type WrittenCheck = BlockValue<typeof tcpCheck>;
type WrittenSchedule = Pick<WrittenCheck, "retry" | "delay_before_retry" | "warmup" | "delay_loop" | "alpha" | "log_all_failures">;
/** What every checker that opens a connection says. */
export type WrittenConnectingCheck = WrittenSchedule & WrittenConnection & Pick<WrittenCheck, "connect_timeout">;

type WrittenConnection = Pick<WrittenCheck, "connect_ip" | "connect_port" | "bindto" | "bind_port" | "bind_if" | "fwmark">;

/** One checker that opens a connection. */
export function connectingCheck(
    written: WrittenConnectingCheck,
    server: CheckedServer,
    { defaults = CONNECTING, probe }: { readonly defaults?: CheckerDefaults; readonly probe: (endpoint: Endpoint) => Probe },
): CheckSettings {
    return {
        schedule: scheduleOf(written, server, defaults),
        timeout: timeoutOf(written, server),
        probe: probe(endpointOf(written, server)),
    };
}

/** A checker's own words count before its server's, those before the virtual server's. */
export function scheduleOf(
    written: WrittenSchedule,
    { written: real, virtualServer, logsAllFailures }: CheckedServer,
    defaults: CheckerDefaults,
): CheckSchedule {
    const delayLoop = written.delay_loop ?? real.delay_loop ?? virtualServer.delay_loop ?? DELAY_LOOP;
    const ownPause = written.delay_before_retry ?? real.delay_before_retry ?? virtualServer.delay_before_retry;
    return {
        delayLoop,
        retry: written.retry ?? real.retry ?? virtualServer.retry ?? defaults.retry,
        delayBeforeRetry: ownPause ?? defaults.delayBeforeRetry ?? delayLoop,
        warmup: written.warmup ?? real.warmup ?? virtualServer.warmup ?? delayLoop,
        isAlpha: written.alpha ?? real.alpha ?? virtualServer.alpha ?? false,
        logsAllFailures: written.log_all_failures ?? logsAllFailures,
    };
}

/** How long a connection, or an answer, may take. */
export function timeoutOf(written: Pick<WrittenCheck, "connect_timeout">, { written: real, virtualServer }: CheckedServer): Duration {
    return written.connect_timeout ?? real.connect_timeout ?? virtualServer.connect_timeout ?? TIMEOUT;
}

/** Where the check goes, and from where. */
export function endpointOf(written: WrittenConnection, server: CheckedServer): Endpoint {
    const endpoint: Filled<Endpoint> = {
        address: written.connect_ip ?? server.address,
        port: written.connect_port ?? server.port,
        mark: written.fwmark ?? 0,
    };
    if (written.bindto !== undefined) {
        endpoint.source = written.bindto;
    }
    if (written.bind_port !== undefined) {
        endpoint.sourcePort = written.bind_port;
    }
    if (written.bind_if !== undefined) {
        endpoint.interfaceName = written.bind_if;
    }
    return endpoint;
}
