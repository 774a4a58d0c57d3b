import { execFileSync } from "node:child_process";
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import type { Outcome } from "../../src/core/health/outcome.ts";
import { labelsOf, RECORD_TYPES } from "../../src/core/service/probe/dns-question.ts";
import type { Endpoint } from "../../src/core/service/probe/endpoint.ts";
import type { Probe } from "../../src/core/service/probe/probe.ts";
import type { ProbeNews } from "../../src/io/health/prober.ts";
import { loneProber } from "./lone-prober.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT, until } from "./own-namespace.ts";
import { isInstalled, RealServers } from "./real-servers.ts";

const MAIL_PORT = 2_525;
const NAME_PORT = 5_353;
/** How long a server that stays silent is listened to. */
const PATIENCE_MILLISECONDS = 300;
const hasMailServer = isInstalled("smtpd");
const hasNameServer = isInstalled("dnsmasq");
const hasFilter = isInstalled("nft");

/** A firewall that says why it lets nothing through. */
const WALL = `table inet wall {
    chain input {
        type filter hook input priority 0
        meta nfproto ipv4 meta l4proto { tcp, udp } th dport 7001 reject with icmp prot-unreachable
        meta nfproto ipv4 meta l4proto { tcp, udp } th dport 7002 reject with icmp admin-prohibited
        meta nfproto ipv6 meta l4proto { tcp, udp } th dport 7001 reject with icmpv6 policy-fail
        meta nfproto ipv6 meta l4proto { tcp, udp } th dport 7002 reject with icmpv6 admin-prohibited
    }
}`;

function needs(program: string, isThere: boolean): string {
    return isThere ? "" : ` (skipped: ${program} is not installed)`;
}

/** What an agent says that has no words: people see no control characters. */
const RIDDLE: Outcome = { type: "impossible", reason: "the agent says '???[2J'" };

/** Words without end, as fast as they are taken. */
function flood(socket: Socket): void {
    const more = (): void => {
        while (!socket.destroyed && socket.write("up ".repeat(1_000))) {
            // The next one fits, too.
        }
    };
    socket.on("drain", more);
    more();
}

function drip(socket: Socket, text: string): void {
    const [letter, ...others] = text;
    if (letter !== undefined && !socket.destroyed) {
        socket.write(letter, () => setTimeout(() => drip(socket, others.join("")), 2));
    }
}

