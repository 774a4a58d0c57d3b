import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import type { GrpcProbe } from "../../src/core/service/probe/grpc-probe.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, NEEDS_ROOT } from "./own-namespace.ts";
import { isInstalled, RealServers } from "./real-servers.ts";
import { makeCertificates, missingWebServer, type WebCertificates } from "./web/certificates.ts";
import { ask } from "./web/page-probe.ts";

const MISSING = CAN_HAVE_NAMESPACE
    ? (missingWebServer("openssl") ?? (isInstalled("etcd") ? undefined : "etcd is not installed"))
    : NEEDS_ROOT;
const [PLAIN, SECURE] = [2_379, 3_379];
const PATIENCE = 30_000;

/** Given etcd, when its health service is asked as a GRPC_CHECK asks, then it is up, down, and silent as it is. */
describe.skipIf(MISSING !== undefined)(
    `the health service of a real server${MISSING === undefined ? "" : ` (skipped: ${MISSING})`}`,
    () => {
        const system = MISSING === undefined ? enterOwnNamespace() : (undefined as never);
        const real = new RealServers();
        let certificates: WebCertificates;

        beforeAll(() => {
            certificates = makeCertificates();
        });
        afterAll(() => {
            real.stop();
            certificates.remove();
        });

        function probe(port: number, overrides: Partial<GrpcProbe> = {}): GrpcProbe {
            const address = parseIp("127.0.0.1") as IpAddress;
            return { kind: "grpc", endpoint: { address, port, mark: 0 }, service: "", authority: "etcd", ...overrides };
        }

        async function untilSaid(port: number, wanted: string, overrides: Partial<GrpcProbe> = {}): Promise<void> {
            const end = Date.now() + PATIENCE;
            let said = "";
            do {
                said = await ask(system, probe(port, overrides));
            } while (said !== wanted && Date.now() < end);
            expect(said).toBe(wanted);
        }

        it("is up, silent, up again, and down", async () => {
            const server = real.startHealthService(PLAIN);
            await untilSaid(PLAIN, "good");
            expect(await ask(system, probe(PLAIN, { service: "shop.None" }))).toBe("failure: gRPC status 5");
            server.kill("SIGSTOP");
            await expect(ask(system, probe(PLAIN), 300)).rejects.toThrow();
            server.kill("SIGCONT");
            await untilSaid(PLAIN, "good");
            const gone = once(server, "exit");
            server.kill("SIGKILL");
            await gone;
            expect(await ask(system, probe(PLAIN))).toBe("failure: connection refused");
        }, 60_000);

        it("is up over TLS, for whom its certificate speaks", async () => {
            const { server: certificate, serverKey: key, authority: authorities } = certificates.files;
            real.startHealthService(SECURE, { certificate, key });
            const tls = { isStrict: false, authorities, verifiedName: "www.example.test" };
            await untilSaid(SECURE, "good", { tls });
            expect(await ask(system, probe(SECURE, { tls: { ...tls, verifiedName: "other.test" } }))).toBe(
                "failure: certificate is not for other.test",
            );
        }, 60_000);
    },
);
