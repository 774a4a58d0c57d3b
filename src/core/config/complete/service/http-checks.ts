import { seconds } from "../../../base/instant.ts";
import { formatIp } from "../../../base/ip.ts";
import type { CheckSettings } from "../../../service/check-settings.ts";
import type { Endpoint } from "../../../service/probe/endpoint.ts";
import type { HttpProbe, PageExpectation, PageRequest, StatusRange } from "../../../service/probe/http-probe.ts";
import type { httpGet, sslGet } from "../../blocks/http-get.ts";
import type { httpUrl, sslUrl } from "../../blocks/http-url.ts";
import type { BlockValue } from "../../schema.ts";
import { type CheckedServer, type CheckerDefaults, endpointOf, scheduleOf, timeoutOf } from "./checked-server.ts";
import { completePattern } from "./page-pattern.ts";
import { tlsSettingsOf } from "./tls-settings.ts";

type WrittenCheck = BlockValue<typeof httpGet>;
type WrittenSecureCheck = BlockValue<typeof sslGet>;
type WrittenPage = BlockValue<typeof httpUrl>;
type WrittenSecurePage = BlockValue<typeof sslUrl>;

const PATIENCE: CheckerDefaults = { retry: 1, delayBeforeRetry: seconds(3) };
const GOOD_CODES: readonly StatusRange[] = [{ first: 200, last: 299 }];

/** `HTTP_GET` of one real server. */
export function httpChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.HTTP_GET.flatMap((written) => checkOf(written, server, probesOf(written, server)));
}

/** `SSL_GET` of one real server. */
export function secureHttpChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.SSL_GET.flatMap((written) => checkOf(written, server, secureProbesOf(written, server)));
}

function checkOf(
    written: WrittenCheck | WrittenSecureCheck,
    server: CheckedServer,
    probes: readonly HttpProbe[],
): readonly CheckSettings[] {
    const [probe, ...furtherProbes] = probes;
    if (probe === undefined) {
        server.report(written.at, {
            code: "no-pages",
            errorClass: "general",
            message: "there is no url to fetch",
            consequence: "the check is left out",
        });
        return [];
    }
    return [
        {
            schedule: scheduleOf(written, server, PATIENCE),
            timeout: timeoutOf(written, server),
            probe,
            ...(furtherProbes.length > 0 && { furtherProbes }),
            ...(written.fast_recovery === true && { isHasty: true }),
        },
    ];
}

function probesOf(written: WrittenCheck, server: CheckedServer): readonly HttpProbe[] {
    return written.url.flatMap((page) => probeOf(page, written, server));
}

function secureProbesOf(written: WrittenSecureCheck, server: CheckedServer): readonly HttpProbe[] {
    return written.url.flatMap((page: WrittenSecurePage) => {
        const tls = tlsSettingsOf(written, server, {
            // Of the real server's virtualhost nothing is said here, as in Keepalived.
            hostName: page.virtualhost ?? written.virtualhost ?? server.virtualServer.virtualhost,
            isStrict: page.tls_compliant ?? written.tls_compliant ?? false,
        });
        return probeOf(page, written, server).map((probe): HttpProbe => ({ ...probe, tls }));
    });
}

function probeOf(page: WrittenPage, written: WrittenCheck, server: CheckedServer): readonly HttpProbe[] {
    if (page.path === undefined) {
        server.report(page.at, { code: "no-path", errorClass: "general", message: "the url has no path", consequence: "it is left out" });
        return [];
    }
    const endpoint = endpointOf(written, server);
    const host = page.virtualhost ?? written.virtualhost ?? server.written.virtualhost ?? server.virtualServer.virtualhost;
    return [
        {
            kind: "http",
            endpoint,
            request: requestOf(page, { path: page.path, protocol: written.http_protocol, host: host ?? server.host ?? hostOf(endpoint) }),
            expectation: expectationOf(page, server),
            ...(written.proxy_protocol !== undefined && { preamble: written.proxy_protocol }),
        },
    ];
}

function requestOf(
    page: WrittenPage,
    { path, protocol = "1.0", host }: { readonly path: string; readonly protocol: WrittenCheck["http_protocol"]; readonly host: string },
): PageRequest {
    return {
        version: protocol === "1.0C" || protocol === "1.0c" ? "1.0" : protocol,
        closes: protocol !== "1.0",
        method: page.method ?? "GET",
        path,
        host,
        headers: page.header,
        ...(page.body !== undefined && { body: page.body }),
    };
}

/** How a server without a name is called; the port always stands in it. */
export function hostOf({ address, port }: Endpoint): string {
    return address.family === 4 ? `${formatIp(address)}:${port}` : `[${formatIp(address)}]:${port}`;
}

function expectationOf(page: WrittenPage, { report }: CheckedServer): PageExpectation {
    const pattern = completePattern(page, report);
    return {
        statusCodes: page.status_code?.map(rangeOf) ?? GOOD_CODES,
        ...(page.digest !== undefined && { digest: page.digest.toLowerCase() }),
        ...(pattern !== undefined && { pattern }),
        ...(page.contains !== undefined && { text: page.contains }),
    };
}

function rangeOf(written: string): StatusRange {
    const [first = 0, last = first] = written.split("-").map(Number);
    return { first: Math.min(first, last), last: Math.max(first, last) };
}
