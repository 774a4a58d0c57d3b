import { describe, expect, it } from "vitest";
import { seconds } from "../../../base/instant.ts";
import type { CheckSettings } from "../../../service/check-settings.ts";
import type { HttpProbe } from "../../../service/probe/http-probe.ts";
import { root } from "../../blocks/root.ts";
import { readForTest } from "../../test-reader.ts";
import type { Report } from "../scope.ts";
import { Scripts } from "../scripts.ts";
import { completeVirtualServers } from "./virtual-servers.ts";

interface Outcome {
    readonly checks: readonly CheckSettings[];
    readonly codes: readonly string[];
}

function complete(checker: string, { server = "", service = "", outside = "" } = {}): Outcome {
    const codes: string[] = [];
    const text = `${outside}; virtual_server 10.0.0.1 80 { protocol TCP; ${service}; real_server 10.0.0.2 80 { ${server}; ${checker} } }`;
    const lines = text.replaceAll("{ ", "{\n").replaceAll(" }", "\n}").replaceAll("; ", "\n");
    const configuration = readForTest(root, lines).value;
    const note: Report = (_at, { code }) => codes.push(code);
    const [virtual] = completeVirtualServers(configuration, { scripts: new Scripts(configuration, undefined, note), report: note });
    return { checks: virtual?.realServers[0]?.checks.filter((check) => "probe" in check) ?? [], codes };
}

function probe(checker: string, surroundings: Parameters<typeof complete>[1] = {}): HttpProbe {
    const { checks, codes } = complete(checker, surroundings);
    expect(codes).toEqual([]);
    return checks[0]?.probe as HttpProbe;
}

