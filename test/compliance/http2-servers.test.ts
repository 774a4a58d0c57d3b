import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { constants, createSecureServer, createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AnswerReader } from "../../src/core/health/conversation/http2/answer-reader.ts";
import type { Field } from "../../src/core/health/conversation/http2/hpack/field.ts";
import { Http2Conversation } from "../../src/core/health/conversation/http2/http2-conversation.ts";
import { converse } from "../../src/io/health/stream/converse.ts";
import { SeededRandom } from "../../src/sim/random.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, NEEDS_ROOT, until } from "./own-namespace.ts";
import { missingWebServer } from "./web/certificates.ts";
import { LARGE_PAGE, NGINX, PAGE, type RunningNginx, startNginx } from "./web/nginx.ts";
import { ask, type PageWish, pageProbe } from "./web/page-probe.ts";

const MISSING = CAN_HAVE_NAMESPACE ? missingWebServer("nginx", "openssl") : NEEDS_ROOT;
/** More than the initial window of a stream, and of a connection. */
const LARGE = 300_000;

const md5 = (text: string | Buffer): string => createHash("md5").update(text).digest("hex");

/** The header and the trailer of an answer, as they are understood. */
async function fieldsOf(port: number, isSecure: boolean): Promise<readonly Readonly<Record<string, string>>[]> {
    const seen: Readonly<Record<string, string>>[] = [];
    const take = (fields: readonly Field[]): undefined => {
        seen.push(Object.fromEntries(fields.map(({ name, value }) => [name, value])));
    };
    const reader: AnswerReader = {
        head: (_status, fields) => take(fields),
        data: () => undefined,
        trailer: take,
        end: () => ({ type: "success" }),
    };
    const request = { method: "GET", scheme: "http", authority: "a.test", path: "/", headers: [], body: new Uint8Array(0) } as const;
    const where = { port, host: "127.0.0.1" };
    const socket = isSecure ? connectTls({ ...where, rejectUnauthorized: false, ALPNProtocols: ["h2"] }) : connect(where);
    const outcome = await new Promise((resolve) => converse(socket, new Http2Conversation(request, reader), resolve));
    socket.destroy();
    expect(outcome).toEqual({ type: "success" });
    return seen;
}