describe.skipIf(!CAN_HAVE_NAMESPACE)(`what checks say to servers${NEEDS_ROOT}`, () => {
    const system = CAN_HAVE_NAMESPACE ? enterOwnNamespace() : (undefined as never);
    const real = new RealServers();
    const servers: (Server | DatagramSocket)[] = [];

    beforeAll(() => {
        makeVethPair("c0", "c1");
        ip("addr add 10.78.0.1/24 dev c0");
        ip("route add unreachable 10.78.9.9/32");
    });

    afterEach(() => {
        for (const server of servers.splice(0)) {
            server.close();
        }
    });

    afterAll(() => real.stop());

    /** What a probe comes to; `silent` when nothing is heard. */
    async function ask(probe: Probe, patience = PATIENCE_MILLISECONDS): Promise<Outcome | "silent"> {
        const news: ProbeNews[] = [];
        const prober = loneProber(system, (one) => news.push(one));
        prober.begin(1, 1, probe);
        const ended = () => news.find((one) => one.type === "outcome");
        await until(() => ended() !== undefined, patience).catch(() => undefined);
        prober.close();
        return ended()?.outcome ?? "silent";
    }

    /** Asks until the answer is there: servers take their time to start, and the kernel to give a neighbour up. */
    async function askUntil(probe: Probe, wanted: Outcome): Promise<void> {
        const end = Date.now() + 20_000;
        let last: Outcome | "silent" = "silent";
        do {
            last = await ask(probe);
        } while (Date.now() < end && (last === "silent" || last.type !== wanted.type));
        expect(last).toEqual(wanted);
    }

    function endpoint(host: string, port: number): Endpoint {
        return { address: parseIp(host) as IpAddress, port, mark: 0 };
    }

    async function serve(onConnection: (socket: Socket) => void): Promise<Endpoint> {
        const server = createServer((socket) => {
            socket.on("error", () => undefined);
            onConnection(socket);
        });
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return endpoint("127.0.0.1", (server.address() as AddressInfo).port);
    }

    async function serveDatagrams(answer: (bytes: Buffer, reply: (bytes: Uint8Array) => void) => void): Promise<Endpoint> {
        const server = createSocket("udp4");
        servers.push(server);
        server.on("message", (bytes, from) => answer(bytes, (reply) => server.send(reply, from.port, from.address)));
        await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
        return endpoint("127.0.0.1", server.address().port);
    }

    describe("mail servers", () => {
        const smtp = (to: Endpoint): Probe => ({ kind: "smtp", endpoint: to, heloName: "check.test" });

        it.skipIf(!hasMailServer)(`that work pass${needs("smtpd", hasMailServer)}`, async () => {
            real.startMailServer(MAIL_PORT);
            await askUntil(smtp(endpoint("127.0.0.1", MAIL_PORT)), { type: "success" });
        });

        it("that are down fail", async () => {
            expect(await ask(smtp(endpoint("127.0.0.1", 9)))).toEqual({ type: "failure", reason: "connection refused" });
        });

        it("hear who asks, word by word", async () => {
            const heard: string[] = [];
            const to = await serve((socket) => {
                socket.write("220 slow");
                setTimeout(() => socket.write(" one\r\n"), 20);
                socket.on("data", (data) => {
                    heard.push(data.toString());
                    socket.write(heard.length === 1 ? "250 ok\r\n" : "221 bye\r\n");
                });
            });
            expect(await ask(smtp(to))).toEqual({ type: "success" });
            expect(heard).toEqual(["HELO check.test\r\n", "QUIT\r\n"]);
        });

        it.each<[string, (socket: Socket) => void, Outcome | "silent"]>([
            ["refuse in words", (socket) => socket.end("554 no\r\n"), { type: "failure", reason: "bad greeting banner from server" }],
            [
                "are another kind",
                (socket) => socket.end("HTTP/1.1 400\r\n\r\n"),
                { type: "failure", reason: "bad greeting banner from server" },
            ],
            ["hang up", (socket) => socket.end(), { type: "failure", reason: "connection closed by server before its greeting" }],
            ["break off", (socket) => socket.resetAndDestroy(), { type: "failure", reason: "connection reset" }],
            ["say nothing", () => undefined, "silent"],
            [
                "never end",
                (socket) => socket.write("220-".padEnd(9_000, "x")),
                { type: "failure", reason: "reply without end from server" },
            ],
        ])("that %s", async (_what, onConnection, expected) => {
            expect(await ask(smtp(await serve(onConnection)))).toEqual(expected);
        });

        it.each([
            ["HELO", ["220 half open\r\n"], ["HELO check.test\r\n"]],
            ["QUIT", ["220 half open\r\n", "250 ok\r\n"], ["HELO check.test\r\n", "QUIT\r\n"]],
        ])("that fall silent after %s are waited for, and left without a trace", async (_word, said, expected) => {
            const heard: string[] = [];
            let isLeft = false;
            const to = await serve((socket) => {
                const words = [...said];
                const answer = () => socket.write(words.shift() ?? "");
                answer();
                socket.on("data", (data) => {
                    heard.push(data.toString());
                    answer();
                });
                socket.once("close", () => {
                    isLeft = true;
                });
            });
            expect(await ask(smtp(to))).toBe("silent");
            expect(heard).toEqual(expected);
            await until(() => isLeft);
        });
    });

    describe("name servers", () => {
        const dns = (to: Endpoint, name = "good.test"): Probe => ({
            kind: "dns",
            endpoint: to,
            recordType: RECORD_TYPES.A,
            labels: labelsOf(name) ?? [],
        });

        it.skipIf(!hasNameServer)(`that work pass, over both families${needs("dnsmasq", hasNameServer)}`, async () => {
            real.startNameServer(NAME_PORT);
            await askUntil(dns(endpoint("127.0.0.1", NAME_PORT)), { type: "success" });
            expect(await ask(dns(endpoint("::1", NAME_PORT)))).toEqual({ type: "success" });
            const refusal = { type: "failure", reason: "the server says refused (rcode 5)" };
            expect(await ask(dns(endpoint("127.0.0.1", NAME_PORT), "other.test"))).toEqual(refusal);
        });

        it.each(["127.0.0.1", "::1"])("that are down fail on %s", async (host) => {
            expect(await ask(dns(endpoint(host, 9)))).toEqual({ type: "failure", reason: "connection refused" });
        });

        it("are not believed under another id, in shreds, or when they say our own words", async () => {
            const to = await serveDatagrams((query, reply) => {
                const answer = Uint8Array.from(query);
                answer[2] = 0x81;
                reply(Uint8Array.of((query[0] ?? 0) ^ 1, ...answer.subarray(1)));
                reply(answer.subarray(0, 11));
                reply(query);
            });
            expect(await ask(dns(to))).toBe("silent");
        });

        it("that say nothing are waited for; those that say far too much have answered", async () => {
            expect(await ask(dns(await serveDatagrams(() => undefined)))).toBe("silent");
            const to = await serveDatagrams((query, reply) =>
                reply(Buffer.concat([query.subarray(0, 2), Uint8Array.of(0x81, 0), query.subarray(4), Buffer.alloc(60_000)])),
            );
            expect(await ask(dns(to))).toEqual({ type: "success" });
        });

        it("are heard through a flood of what is no answer", async () => {
            const to = await serveDatagrams((query, reply) => {
                for (let count = 0; count < 200; count++) {
                    reply(Uint8Array.of(0));
                }
                setTimeout(() => reply(Uint8Array.of(query[0] ?? 0, query[1] ?? 0, 0x81, 0, ...query.subarray(4))), 50);
            });
            expect(await ask(dns(to))).toEqual({ type: "success" });
        });
    });

    describe("agents", () => {
        const agent = (to: Endpoint): Probe => ({ kind: "agent", endpoint: to, request: "how are you?\n" });

        it("that answer are believed", async () => {
            const to = await serve((socket) => socket.on("data", (data) => socket.end(data.includes("?") ? "75%\n" : "down\n")));
            expect(await ask(agent(to))).toEqual({ type: "success", adjustment: { type: "share", percent: 75 } });
        });

        it.each<[string, (socket: Socket) => void, Outcome | "silent"]>([
            ["say down", (socket) => socket.end("down#disk"), { type: "failure", reason: "the agent says down: disk" }],
            ["hang up", (socket) => socket.end(), { type: "impossible", reason: "the agent says nothing" }],
            ["break off", (socket) => socket.resetAndDestroy(), { type: "impossible", reason: "connection reset" }],
            ["say nothing", () => undefined, "silent"],
            ["never end", flood, { type: "impossible", reason: "the agent says a line without end" }],
            ["speak in riddles", (socket) => socket.end(Uint8Array.of(0, 0xff, 0x1b, 0x5b, 0x32, 0x4a, 10)), RIDDLE],
            ["promise too much", (socket) => socket.end("123456%\n"), { type: "impossible", reason: "the agent says '123456%'" }],
            [
                "say it letter by letter",
                (socket) => drip(socket, "50% up\n"),
                { type: "success", adjustment: { type: "share", percent: 50 } },
            ],
        ])("that %s", async (_what, onConnection, expected) => {
            expect(await ask(agent(await serve(onConnection)))).toEqual(expected);
        });

        it("that are not there say nothing against the server", async () => {
            expect(await ask(agent(endpoint("127.0.0.1", 9)))).toEqual({ type: "impossible", reason: "connection refused" });
        });
    });

    describe("datagrams", () => {
        const udp = (to: Endpoint): Probe => ({ kind: "udp", endpoint: to, payload: Buffer.from("are you there?") });

        it("that are answered pass, and carry what they are told to", async () => {
            const heard: string[] = [];
            const to = await serveDatagrams((bytes, reply) => {
                heard.push(bytes.toString());
                reply(Uint8Array.of(1));
            });
            expect(await ask(udp(to))).toEqual({ type: "success" });
            expect(heard).toEqual(["are you there?"]);
        });

        it("to which nothing is said are nobody's failure", async () => {
            expect(await ask(udp(await serveDatagrams(() => undefined)))).toBe("silent");
        });

        it("find out that nobody listens", async () => {
            expect(await ask(udp(endpoint("127.0.0.1", 9)))).toEqual({ type: "failure", reason: "connection refused" });
        });

        it("find out that no way leads, or no neighbour is there", async () => {
            expect(await ask(udp(endpoint("192.0.2.1", 9)))).toEqual({ type: "failure", reason: "network unreachable" });
            expect(await ask(udp(endpoint("10.78.9.9", 9)))).toEqual({ type: "failure", reason: "host unreachable" });
        });

        it("answered in the wrong form fail", async () => {
            const form = { bytes: Uint8Array.of(0xab), mask: Uint8Array.of(0xff), minimumLength: 0, maximumLength: 9 };
            const to = await serveDatagrams((_bytes, reply) => reply(Uint8Array.of(0xac)));
            expect(await ask({ ...udp(to), form } as Probe)).toEqual({ type: "failure", reason: "reply differs at byte 0" });
            const vast = await serveDatagrams((_bytes, reply) => reply(new Uint8Array(60_000).fill(0xab)));
            expect(await ask({ ...udp(vast), form } as Probe)).toEqual({ type: "failure", reason: "reply of 60000 bytes, not 0 to 9" });
        });
    });

    describe.skipIf(!hasFilter)(`servers behind a firewall${needs("nft", hasFilter)}`, () => {
        beforeAll(() => {
            execFileSync("nft", ["-f", "-"], { input: WALL });
        });

        it.each([
            ["tcp", "127.0.0.1", 7_001, "protocol unreachable"],
            ["tcp", "127.0.0.1", 7_002, "host unreachable"],
            ["tcp", "::1", 7_001, "administratively prohibited"],
            ["tcp", "::1", 7_002, "administratively prohibited"],
            ["udp", "127.0.0.1", 7_001, "protocol unreachable"],
            ["udp", "127.0.0.1", 7_002, "host unreachable"],
            ["udp", "::1", 7_002, "administratively prohibited"],
        ] as const)("fail: over %s, at %s port %d, %s", async (kind, host, port, reason) => {
            const to = endpoint(host, port);
            const probe: Probe = kind === "tcp" ? { kind, endpoint: to } : { kind, endpoint: to, payload: Uint8Array.of(1) };
            // What is said while a connection is being begun counts with its second packet only.
            expect(await ask(probe, 5_000)).toEqual({ type: "failure", reason });
        });
    });

    describe.each(["1 0", "0 100000"])("echo requests, with the ping sockets of groups %s", (groups) => {
        const ping = (host: string): Probe => ({ kind: "ping", endpoint: endpoint(host, 0) });

        beforeAll(() => {
            writeFileSync("/proc/sys/net/ipv4/ping_group_range", groups);
        });

        it.each(["127.0.0.1", "::1", "10.78.0.1"])("to %s pass", async (host) => {
            expect(await ask(ping(host))).toEqual({ type: "success" });
        });

        it("fail where no way leads", async () => {
            expect(await ask(ping("192.0.2.1"))).toEqual({ type: "failure", reason: "network unreachable" });
            expect(await ask(ping("10.78.9.9"))).toEqual({ type: "failure", reason: "host unreachable" });
        });

        it("fail when nobody has the address, as soon as the kernel knows", async () => {
            const news: ProbeNews[] = [];
            const prober = loneProber(system, (one) => news.push(one));
            prober.begin(1, 1, ping("10.78.0.99"));
            await until(() => news.length > 0, 20_000);
            expect(news[0]).toMatchObject({ outcome: { type: "failure", reason: "host unreachable" } });
        });

        it("are a hundred at once without taking each other's answers", async () => {
            const good = new Set<number>();
            const prober = loneProber(system, (one) => one.type === "outcome" && one.outcome.type === "success" && good.add(one.check));
            for (let check = 0; check < 100; check++) {
                prober.begin(check, 1, ping("127.0.0.1"));
            }
            await until(() => prober.size === 0);
            expect(good.size).toBe(100);
        });
    });
});
