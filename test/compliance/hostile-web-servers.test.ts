import { readFileSync } from "node:fs";
import { createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseIp } from "../../src/core/base/ip.ts";
import type { HttpProbe } from "../../src/core/service/probe/http-probe.ts";
import type { Probe } from "../../src/core/service/probe/probe.ts";
import type { ProbeNews } from "../../src/io/health/prober.ts";
import { pagePattern } from "../contracts/page-pattern.ts";
import { loneProber } from "./lone-prober.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, NEEDS_ROOT, until } from "./own-namespace.ts";
import { makeCertificates, missingWebServer, type WebCertificates } from "./web/certificates.ts";
import { ask, type PageWish, pageProbe } from "./web/page-probe.ts";

const MISSING = CAN_HAVE_NAMESPACE ? missingWebServer("openssl") : NEEDS_ROOT;
const HEAD = "HTTP/1.1 200 OK\r\n";

describe.skipIf(MISSING !== undefined)(`a hostile web server${MISSING === undefined ? "" : ` (skipped: ${MISSING})`}`, () => {
    const system = MISSING === undefined ? enterOwnNamespace() : (undefined as never);
    const servers: { close(): unknown }[] = [];
    const sockets = new Set<Socket>();
    let certificates: WebCertificates;

    beforeAll(() => {
        certificates = makeCertificates();
    });
    afterAll(() => certificates.remove());
    afterEach(() => {
        for (const socket of sockets) {
            socket.destroy();
        }
        for (const server of servers.splice(0)) {
            server.close();
        }
    });

    async function listen(server: Server): Promise<number> {
        servers.push(server);
        server.on("connection", (socket) => {
            sockets.add(socket);
            socket.on("error", () => undefined);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return (server.address() as AddressInfo).port;
    }

    /** One that does so when it has heard the request, or the first word of a handshake. */
    const serve = (answer: (socket: Socket) => void) => listen(createServer((socket) => socket.once("data", () => answer(socket))));

    function serveTls(answer: (socket: TLSSocket) => void): Promise<number> {
        const { server: cert, serverKey: key } = certificates.files;
        const server = createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
            socket.on("error", () => undefined);
            socket.once("data", () => answer(socket));
        });
        server.on("tlsClientError", () => undefined);
        return listen(server);
    }

    const page = (port: number, wish: Omit<PageWish, "port"> = {}) => ask(system, pageProbe({ port, ...wish }));

    /** Writes on and on, as fast as it is read. */
    function pour(socket: Socket, piece: string | Buffer): void {
        const more = (): void => {
            while (!socket.destroyed && socket.write(piece)) {
                // As much as there is room for.
            }
        };
        socket.on("drain", more);
        more();
    }

    /** The connection below it. */
    const rawOf = (socket: TLSSocket): Socket | undefined => [...sockets].find(({ remotePort }) => remotePort === socket.remotePort);

    it("that never ends its header is left", async () => {
        const port = await serve((socket) => {
            socket.write(HEAD);
            pour(socket, "X-More: and more\r\n".repeat(1_000));
        });
        expect(await page(port)).toBe("failure: header too long");
        expect(await page(port, { tls: {} })).toMatch(/^failure: TLS: /);
    });

    it("that never ends its page is judged by its beginning, or left", async () => {
        const port = await serve((socket) => {
            socket.write(`${HEAD}Content-Length: 10000000000\r\n\r\n`);
            pour(socket, Buffer.alloc(1_000_000, "a"));
        });
        expect(await page(port)).toBe("good");
        expect(await page(port, { expectation: { pattern: pagePattern("(a|aa)*b") } })).toBe("failure: pattern not found");
        expect(await page(port, { expectation: { digest: "0".repeat(32) } })).toBe("failure: page longer than 67108864 bytes");
    });

    it("that never ends its page is left over TLS, too", async () => {
        const port = await serveTls((socket) => {
            socket.write(`${HEAD}\r\n`);
            pour(socket, Buffer.alloc(100_000, "a"));
        });
        expect(await page(port, { tls: {} })).toBe("good");
        expect(await page(port, { tls: {}, expectation: { text: "b" } })).toBe("failure: text not found");
    });

    it("that sends no chunks where it promised them fails", async () => {
        const port = await serve((socket) => socket.end(`${HEAD}Transfer-Encoding: chunked\r\n\r\n-5\r\nhello`));
        expect(await page(port)).toBe("failure: malformed chunk received");
    });

    it("that says nothing, or no HTTP, fails", async () => {
        expect(await page(await serve((socket) => socket.end()))).toBe("failure: no data received");
        expect(await page(await serve((socket) => socket.end("SSH-2.0-x\r\n")))).toBe("failure: connection closed within the header");
        expect(await page(await serve((socket) => socket.resetAndDestroy()))).toBe("failure: connection reset");
    });

    it("that breaks off the handshake, or speaks no TLS, fails", async () => {
        const ending = await page(await serve((socket) => socket.end()), { tls: {} });
        expect(ending).toMatch(/^failure: (TLS: |connection reset)/);
        expect(await page(await serve((socket) => socket.end("HTTP/1.0 400 no\r\n\r\n")), { tls: {} })).toMatch(/^failure: TLS: .*version/);
        expect(await page(await serve((socket) => socket.resetAndDestroy()), { tls: {} })).toBe("failure: connection reset");
        const garbled = await serve((socket) => socket.end(Buffer.from("160303ffff02ffffff0303", "hex")));
        expect(await page(garbled, { tls: {} })).toMatch(/^failure: TLS: /);
    });

    it("that leaves without a farewell fails only where one is insisted on", async () => {
        const cutting = await serveTls((socket) => {
            // Below TLS, so that no close_notify is sent.
            socket.write(`${HEAD}\r\nabc`, () => rawOf(socket)?.end());
        });
        expect(await page(cutting, { tls: {} })).toBe("good");
        expect(await page(cutting, { tls: { isStrict: true } })).toBe("failure: TLS: connection closed without close_notify");
        const ending = await serveTls((socket) => socket.end(`${HEAD}\r\nabc`));
        expect(await page(ending, { tls: { isStrict: true } })).toBe("good");
    });

    it("that is silent is waited for, and given up without a trace, again and again", async () => {
        const silent = await listen(createServer(() => undefined));
        const dripping = await serve((socket) => {
            const drip = setInterval(() => socket.write("x"), 1);
            socket.once("close", () => clearInterval(drip));
        });
        const news: ProbeNews[] = [];
        const prober = loneProber(system, (one) => news.push(one));
        const address = parseIp("127.0.0.1") as HttpProbe["endpoint"]["address"];
        const kinds: readonly Probe[] = [silent, dripping].flatMap((port): readonly Probe[] => [
            pageProbe({ port }),
            pageProbe({ port, tls: {} }),
            pageProbe({ port, request: { version: "2" } }),
            { kind: "grpc", endpoint: { address, port, mark: 0 }, service: "", authority: "x" },
        ]);
        for (let round = 0; round < 20; round++) {
            for (const [check, probe] of kinds.entries()) {
                prober.begin(check, round, probe);
            }
            await until(() => sockets.size >= (round + 1) * 4);
            for (const check of kinds.keys()) {
                prober.abandon(check);
            }
        }
        expect(prober.size).toBe(0);
        const good = await serve((socket) => socket.end(`${HEAD}\r\n`));
        expect(await page(good)).toBe("good");
        expect(news.filter((one) => one.type === "outcome" && one.outcome.type === "success")).toEqual([]);
    });

    it("that breaks HTTP/2 off fails", async () => {
        const server = createHttp2Server();
        servers.push(server);
        server.on("sessionError", () => undefined);
        server.on("stream", (stream, headers) => {
            stream.on("error", () => undefined);
            if (headers[":path"] === "/silent") {
                stream.session?.destroy();
                return;
            }
            stream.respond({ ":status": 200 });
            stream.write("beginning", () => stream.session?.destroy());
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const request = { version: "2" } as const;
        for (const path of ["/silent", "/cut"]) {
            expect([path, await page(port, { request, path })]).toEqual([path, expect.stringMatching(/^failure: /)]);
        }
    });

    const SETTINGS = "000012040000000000000300000064000400400000000600004000";
    const OPEN_HEADER = "00000101000000000188";
    const CALM = "HTTP/2: ENHANCE_YOUR_CALM";

    it.each([
        ["settings", "", SETTINGS, `${CALM}: too many frames without data`],
        ["PING", "", "0000080600000000000102030405060708", `${CALM}: too many frames without data`],
        ["empty parts of a header", OPEN_HEADER, "000000090000000001", `${CALM}: too many frames without data`],
        ["full parts of a header", OPEN_HEADER, `004000090000000001${"00".repeat(16_384)}`, `${CALM}: header too long`],
    ])("that sends %s without end is left", async (_, begin, endless, reason) => {
        const port = await serve((socket) => {
            socket.write(Buffer.from(`${SETTINGS}${begin}`, "hex"));
            pour(socket, Buffer.from(endless.repeat(1_000), "hex"));
        });
        expect(await page(port, { request: { version: "2" } })).toBe(`failure: ${reason}`);
    });

    it.each([
        ["a promise", "00000405040000000100000002", "PROTOCOL_ERROR: PUSH_PROMISE, which is switched off", 1],
        ["too large a frame", "ffffff000000000001", "FRAME_SIZE_ERROR: frame of 16777215 bytes", 6],
        ["a header that means nothing", "000002010400000001ff80", "COMPRESSION_ERROR: header block breaks off in a number", 9],
    ])("that sends %s is told why it is left", async (_, frames, reason, code) => {
        const heard: Buffer[] = [];
        const port = await serve((socket) => {
            socket.on("data", (piece: Buffer) => heard.push(piece));
            socket.write(Buffer.from(`${SETTINGS}${frames}`, "hex"));
        });
        expect(await page(port, { request: { version: "2" } })).toBe(`failure: HTTP/2: ${reason}`);
        await until(() =>
            Buffer.concat(heard)
                .toString("hex")
                .endsWith(`00000807000000000000000000000000${code.toString(16).padStart(2, "0")}`),
        );
    });

    it("that never ends its page over HTTP/2 is judged by its beginning, or left", async () => {
        const begin = Buffer.from("00000004000000000000000101040000000188", "hex");
        const port = await serve((socket) => {
            socket.write(begin);
            pour(socket, Buffer.concat([Buffer.from("004000000000000001", "hex"), Buffer.alloc(16_384, "a")]));
        });
        const request = { version: "2" } as const;
        expect(await page(port, { request })).toBe("good");
        expect(await page(port, { request, expectation: { digest: "0".repeat(32) } })).toBe("failure: page longer than 67108864 bytes");
    });
});
