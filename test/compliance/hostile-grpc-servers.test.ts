import { createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import type { GrpcProbe } from "../../src/core/service/probe/grpc-probe.ts";
import { loneProber } from "./lone-prober.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, NEEDS_ROOT, until } from "./own-namespace.ts";
import { ask } from "./web/page-probe.ts";

const SETTINGS = Buffer.from("000000040000000000", "hex");

describe.skipIf(!CAN_HAVE_NAMESPACE)(`a hostile gRPC server${NEEDS_ROOT}`, () => {
    const system = CAN_HAVE_NAMESPACE ? enterOwnNamespace() : (undefined as never);
    const servers: { close(): unknown }[] = [];
    const sockets = new Set<Socket>();

    afterEach(() => {
        for (const socket of sockets) {
            socket.destroy();
        }
        for (const server of servers.splice(0)) {
            server.close();
        }
    });

    async function listen(server: Pick<Server, "listen" | "address" | "on" | "close">): Promise<GrpcProbe> {
        servers.push(server);
        server.on("connection", (socket) => {
            sockets.add(socket);
            socket.on("error", () => undefined);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
        const { port } = server.address() as AddressInfo;
        return { kind: "grpc", endpoint: { address: parseIp("127.0.0.1") as IpAddress, port, mark: 0 }, service: "", authority: "x" };
    }

    /** One that does so when it has heard the first words. */
    const speaking = (answer: (socket: Socket) => void) => listen(createServer((socket) => socket.once("data", () => answer(socket))));

    function answering(answer: (stream: ServerHttp2Stream) => void): Promise<GrpcProbe> {
        const server = createHttp2Server();
        server.on("sessionError", () => undefined);
        server.on("stream", (stream) => {
            stream.on("error", () => undefined);
            answer(stream);
        });
        return listen(server as unknown as Server);
    }

    it.each<[string, (socket: Socket) => void]>([
        ["hangs up", (socket) => socket.end()],
        ["breaks off", (socket) => socket.resetAndDestroy()],
        ["speaks HTTP/1", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")],
        ["speaks in riddles", (socket) => socket.end(Buffer.alloc(1_000, 0xff))],
        ["begins, and breaks off", (socket) => socket.write(SETTINGS, () => socket.resetAndDestroy())],
    ])("that %s fails", async (_what, answer) => {
        expect(await ask(system, await speaking(answer))).toMatch(/^failure: ./);
    });

    it("that answers without end, or without an answer, fails", async () => {
        const head = { ":status": 200, "content-type": "application/grpc" };
        const endless = await answering((stream) => {
            stream.respond(head);
            const more = (): void => {
                while (!stream.destroyed && stream.write(Buffer.alloc(10_000))) {
                    // As much as there is room for.
                }
            };
            stream.on("drain", more);
            more();
        });
        expect(await ask(system, endless)).toBe("failure: gRPC answer too long");
        const empty = await answering((stream) => {
            stream.respond(head);
            stream.end();
        });
        expect(await ask(system, empty)).toBe("failure: no gRPC status received");
        const broken = await answering((stream) => stream.respond({ ":status": 503 }, { endStream: true }));
        expect(await ask(system, broken)).toBe("failure: status code 503");
    });

    it.each<[string, (socket: Socket) => void]>([
        ["says nothing", () => undefined],
        ["begins, and says no more", (socket) => socket.write(SETTINGS)],
    ])("that %s is waited for, and left without a trace", async (_what, answer) => {
        const probe = await speaking(answer);
        const news: unknown[] = [];
        const prober = loneProber(system, (one) => one.type === "outcome" && news.push(one));
        prober.begin(1, 1, probe);
        await until(() => [...sockets].some(({ bytesRead }) => bytesRead > 0));
        expect([news, prober.size]).toEqual([[], 1]);
        prober.abandon(1);
        expect(prober.size).toBe(0);
        await until(() => [...sockets].every(({ closed, readableEnded }) => closed || readableEnded));
    });
});
