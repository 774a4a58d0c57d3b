import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import type { Conversation } from "../../src/core/health/conversation/conversation.ts";
import type { Outcome } from "../../src/core/health/outcome.ts";
import type { Endpoint } from "../../src/core/service/probe/endpoint.ts";
import type { ProbeNews } from "../../src/io/health/prober.ts";
import { TcpConnection } from "../../src/io/health/tcp-connection.ts";
import { socketGround } from "../../src/io/health/watched-socket.ts";
import { loneProber, loneWatches } from "./lone-prober.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT, until } from "./own-namespace.ts";

const address = (text: string) => parseIp(text) as IpAddress;

describe.skipIf(!CAN_HAVE_NAMESPACE)(`a check's connection${NEEDS_ROOT}`, () => {
    const system = CAN_HAVE_NAMESPACE ? enterOwnNamespace() : (undefined as never);
    const servers: Server[] = [];

    afterEach(() => {
        for (const server of servers.splice(0)) {
            server.close();
        }
    });

    async function serve(host: string, onConnection: (socket: Socket) => void = () => {}): Promise<number> {
        const server = createServer((socket) => {
            socket.on("error", () => undefined);
            onConnection(socket);
        });
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, host, resolve));
        return (server.address() as AddressInfo).port;
    }

    function endpoint(host: string, port: number, overrides: Partial<Endpoint> = {}): Endpoint {
        return { address: address(host), port, mark: 0, ...overrides };
    }

    /** What a TCP check says of that endpoint. */
    async function probe(to: Endpoint): Promise<Outcome> {
        const news: ProbeNews[] = [];
        const prober = loneProber(system, (one) => news.push(one));
        prober.begin(7, 3, { kind: "tcp", endpoint: to });
        await until(() => news.length > 0);
        expect(prober.size).toBe(0);
        const [first] = news;
        expect(first).toMatchObject({ type: "outcome", check: 7, attempt: 3 });
        return first?.type === "outcome" ? first.outcome : { type: "impossible", reason: "no outcome" };
    }

    it.each(["127.0.0.1", "::1"])("to a server on %s succeeds", async (host) => {
        expect(await probe(endpoint(host, await serve(host)))).toEqual({ type: "success" });
    });

    it("is refused where nobody listens", async () => {
        expect(await probe(endpoint("127.0.0.1", 9))).toEqual({ type: "failure", reason: "connection refused" });
    });

    it("fails where no way leads", async () => {
        expect(await probe(endpoint("192.0.2.1", 9))).toEqual({ type: "failure", reason: "network unreachable" });
    });

    it("comes from the address and port that it is told to, with a mark", async () => {
        const seen: string[] = [];
        const port = await serve("127.0.0.1", (socket) => seen.push(`${socket.remoteAddress}:${socket.remotePort}`));
        const to = endpoint("127.0.0.1", port, { source: address("127.0.0.77"), sourcePort: 12_345, mark: 5, interfaceName: "lo" });
        expect(await probe(to)).toEqual({ type: "success" });
        await until(() => seen.length === 1);
        expect(seen).toEqual(["127.0.0.77:12345"]);
    });

    it("carries its mark, by which ways can be chosen", async () => {
        makeVethPair("m0", "m1");
        ip("addr add 10.79.0.1/24 dev m0");
        ip("rule add fwmark 9 unreachable");
        const other = loneProber(system, () => undefined);
        other.begin(1, 1, { kind: "tcp", endpoint: endpoint("10.79.0.9", 80, { mark: 8 }) });
        expect(other.size).toBe(1);
        other.close();
        expect(await probe(endpoint("10.79.0.9", 80, { mark: 9 }))).toEqual({ type: "failure", reason: "network unreachable" });
    });

    it("says what of ours is at fault, which is nothing against the server", async () => {
        expect(await probe(endpoint("127.0.0.1", 9, { interfaceName: "none" }))).toEqual({ type: "impossible", reason: "ENODEV" });
    });

    it("waits for a silent server until it is given up, and tells nothing then", async () => {
        makeVethPair("t0", "t1");
        ip("addr add 10.77.0.1/24 dev t0");
        const news: ProbeNews[] = [];
        const prober = loneProber(system, (one) => news.push(one));
        prober.begin(1, 1, { kind: "tcp", endpoint: endpoint("10.77.0.9", 80) });
        prober.begin(2, 1, { kind: "tcp", endpoint: endpoint("10.77.0.9", 80) });
        expect([news, prober.size]).toEqual([[], 2]);
        prober.abandon(1);
        expect(prober.size).toBe(1);
        prober.close();
        expect([news, prober.size]).toEqual([[], 0]);
    });

    it("is one of a thousand at once", async () => {
        const port = await serve("127.0.0.1", (socket) => socket.destroy());
        const good = new Set<number>();
        const prober = loneProber(system, (news) => news.type === "outcome" && news.outcome.type === "success" && good.add(news.check));
        for (let check = 0; check < 1_000; check++) {
            prober.begin(check, 1, { kind: "tcp", endpoint: endpoint("127.0.0.1", port) });
        }
        await until(() => prober.size === 0);
        expect(good.size).toBe(1_000);
    });

    describe("on which is spoken", () => {
        /** Sends, gathers what comes, and is content with so many bytes. */
        function conversation(sends: Uint8Array, wants: number): Conversation & { readonly heard: number[] } {
            const heard: number[] = [];
            return {
                heard,
                opened: () => ({ send: sends }),
                received: (bytes) => {
                    heard.push(...bytes);
                    return heard.length >= wants ? { outcome: { type: "success" } } : {};
                },
                ended: () => ({ outcome: { type: "failure", reason: `ended after ${heard.length}` } }),
            };
        }

        async function hold(to: Endpoint, held: Conversation): Promise<{ readonly outcome: Outcome; readonly progress: number }> {
            const outcomes: Outcome[] = [];
            let progress = 0;
            const watches = loneWatches(system);
            const host = {
                onOutcome: (one: Outcome) => outcomes.push(one),
                onProgress: () => {
                    progress += 1;
                },
            };
            new TcpConnection({ ...socketGround(system, watches), buffer: new Uint8Array(1_024) }, host, {
                endpoint: to,
                conversation: held,
            }).begin();
            await until(() => outcomes.length > 0);
            expect(watches.size).toBe(0);
            watches.close();
            return { outcome: outcomes[0] as Outcome, progress };
        }

        it("carries both directions, and tells of each word of the server's but the last", async () => {
            const port = await serve("127.0.0.1", (socket) =>
                socket.on("data", (data) => {
                    socket.write(data);
                    setTimeout(() => socket.write("!"), 50);
                }),
            );
            const held = conversation(Uint8Array.of(1, 2, 3), 4);
            expect(await hold(endpoint("127.0.0.1", port), held)).toEqual({ outcome: { type: "success" }, progress: 1 });
            expect(held.heard).toEqual([1, 2, 3, 33]);
        });

        it("sends more than the kernel takes at once", async () => {
            const size = 8_000_000;
            let arrived = 0;
            const port = await serve("127.0.0.1", (socket) =>
                socket.on("data", (data) => {
                    arrived += data.length;
                    if (arrived === size) {
                        socket.write("!");
                    }
                }),
            );
            expect((await hold(endpoint("127.0.0.1", port), conversation(new Uint8Array(size), 1))).outcome).toEqual({ type: "success" });
        });

        it("notices that the server ends it, or breaks it off", async () => {
            const ending = await serve("127.0.0.1", (socket) => socket.end("ab"));
            expect((await hold(endpoint("127.0.0.1", ending), conversation(Uint8Array.of(1), 9))).outcome).toEqual({
                type: "failure",
                reason: "ended after 2",
            });
            const breaking = await serve("127.0.0.1", (socket) => socket.once("data", () => socket.resetAndDestroy()));
            expect((await hold(endpoint("127.0.0.1", breaking), conversation(Uint8Array.of(1), 9))).outcome).toEqual({
                type: "failure",
                reason: "connection reset",
            });
        });
    });
});
