import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pagePattern } from "../contracts/page-pattern.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, NEEDS_ROOT } from "./own-namespace.ts";
import { missingWebServer } from "./web/certificates.ts";
import { NGINX, PAGE, type RunningNginx, startNginx } from "./web/nginx.ts";
import { ask, type PageWish, pageProbe } from "./web/page-probe.ts";

const MISSING = CAN_HAVE_NAMESPACE ? missingWebServer("nginx", "openssl") : NEEDS_ROOT;

describe.skipIf(MISSING !== undefined)(`pages of a real web server${MISSING === undefined ? "" : ` (skipped: ${MISSING})`}`, () => {
    const system = MISSING === undefined ? enterOwnNamespace() : (undefined as never);
    let nginx: RunningNginx;

    beforeAll(async () => {
        nginx = await startNginx();
    });
    afterAll(() => nginx.remove());

    const page = (wish: Omit<PageWish, "port"> & { readonly port?: number }) => ask(system, pageProbe({ port: NGINX.http, ...wish }));
    const secure = (tls: PageWish["tls"], wish: Omit<PageWish, "port"> = {}) =>
        ask(system, pageProbe({ port: NGINX.https, tls: tls ?? {}, ...wish }));
    const says = (text: string) => ({ expectation: { pattern: pagePattern(`^${text}\\z`) } });

    it("are good over IPv4 and IPv6, in each form of HTTP/1", async () => {
        expect(await page({})).toBe("good");
        expect(await page({ host: "::1" })).toBe("good");
        expect(await page({ request: { closes: true } })).toBe("good");
        expect(await page({ request: { version: "1.1", closes: true } })).toBe("good");
        expect(await page({ path: "/empty" })).toBe("good");
    });

    it("are bad with other status codes than those that are wanted", async () => {
        expect(await page({ path: "/broken" })).toBe("failure: status code 503");
        expect(await page({ path: "/moved" })).toBe("failure: status code 302");
        expect(await page({ path: "/broken", expectation: { statusCodes: [{ first: 500, last: 503 }] } })).toBe("good");
    });

    it("have the right digest, or tell the one that they have", async () => {
        const digest = createHash("md5").update(PAGE.text).digest("hex");
        expect(await page({ expectation: { digest } })).toBe("good");
        expect(await page({ expectation: { digest: "0".repeat(32) } })).toBe(`failure: MD5 digest ${digest}`);
    });

    it("are searched for patterns, with options and offsets", async () => {
        const search = (expression: string, overrides: Parameters<typeof pagePattern>[1] = {}) =>
            page({ expectation: { pattern: pagePattern(expression, overrides) } });
        expect(await search("qu[ia]ck +brown")).toBe("good");
        expect(await search("QUICK")).toBe("failure: pattern not found");
        expect(await search("QUICK", { isCaseless: true })).toBe("good");
        expect(await search("quick", { isUnwanted: true })).toBe("failure: unwanted pattern found");
        expect(await search("fox.jumps")).toBe("failure: pattern not found");
        expect(await search("fox.jumps", { isDotAll: true })).toBe("good");
        expect(await search("^jumps", { isMultiline: true })).toBe("good");
        expect(await search("jumps", { isFirstLine: true })).toBe("failure: pattern not found");
        expect(await search("quick", { leastOffset: 5 })).toBe("failure: pattern not found");
        expect(await search("quick", { leastOffset: 4, mostOffset: 4 })).toBe("good");
        expect(await search("quick", { mostOffset: 3 })).toBe("failure: pattern not found");
        expect(await search("(", {})).toMatch(/^impossible: pattern: /);
        expect(await page({ expectation: { text: "lazy dog" } })).toBe("good");
    });

    it("are asked for with the host name, method and headers that are wanted", async () => {
        expect(await page({ path: "/host", ...says("127\\.0\\.0\\.1:8080") })).toBe("good");
        expect(await page({ path: "/host", request: { host: "www.example.test" }, ...says("www.example.test") })).toBe("good");
        const request = { method: "POST", headers: [{ name: "X-One", value: "1" }], body: "a=b" };
        expect(await page({ path: "/said", request, ...says("POST-1") })).toBe("good");
        expect(await page({ request: { method: "HEAD" } })).toBe("good");
    });

    it("are given to whoever says the PROXY protocol's word first, and to nobody else there", async () => {
        expect(await page({ port: NGINX.proxied, preamble: "v1" })).toBe("good");
        expect(await page({ port: NGINX.proxied, preamble: "v2" })).toBe("good");
        expect(await page({ port: NGINX.proxied })).not.toBe("good");
    });

    it("come over TLS, whatever the certificate, with the server's name if that is wanted", async () => {
        expect(await secure({})).toBe("good");
        expect(await secure({ isStrict: true })).toBe("good");
        expect(await secure({}, { path: "/sni", ...says("") })).toBe("good");
        expect(await secure({ serverName: "www.example.test" }, { path: "/sni", ...says("www.example.test") })).toBe("good");
        expect(await secure({}, { path: "/broken" })).toBe("failure: status code 503");
        expect(await secure({}, { endpoint: { mark: 7, interfaceName: "lo" } })).toBe("good");
    });

    it("come over TLS only from a server with a good certificate, where that is insisted on", async () => {
        const { authority: authorities } = nginx.files;
        expect(await secure({ authorities, verifiedName: "www.example.test" })).toBe("good");
        expect(await secure({ authorities, verifiedName: "127.0.0.1" })).toBe("good");
        expect(await secure({ authorities, verifiedName: "other.test" })).toBe("failure: certificate is not for other.test");
        expect(await secure({ verifiedName: "www.example.test" })).toMatch(/^failure: certificate: UNABLE_TO_/);
        expect(await secure({ leastDays: 10 })).toBe("good");
        expect(await secure({ leastDays: 25 })).toMatch(/^failure: certificate expires in (19|20) days$/);
    });

    it("come over TLS to a client that shows its certificate", async () => {
        const { client: certificate, clientKey: key, encryptedKey } = nginx.files;
        expect(await secure({}, { path: "/client", ...says("NONE") })).toBe("good");
        expect(await secure({ certificate, key }, { path: "/client", ...says("SUCCESS") })).toBe("good");
        expect(await secure({ certificate, key: encryptedKey, password: "sesame" }, { path: "/client", ...says("SUCCESS") })).toBe("good");
        expect(await secure({ certificate, key: encryptedKey, password: "wrong" })).toMatch(/^impossible: certificate and key: /);
        expect(await secure({ certificate: "/nowhere" })).toMatch(/^impossible: ENOENT/);
    });

    it("come over HTTP/2, where the server agrees to that", async () => {
        const request = { version: "2", host: "www.example.test" } as const;
        const digest = createHash("md5").update(PAGE.text).digest("hex");
        expect(await secure({}, { request, expectation: { digest, text: "lazy dog" } })).toBe("good");
        expect(await secure({}, { request, path: "/protocol", ...says("HTTP/2.0") })).toBe("good");
        expect(await secure({}, { request, path: "/host", ...says("www.example.test") })).toBe("good");
        expect(await secure({}, { request, path: "/broken" })).toBe("failure: status code 503");
        const said = { ...request, method: "POST", headers: [{ name: "X-One", value: "1" }], body: "a=b" };
        expect(await secure({}, { request: said, path: "/said", ...says("POST-1") })).toBe("good");
        expect(await page({ request })).toMatch(/^failure: HTTP\/2: /);
    });

    it("are no longer to be had from a server that is gone, and again when it is back", async () => {
        await nginx.stop();
        expect(await page({})).toBe("failure: connection refused");
        expect(await secure({})).toBe("failure: connection refused");
        await nginx.start();
        expect(await page({})).toBe("good");
        expect(await secure({})).toBe("good");
    });
});