describe("HTTP_GET", () => {
    it("gets every default of Keepalived", () => {
        expect(complete("HTTP_GET { url { path /x } }")).toEqual({
            codes: [],
            checks: [
                {
                    schedule: {
                        delayLoop: seconds(60),
                        retry: 1,
                        delayBeforeRetry: seconds(3),
                        warmup: seconds(60),
                        isAlpha: false,
                        logsAllFailures: false,
                    },
                    timeout: seconds(5),
                    probe: {
                        kind: "http",
                        endpoint: { address: { family: 4, bytes: Uint8Array.of(10, 0, 0, 2) }, port: 80, mark: 0 },
                        request: { version: "1.0", closes: false, method: "GET", path: "/x", host: "10.0.0.2:80", headers: [] },
                        expectation: { statusCodes: [{ first: 200, last: 299 }] },
                    },
                },
            ],
        });
    });

    it("has no use for the name of a certificate, and takes the keywords all the same", () => {
        expect(complete("HTTP_GET { enable_sni; sni_name a; url { path / } }")).toEqual(complete("HTTP_GET { url { path / } }"));
    });

    it("asks for its pages in turn, with haste where that is wanted", () => {
        const [check] = complete("HTTP_GET { fast_recovery; url { path /x }; url { path /y }; url { path /z } }").checks;
        expect(check).toMatchObject({
            probe: { request: { path: "/x" } },
            furtherProbes: [{ request: { path: "/y" } }, { request: { path: "/z" } }],
            isHasty: true,
        });
    });

    it("takes the host name from the nearest place, else the address with its port", () => {
        const levels = { server: "virtualhost real", service: "virtualhost virtual" };
        expect(probe("HTTP_GET { virtualhost checker; url { path /; virtualhost page } }", levels).request.host).toBe("page");
        expect(probe("HTTP_GET { virtualhost checker; url { path / } }", levels).request.host).toBe("checker");
        expect(probe("HTTP_GET { url { path / } }", levels).request.host).toBe("real");
        expect(probe("HTTP_GET { url { path / } }", { service: "virtualhost virtual" }).request.host).toBe("virtual");
        expect(probe("HTTP_GET { connect_ip 2001:db8::2; connect_port 81; url { path / } }").request.host).toBe("[2001:db8::2]:81");
    });

    it.each([
        ["1.0", "1.0", false],
        ["1.0C", "1.0", true],
        ["1.0c", "1.0", true],
        ["1.1", "1.1", true],
        ["2", "2", true],
    ])("asks in the form of HTTP %s", (protocol, version, closes) => {
        expect(probe(`HTTP_GET { http_protocol ${protocol}; url { path / } }`).request).toMatchObject({ version, closes });
    });

    it("expects what is written", () => {
        const digest = "0123456789ABCDEF0123456789abcdef";
        const { expectation } = probe(`HTTP_GET { url { path /; digest ${digest}; status_code 200 301-399; contains "a b" } }`);
        expect(expectation).toEqual({
            statusCodes: [
                { first: 200, last: 200 },
                { first: 301, last: 399 },
            ],
            digest: digest.toLowerCase(),
            text: "a b",
        });
    });

    it("looks for the pattern as its options say", () => {
        const options = "regex_options caseless utf firstline; regex_min_offset 2; regex_max_offset 9; regex_no_match";
        expect(probe(`HTTP_GET { url { path /; regex "a$"; ${options} } }`).expectation.pattern).toEqual({
            expression: "a(?:\\n?\\z)",
            isCaseless: true,
            isDotAll: false,
            isMultiline: false,
            isUtf8: true,
            isUnwanted: true,
            leastOffset: 2,
            mostOffset: 9,
            isFirstLine: true,
        });
    });

    it("sends what is written", () => {
        const { request, preamble } = probe(
            'HTTP_GET { proxy_protocol v2; url { path /; method POST; header X-One "1 2"; header X-Two 3; body "a=b" } }',
        );
        expect(request).toMatchObject({ method: "POST", body: "a=b" });
        expect(request.headers).toEqual([
            { name: "X-One", value: "1 2" },
            { name: "X-Two", value: "3" },
        ]);
        expect(preamble).toBe("v2");
    });

    it.each([
        ["HTTP_GET { retry 1 }", "no-pages", 0],
        ["HTTP_GET { url { status_code 200 } }", "no-path", 0],
        ['HTTP_GET { url { path /; regex "(a)\\\\1" } }', "pattern", 1],
        ["HTTP_GET { url { path /; regex_no_match } }", "pattern-missing", 1],
        ["HTTP_GET { url { path /; regex a; regex_min_offset 3; regex_max_offset 2 } }", "pattern-offsets", 1],
    ])("%s is complained of", (text, code, left) => {
        const { codes, checks } = complete(text);
        expect([codes[0], checks.length]).toEqual([code, left]);
    });
});

