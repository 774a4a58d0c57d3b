import { describe, expect, it } from "vitest";
import { seconds } from "../../../base/instant.ts";
import { formatIp } from "../../../base/ip.ts";
import type { CheckerSettings, CheckSettings } from "../../../service/check-settings.ts";
import { root } from "../../blocks/root.ts";
import { readForTest } from "../../test-reader.ts";
import type { Report } from "../scope.ts";
import { Scripts } from "../scripts.ts";
import { completeVirtualServers } from "./virtual-servers.ts";

/** The checks of one real server with these lines, and what there was to say about them. */
function checks(lines: string, more = ""): { readonly checks: readonly CheckerSettings[]; readonly codes: readonly string[] } {
    const codes: string[] = [];
    const text = `${more}virtual_server 10.0.0.1 80 { protocol TCP; real_server 10.0.0.2 80 { ${lines} } }`;
    const broken = text.replaceAll("{ ", "{\n").replaceAll(" }", "\n}").replaceAll("; ", "\n");
    const configuration = readForTest(root, broken).value;
    const note: Report = (_at, { code }) => codes.push(code);
    const servers = [...completeVirtualServers(configuration, { scripts: new Scripts(configuration, undefined, note), report: note })];
    return { checks: servers[0]?.realServers[0]?.checks ?? [], codes };
}

function check(lines: string): CheckSettings {
    const { checks: found, codes } = checks(lines);
    expect(codes).toEqual([]);
    return found[0] as CheckSettings;
}

describe("defaults of their own", () => {
    it.each([
        ["TCP_CHECK", 1, 1],
        ["SMTP_CHECK", 1, 1],
        ["PING_CHECK", 1, 1],
        ["UDP_CHECK", 1, 1],
        ["DNS_CHECK", 3, 60],
    ])("%s has %d retries after %d seconds", (name, retry, pause) => {
        expect(check(`${name} { }`).schedule).toMatchObject({ retry, delayBeforeRetry: seconds(pause), delayLoop: seconds(60) });
    });

    it("a pause that follows delay_loop follows the one that is written", () => {
        expect(check("delay_loop 7; DNS_CHECK { }").schedule.delayBeforeRetry).toEqual(seconds(7));
    });
});

describe("every checker", () => {
    const PLACE = "connect_ip 10.9.9.9; connect_port 81; bindto 10.0.0.7; bind_port 1234; bind_if eth7; fwmark 5; connect_timeout 2";
    const SCHEDULE = "retry 7; delay_before_retry 4; warmup 3; delay_loop 9; alpha; log_all_failures";
    const found = {
        retry: 7,
        delayBeforeRetry: seconds(4),
        warmup: seconds(3),
        delayLoop: seconds(9),
        isAlpha: true,
        logsAllFailures: true,
    };

    it.each([
        "TCP_CHECK { ?",
        "HTTP_GET { ?; url { path / }",
        "SSL_GET { ?; url { path / }",
        "GRPC_CHECK { ?",
        "SMTP_CHECK { ?",
        "SMTP_CHECK { host { ? }",
        "DNS_CHECK { ?",
        "PING_CHECK { ?",
        "UDP_CHECK { ?",
        "AGENT_CHECK { ?",
    ])("goes where it is told, when and as often: %s", (written) => {
        const { probe, timeout, schedule } = check(`${written.replace("?", `${PLACE}; ${SCHEDULE}`)} }`);
        const endpoint = "endpoint" in probe ? probe.endpoint : expect.fail();
        expect([formatIp(endpoint.address), endpoint.source && formatIp(endpoint.source)]).toEqual(["10.9.9.9", "10.0.0.7"]);
        // An echo request has no ports.
        expect(endpoint).toMatchObject({ interfaceName: "eth7", mark: 5, ...(probe.kind !== "ping" && { port: 81, sourcePort: 1_234 }) });
        expect([timeout, schedule]).toEqual([seconds(2), found]);
    });

    it("runs its program when and as often as it is told", () => {
        expect(check(`MISC_CHECK { misc_path /bin/check; ${SCHEDULE} }`).schedule).toEqual(found);
    });
});

describe("SMTP_CHECK", () => {
    it("says hello by the name that is written", () => {
        expect(check("SMTP_CHECK { }").probe).toMatchObject({ kind: "smtp", heloName: "smtpchecker.keepalived.org" });
        expect(check("SMTP_CHECK { helo_name me.test }").probe).toMatchObject({ heloName: "me.test" });
    });

    it("is one check for each host, which says what the checker does not", () => {
        const { checks: found } = checks(
            "SMTP_CHECK { connect_port 26; connect_timeout 2; host { connect_ip 10.9.9.1 }; host { connect_ip 10.9.9.2; connect_port 27 } }",
        );
        const places = found.map((one) =>
            "probe" in one && one.probe.kind === "smtp" ? [formatIp(one.probe.endpoint.address), one.probe.endpoint.port, one.timeout] : [],
        );
        expect(places).toEqual([
            ["10.9.9.1", 26, seconds(2)],
            ["10.9.9.2", 27, seconds(2)],
        ]);
    });
});

