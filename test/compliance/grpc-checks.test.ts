import { readFileSync } from "node:fs";
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseIp } from "../../src/core/base/ip.ts";
import type { GrpcProbe } from "../../src/core/service/probe/grpc-probe.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, NEEDS_ROOT } from "./own-namespace.ts";
import { makeCertificates, missingWebServer, type WebCertificates } from "./web/certificates.ts";
import { ask } from "./web/page-probe.ts";

const MISSING = CAN_HAVE_NAMESPACE ? missingWebServer("openssl") : NEEDS_ROOT;
const PATH = "/grpc.health.v1.Health/Check";

/** What the server says of each service, as a whole message of gRPC's. */
const SERVICES: Readonly<Record<string, readonly number[]>> = {
    "": [0, 0, 0, 0, 2, 8, 1],
    "shop.Cart": [0, 0, 0, 0, 2, 8, 1],
    "shop.Sad": [0, 0, 0, 0, 2, 8, 2],
    "shop.Odd": [0, 0, 0, 0, 9, 8, 1],
};

/** Answers as the standard health service does: in one message and a status, or with a status alone for a service that it does not know. */
function serve(stream: ServerHttp2Stream, headers: Readonly<Record<string, unknown>>): void {
    const pieces: Buffer[] = [];
    stream.on("error", () => undefined);
    stream.on("data", (piece: Buffer) => pieces.push(piece));
    stream.on("end", () => {
        const question = Buffer.concat(pieces);
        const name = question.subarray(7).toString();
        const isRight = headers[":path"] === PATH && headers["te"] === "trailers" && headers["content-type"] === "application/grpc";
        const answer = isRight ? SERVICES[name] : undefined;
        if (answer === undefined) {
            stream.respond({ ":status": 200, "content-type": "application/grpc", "grpc-status": "5" }, { endStream: true });
            return;
        }
        stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
        stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(Buffer.from(answer));
    });
}

describe.skipIf(MISSING !== undefined)(`the health service of gRPC${MISSING === undefined ? "" : ` (skipped: ${MISSING})`}`, () => {
    const system = MISSING === undefined ? enterOwnNamespace() : (undefined as never);
    const servers: Http2Server[] = [];
    let certificates: WebCertificates;
    let [plain, secure] = [0, 0];

    beforeAll(async () => {
        certificates = makeCertificates();
        const { server: cert, serverKey: key } = certificates.files;
        servers.push(createServer(), createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }) as unknown as Http2Server);
        const ports = servers.map(async (server) => {
            server.on("stream", serve);
            server.on("sessionError", () => undefined);
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            return (server.address() as AddressInfo).port;
        });
        [plain, secure] = (await Promise.all(ports)) as [number, number];
    });
    afterAll(() => {
        for (const server of servers) {
            server.close();
        }
        certificates.remove();
    });

    function health(service: string, overrides: Partial<GrpcProbe> = {}): Promise<string> {
        const address = parseIp("127.0.0.1") as GrpcProbe["endpoint"]["address"];
        return ask(system, { kind: "grpc", endpoint: { address, port: plain, mark: 0 }, service, authority: "shop", ...overrides });
    }

    it("says which services serve", async () => {
        expect(await health("")).toBe("good");
        expect(await health("shop.Cart")).toBe("good");
        expect(await health("shop.Sad")).toBe("failure: service is NOT_SERVING");
        expect(await health("shop.None")).toBe("failure: gRPC status 5");
        expect(await health("shop.Odd")).toBe("failure: malformed gRPC message");
    });

    it("says so over TLS", async () => {
        const address = parseIp("127.0.0.1") as GrpcProbe["endpoint"]["address"];
        const overrides = { endpoint: { address, port: secure, mark: 0 } };
        const tls = { isStrict: false, authorities: certificates.files.authority, verifiedName: "www.example.test" };
        expect(await health("shop.Cart", { ...overrides, tls })).toBe("good");
        expect(await health("shop.Sad", { ...overrides, tls })).toBe("failure: service is NOT_SERVING");
        expect(await health("", { ...overrides, tls: { ...tls, verifiedName: "other.test" } })).toBe(
            "failure: certificate is not for other.test",
        );
        expect(await health("", overrides)).toMatch(/^failure: (HTTP\/2: |connection reset)/);
    });

    it("is refused where nobody listens", async () => {
        const address = parseIp("127.0.0.1") as GrpcProbe["endpoint"]["address"];
        expect(await health("", { endpoint: { address, port: 9, mark: 0 } })).toBe("failure: connection refused");
    });
});