describe("SSL_GET", () => {
    const SSL = "SSL { ca /ca; certificate /cert; key /key; password secret }";

    it("asks and judges as HTTP_GET does", () => {
        const page =
            'path /x; digest 0123456789abcdef0123456789abcdef; status_code 200; virtualhost page; contains a; regex "b"; regex_no_match; ' +
            'regex_options caseless; regex_min_offset 1; regex_max_offset 9; regex_stack 1 2; method POST; header X 1; body "c"';
        const lines = `fast_recovery; http_protocol 1.1; proxy_protocol v1; url { ${page} }; url { path /y }`;
        const [plain, secure] = [complete(`HTTP_GET { ${lines} }`), complete(`SSL_GET { ${lines} }`)];
        const tls = { isStrict: false };
        const [check] = plain.checks;
        expect(secure.checks).toEqual([
            {
                ...check,
                probe: { ...check?.probe, tls },
                furtherProbes: check?.furtherProbes?.map((further) => ({ ...further, tls })),
            },
        ]);
        expect([plain.codes, secure.codes]).toEqual([[], []]);
        expect(check?.probe).toMatchObject({ request: { method: "POST", host: "page", version: "1.1" }, preamble: "v1" });
    });

    it("names no host, looks at no certificate, and takes an abrupt end, unless told otherwise", () => {
        expect(probe("SSL_GET { url { path / } }").tls).toEqual({ isStrict: false });
    });

    it("names the host by sni_name, or by virtualhost but for the real server's", () => {
        const levels = { server: "virtualhost real", service: "virtualhost virtual" };
        expect(probe("SSL_GET { enable_sni; virtualhost checker; url { path /; virtualhost page } }", levels).tls?.serverName).toBe("page");
        expect(probe("SSL_GET { enable_sni; virtualhost checker; url { path / } }", levels).tls?.serverName).toBe("checker");
        expect(probe("SSL_GET { enable_sni; url { path / } }", levels).tls?.serverName).toBe("virtual");
        expect(probe("SSL_GET { sni_name sni; url { path / } }", levels).tls?.serverName).toBe("sni");
        expect(probe("SSL_GET { url { path / } }", levels).tls?.serverName).toBeUndefined();
    });

    it("is strict by page or by checker", () => {
        expect(probe("SSL_GET { tls_compliant; url { path / } }").tls?.isStrict).toBe(true);
        expect(probe("SSL_GET { tls_compliant; url { path /; tls_compliant off } }").tls?.isStrict).toBe(false);
    });

    it("has the files of the SSL block, or its own", () => {
        const files = { authorities: "/ca", certificate: "/cert", key: "/key", password: "secret" };
        expect(probe("SSL_GET { url { path / } }", { outside: SSL }).tls).toEqual({ isStrict: false, ...files });
        expect(probe("SSL_GET { certificate /own; key /ownkey; url { path / } }", { outside: SSL }).tls).toEqual({
            isStrict: false,
            authorities: "/ca",
            certificate: "/own",
            key: "/ownkey",
        });
    });

    it("judges the certificate for the name that is asked for", () => {
        expect(probe("SSL_GET { verify; url { path / } }").tls?.verifiedName).toBe("10.0.0.2");
        expect(probe("SSL_GET { verify; virtualhost www; url { path / } }").tls?.verifiedName).toBe("www");
        expect(probe("SSL_GET { ca /a; certificate /c; key /k; password mine; url { path / } }").tls).toMatchObject({
            authorities: "/a",
            password: "mine",
        });
        expect(probe("SSL_GET { verify_name other; least_days 14; url { path / } }").tls).toMatchObject({
            verifiedName: "other",
            leastDays: 14,
        });
    });
});

describe("GRPC_CHECK", () => {
    it("asks the server as a whole, without TLS, unless told otherwise", () => {
        expect(complete("GRPC_CHECK { }").checks[0]?.probe).toEqual({
            kind: "grpc",
            endpoint: { address: { family: 4, bytes: Uint8Array.of(10, 0, 0, 2) }, port: 80, mark: 0 },
            service: "",
            authority: "10.0.0.2:80",
        });
    });

    it("asks for a service of a host over TLS, and looks at the certificate", () => {
        const { checks, codes } = complete(
            "GRPC_CHECK { service shop.Cart; virtualhost shop; tls; enable_sni; verify; proxy_protocol v1 }",
        );
        expect(codes).toEqual([]);
        expect(checks[0]?.probe).toMatchObject({
            service: "shop.Cart",
            authority: "shop",
            tls: { serverName: "shop", verifiedName: "shop" },
            preamble: "v1",
        });
    });

    it("is asked with a name, files and days of its own, or with those of the SSL block", () => {
        const own = "sni_name sni; verify_name other; least_days 14; ca /a; certificate /c; key /k; password p";
        expect(complete(`GRPC_CHECK { tls; ${own} }`).checks[0]?.probe).toMatchObject({
            tls: {
                serverName: "sni",
                verifiedName: "other",
                leastDays: 14,
                authorities: "/a",
                certificate: "/c",
                key: "/k",
                password: "p",
            },
        });
        const outside = "SSL { ca /ca; certificate /cert; key /key; password secret }";
        const files = { authorities: "/ca", certificate: "/cert", key: "/key", password: "secret" };
        expect(complete("GRPC_CHECK { tls }", { outside }).checks[0]?.probe).toMatchObject({ tls: files });
    });
});
