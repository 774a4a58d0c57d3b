import { type Duration, seconds } from "../../../base/instant.ts";
import type { IpAddress } from "../../../base/ip.ts";
import type { CheckSchedule, CheckSettings, Endpoint } from "../../../service/check-settings.ts";
import type { realServer } from "../../blocks/real-server.ts";
import type { tcpCheck } from "../../blocks/tcp-check.ts";
import type { virtualServer } from "../../blocks/virtual-server.ts";
import type { BlockValue } from "../../schema.ts";

/** `virtual_server`, `real_server` and `TCP_CHECK` as they were written. */
export type WrittenVirtualServer = BlockValue<typeof virtualServer>;
export type WrittenRealServer = BlockValue<typeof realServer>;
type WrittenTcpCheck = BlockValue<typeof tcpCheck>;

const DELAY_LOOP = seconds(60);
const TIMEOUT = seconds(5);

/** What a kind of checker does where nothing is written. */
interface CheckerDefaults {
    readonly retry: number;
    readonly delayBeforeRetry: Duration;
}

const CONNECTING: CheckerDefaults = { retry: 1, delayBeforeRetry: seconds(1) };

/** The server whose checks are completed: where it stands, and what it and its virtual server say for all checks. */
export interface CheckedServer {
    readonly address: IpAddress;
    readonly port: number;
    readonly written: WrittenRealServer;
    readonly virtualServer: WrittenVirtualServer;
    /** `checker_log_all_failures` */
    readonly logsAllFailures: boolean;
}

/** The checkers of one real server. */
export function completeChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.TCP_CHECK.map((written) => ({
        schedule: scheduleOf(written, server, CONNECTING),
        probe: { kind: "tcp", endpoint: endpointOf(written, server) },
    }));
}

type WrittenSchedule = Pick<WrittenTcpCheck, "retry" | "delay_before_retry" | "warmup" | "delay_loop" | "alpha" | "log_all_failures">;

/** A checker's own words count before its server's, those before the virtual server's. */
function scheduleOf(
    written: WrittenSchedule,
    { written: real, virtualServer, logsAllFailures }: CheckedServer,
    defaults: CheckerDefaults,
): CheckSchedule {
    const delayLoop = written.delay_loop ?? real.delay_loop ?? virtualServer.delay_loop ?? DELAY_LOOP;
    return {
        delayLoop,
        retry: written.retry ?? real.retry ?? virtualServer.retry ?? defaults.retry,
        delayBeforeRetry:
            written.delay_before_retry ?? real.delay_before_retry ?? virtualServer.delay_before_retry ?? defaults.delayBeforeRetry,
        warmup: written.warmup ?? real.warmup ?? virtualServer.warmup ?? delayLoop,
        isAlpha: written.alpha ?? real.alpha ?? virtualServer.alpha ?? false,
        logsAllFailures: written.log_all_failures ?? logsAllFailures,
    };
}

type WrittenConnection = Pick<
    WrittenTcpCheck,
    "connect_ip" | "connect_port" | "bindto" | "bind_port" | "bind_if" | "connect_timeout" | "fwmark"
>;

function endpointOf(written: WrittenConnection, server: CheckedServer): Endpoint {
    return {
        address: written.connect_ip ?? server.address,
        port: written.connect_port ?? server.port,
        mark: written.fwmark ?? 0,
        timeout: written.connect_timeout ?? server.written.connect_timeout ?? server.virtualServer.connect_timeout ?? TIMEOUT,
        ...(written.bindto !== undefined && { source: written.bindto }),
        ...(written.bind_port !== undefined && { sourcePort: written.bind_port }),
        ...(written.bind_if !== undefined && { interfaceName: written.bind_if }),
    };
}