describe.skipIf(MISSING !== undefined)(`pages over HTTP/2${MISSING === undefined ? "" : ` (skipped: ${MISSING})`}`, () => {
    const system = MISSING === undefined ? enterOwnNamespace() : (undefined as never);
    const servers: Http2Server[] = [];
    let nginx: RunningNginx;

    beforeAll(async () => {
        nginx = await startNginx();
    });
    afterAll(() => nginx.remove());
    afterEach(() => {
        for (const server of servers.splice(0)) {
            server.close();
        }
    });

    const page = ({ request, ...wish }: PageWish) =>
        ask(system, pageProbe({ ...wish, request: { version: "2", host: "www.example.test", ...request } }));
    const isSaid = (text: string | Buffer) => ({ expectation: { digest: md5(text) } });

    describe.each([
        ["in the clear", { port: NGINX.http2 }],
        ["over TLS", { port: NGINX.https, tls: {} }],
    ])("of nginx %s", (_, where) => {
        it("are good or bad as others are", async () => {
            expect(await page({ ...where, ...isSaid(PAGE.text) })).toBe("good");
            expect(await page({ ...where, path: "/protocol", ...isSaid("HTTP/2.0") })).toBe("good");
            expect(await page({ ...where, path: "/host", ...isSaid("www.example.test") })).toBe("good");
            expect(await page({ ...where, path: "/broken" })).toBe("failure: status code 503");
            expect(await page({ ...where, path: "/empty" })).toBe("good");
            expect(await page({ ...where, request: { method: "HEAD" } })).toBe("good");
        });

        it("may be much larger than any window", async () => {
            expect(await page({ ...where, path: LARGE_PAGE.path, ...isSaid(LARGE_PAGE.text) })).toBe("good");
        });

        it("may have a long header, but not one without end", async () => {
            expect(await page({ ...where, path: "/long-header", ...isSaid("long") })).toBe("good");
            expect(await page({ ...where, path: "/longer-header" })).toBe("failure: HTTP/2: ENHANCE_YOUR_CALM: header too long");
        });

        it("may be asked for with much to say", async () => {
            const request = { method: "POST", body: "x".repeat(LARGE) };
            expect(await page({ ...where, path: "/upload", request, ...isSaid(String(LARGE)) })).toBe("good");
            // It answers before it has heard all of that.
            expect(await page({ ...where, path: "/said", request, ...isSaid("POST-") })).toBe("good");
            const headers = [{ name: "X-One", value: "1".repeat(6_000) }];
            expect(await page({ ...where, path: "/said", request: { headers }, ...isSaid(`GET-${"1".repeat(6_000)}`) })).toBe("good");
        });
    });

    it("of nginx take the PROXY protocol's word before all else", async () => {
        expect(await page({ port: NGINX.proxied, preamble: "v2" })).toBe(
            "failure: HTTP/2: PROTOCOL_ERROR: server does not begin with SETTINGS",
        );
    });

    describe.each([
        ["in the clear", false],
        ["over TLS", true],
    ])("of Node %s", (_, isSecure) => {
        /** A server with these settings that answers so. */
        async function serve(
            answer: (stream: ServerHttp2Stream, session: ServerHttp2Session) => void,
            options: Parameters<typeof createServer>[0] = {},
        ): Promise<PageWish & { readonly farewells: readonly number[] }> {
            const { server: cert, serverKey: key } = nginx.files;
            const server = isSecure
                ? (createSecureServer({ cert: readFileSync(cert), key: readFileSync(key), ...options }) as unknown as Http2Server)
                : createServer(options);
            servers.push(server);
            const farewells: number[] = [];
            server.on("session", (session) => session.on("goaway", (code) => farewells.push(code)));
            server.on("sessionError", () => undefined);
            server.on("stream", (stream) => {
                stream.on("error", () => undefined);
                answer(stream, stream.session as ServerHttp2Session);
            });
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            return { port: (server.address() as AddressInfo).port, ...(isSecure && { tls: {} }), farewells };
        }

        /** Answers with the digest of what it was told. */
        function digest(stream: ServerHttp2Stream): void {
            const hash = createHash("md5");
            stream.on("data", (piece: Buffer) => hash.update(piece));
            stream.on("end", () => stream.end(hash.digest("hex")));
        }

        it("are good, and it hears a farewell", async () => {
            const { farewells, ...where } = await serve((stream) => stream.end("fine"));
            expect(await page({ ...where, ...isSaid("fine") })).toBe("good");
            await until(() => farewells.length > 0);
            expect(farewells).toEqual([constants.NGHTTP2_NO_ERROR]);
        });

        it("may take what is said in small pieces, or not at all for a while", async () => {
            const body = "some words ".repeat(LARGE / 10);
            const request = { method: "POST", body };
            for (const initialWindowSize of [0, 1_000]) {
                const where = await serve(
                    (stream, session) => {
                        digest(stream);
                        setImmediate(() => session.settings({ initialWindowSize: 5_000 }));
                    },
                    { settings: { initialWindowSize } },
                );
                expect(await page({ ...where, request, ...isSaid(md5(body)) })).toBe("good");
            }
        });

        it("may name fields again that came before, in further headers and trailers", async () => {
            const where = await serve((stream) => {
                const fields = { "x-one": "a word that is worth keeping", "x-two": "another \u00e9" };
                stream.additionalHeaders({ ":status": 103, ...fields });
                stream.respond({ ":status": 200, ...fields, "x-three": "{}~|^`<>\\" }, { waitForTrailers: true });
                stream.once("wantTrailers", () => stream.sendTrailers({ ...fields, "x-four": "4" }));
                stream.end("fine");
            });
            expect(await page({ ...where, ...isSaid("fine") })).toBe("good");
        });

        it("have fields that are understood as they were meant", async () => {
            const random = new SeededRandom(7_541);
            const text = (length: number, first: number, last: number): string =>
                String.fromCharCode(...Array.from({ length: random.integer(1, length) }, () => random.integer(first, last)));
            const words = Array.from({ length: 40 }, () => ({
                name: `x-${text(12, 0x61, 0x7a)}`,
                value: `${text(80, 0x21, 0x7e)}${text(9, 0xa1, 0xff)}`,
            }));
            const chosen = (): Readonly<Record<string, string>> =>
                Object.fromEntries(words.filter(() => random.integer(0, 2) === 0).map(({ name, value }) => [name, value]));
            const meant: Readonly<Record<string, string>>[] = [];
            const where = await serve((stream) => {
                meant.splice(0, meant.length, chosen(), chosen(), chosen());
                stream.additionalHeaders({ ":status": 103, ...meant[0] });
                stream.respond({ ":status": 200, ...meant[1] }, { waitForTrailers: true });
                stream.once("wantTrailers", () => stream.sendTrailers({ ...meant[2], "x-last": "1" }));
                stream.end();
            });
            for (let round = 0; round < 30; round++) {
                const [head, trailer] = await fieldsOf(where.port, isSecure);
                expect(head).toMatchObject({ ":status": "200", ...meant[1] });
                expect(trailer).toEqual({ ...meant[2], "x-last": "1" });
            }
        });

        it("may be padded", async () => {
            const text = Buffer.alloc(LARGE, "padded ");
            const where = await serve((stream) => stream.end(text), { paddingStrategy: constants.PADDING_STRATEGY_MAX });
            expect(await page({ ...where, ...isSaid(text) })).toBe("good");
        });

        it("may come amid PING, settings and frames that are no matter of ours", async () => {
            const where = await serve((stream, session) => {
                for (let count = 0; count < 5; count++) {
                    session.ping(() => undefined);
                }
                session.settings({ maxConcurrentStreams: 7, headerTableSize: 0 });
                session.altsvc('h2=":8000"', stream.id as number);
                session.goaway(constants.NGHTTP2_NO_ERROR, stream.id as number);
                stream.respond({ ":status": 200 });
                stream.write("fi");
                session.ping((error) => stream.end(error === null ? "ne" : "no pong"));
            });
            expect(await page({ ...where, ...isSaid("fine") })).toBe("good");
        });

        it("are bad when they are broken off, each in its way", async () => {
            const reset = await serve((stream) => {
                stream.respond({ ":status": 200 });
                stream.write("fi", () => stream.destroy(new Error("out of order")));
            });
            expect(await page(reset)).toBe("failure: HTTP/2: server reset the stream: INTERNAL_ERROR");
            const away = await serve((_stream, session) => session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM));
            expect(await page(away)).toBe("failure: HTTP/2: server closed the connection: ENHANCE_YOUR_CALM");
        });
    });
});
