import { parseIp } from "../../../src/core/base/ip.ts";
import type { Outcome } from "../../../src/core/health/outcome.ts";
import type { Endpoint } from "../../../src/core/service/probe/endpoint.ts";
import type { HttpProbe, PageExpectation, PageRequest } from "../../../src/core/service/probe/http-probe.ts";
import type { Probe } from "../../../src/core/service/probe/probe.ts";
import type { TlsSettings } from "../../../src/core/service/probe/tls-settings.ts";
import type { ProbeNews } from "../../../src/io/health/prober.ts";
import type { NativeAddon } from "../../../src/io/native/addon.ts";
import { loneProber } from "../lone-prober.ts";
import { until } from "../own-namespace.ts";

/** What a test wants of a page; the rest is as with a bare `url { path /page }`. */
export interface PageWish {
    readonly host?: string;
    readonly port: number;
    readonly path?: string;
    readonly endpoint?: Partial<Endpoint>;
    readonly request?: Partial<PageRequest>;
    readonly expectation?: Partial<PageExpectation>;
    readonly tls?: Partial<TlsSettings>;
    readonly preamble?: "v1" | "v2";
}

/** A probe for a page. */
export function pageProbe({
    host = "127.0.0.1",
    port,
    path = "/page",
    endpoint,
    request,
    expectation,
    tls,
    preamble,
}: PageWish): HttpProbe {
    const address = parseIp(host);
    if (address === undefined) {
        throw new Error(`no address: ${host}`);
    }
    return {
        kind: "http",
        endpoint: { address, port, mark: 0, ...endpoint },
        request: {
            version: "1.0",
            closes: false,
            method: "GET",
            path,
            host: address.family === 4 ? `${host}:${port}` : `[${host}]:${port}`,
            headers: [],
            ...request,
        },
        expectation: { statusCodes: [{ first: 200, last: 299 }], ...expectation },
        ...(tls !== undefined && { tls: { isStrict: false, ...tls } }),
        ...(preamble !== undefined && { preamble }),
    };
}

/** Asks once, and says in words how it went: `good`, or the reason. */
export async function ask(system: NativeAddon, probe: Probe, limit = 50_000): Promise<string> {
    const outcomes: Outcome[] = [];
    const prober = loneProber(system, (news: ProbeNews) => news.type === "outcome" && outcomes.push(news.outcome));
    prober.begin(1, 1, probe);
    await until(() => outcomes.length > 0, limit);
    const [outcome] = outcomes;
    return outcome === undefined || outcome.type === "success" ? "good" : `${outcome.type}: ${outcome.reason}`;
}