describe("DNS_CHECK", () => {
    it("asks for the root's SOA, or for what is written", () => {
        expect(check("DNS_CHECK { }").probe).toMatchObject({ recordType: 6, labels: [] });
        expect(check("DNS_CHECK { type AAAA; name www.test. }").probe).toMatchObject({ recordType: 28, labels: ["www", "test"] });
    });

    it("asks for the root where the name is none", () => {
        const { checks: found, codes } = checks("DNS_CHECK { name a..b }");
        expect([found[0], codes]).toMatchObject([{ probe: { labels: [] } }, ["no-domain-name"]]);
    });
});

describe("UDP_CHECK", () => {
    it("is content with silence, unless a reply is asked for", () => {
        expect(check("UDP_CHECK { }").silence).toBe("success");
        expect(check("UDP_CHECK { require_reply }").silence).toBeUndefined();
        expect(check("UDP_CHECK { }").probe).toMatchObject({ payload: { length: 32 } });
    });

    it("reads digits as Keepalived does: in pairs, the odd one of a word by itself", () => {
        const { probe } = check("UDP_CHECK { payload Ab12f 3 456; require_reply aBxcX; min_reply_length 2; max_reply_length 9 }");
        expect(probe).toMatchObject({
            payload: Uint8Array.of(0xab, 0x12, 0x0f, 0x03, 0x45, 0x06),
            form: { bytes: Uint8Array.of(0xab, 0x0c, 0x00), mask: Uint8Array.of(0xff, 0x0f, 0xf0), minimumLength: 2, maximumLength: 9 },
        });
    });

    it.each([
        ["min_reply_length 3", "length-without-form"],
        ["require_reply; max_reply_length 3", "length-without-form"],
        ["require_reply ab; min_reply_length 3; max_reply_length 2", "no-length-fits"],
    ])("is remarked on: %s", (lines, code) => {
        expect(checks(`UDP_CHECK { ${lines} }`).codes).toEqual([code]);
    });
});

describe("MISC_CHECK", () => {
    it("is a program with its user, ended after the virtual server's delay_loop, without a retry", () => {
        const { checks: found, codes } = checks('MISC_CHECK { misc_path "/bin/check -v"; misc_dynamic; delay_loop 3 }');
        expect(found).toMatchObject([
            {
                schedule: { retry: 0, delayBeforeRetry: seconds(1), delayLoop: seconds(3) },
                timeout: seconds(60),
                probe: { kind: "script", command: { words: ["/bin/check", "-v"] }, setsWeight: true },
            },
        ]);
        expect(codes).toEqual([]);
        expect(check("MISC_CHECK { misc_path /bin/check; misc_timeout 2 }")).toMatchObject({
            timeout: seconds(2),
            probe: { setsWeight: false },
        });
    });

    it("without a program is none", () => {
        expect(checks("MISC_CHECK { misc_timeout 2 }")).toEqual({ checks: [], codes: ["no-script"] });
    });
});

describe("what is followed", () => {
    const FILE = "track_file f { file /tmp/f; weight 2 reverse }; ";
    const SESSION = "bfd_instance b { neighbor_ip 10.0.0.2 }; ";
    const FOR_ROUTERS = "bfd_instance r { neighbor_ip 10.0.0.3; vrrp }; ";

    it("is a file with the check's weight, or its own", () => {
        const follows = (lines: string) => checks(`FILE_CHECK { ${lines} }`, FILE);
        expect(follows("track_file f").checks).toEqual([
            { follows: { kind: "file", name: "f", weight: 2, isReversed: true }, isAlpha: false },
        ]);
        expect(follows("track_file f; weight 300 noreverse").checks).toMatchObject([{ follows: { weight: 300, isReversed: false } }]);
    });

    it("is a BFD session, down at first where something says alpha", () => {
        expect(checks("BFD_CHECK { name b }", SESSION).checks).toEqual([{ follows: { kind: "bfd", name: "b" }, isAlpha: false }]);
        expect(checks("alpha; BFD_CHECK { name b }", SESSION).checks).toMatchObject([{ isAlpha: true }]);
        expect(checks("alpha; BFD_CHECK { name b; alpha off }", SESSION).checks).toMatchObject([{ isAlpha: false }]);
    });

    it.each([
        ["FILE_CHECK { track_file g }", ["nothing-to-follow"]],
        ["FILE_CHECK { weight 1 }", ["nothing-to-follow"]],
        ["BFD_CHECK { name c }", ["nothing-to-follow"]],
        ["BFD_CHECK { alpha }", ["nothing-to-follow"]],
        ["BFD_CHECK { name r }", ["nothing-to-follow"]],
        ["BFD_CHECK { name b }; BFD_CHECK { name b }", ["followed-twice"]],
    ])("has to be there: %s", (lines, codes) => {
        expect(checks(lines, FILE + SESSION + FOR_ROUTERS).codes).toEqual(codes);
    });
});

describe("AGENT_CHECK", () => {
    it("counts at once, and leaves the server as it is while the agent is not to be had", () => {
        expect(check("AGENT_CHECK { connect_port 9000; send hello }")).toMatchObject({
            schedule: { retry: 0 },
            silence: "impossible",
            probe: { kind: "agent", request: "hello\n", endpoint: { port: 9_000 } },
        });
    });

    it("has to say where the agent is", () => {
        expect(checks("AGENT_CHECK { }")).toEqual({ checks: [], codes: ["no-agent-port"] });
    });
});
