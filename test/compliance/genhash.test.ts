import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runGenhash } from "../../src/app/cli/genhash.ts";
import { hasTool } from "../labs/harness/prerequisites.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, NEEDS_ROOT } from "./own-namespace.ts";
import { missingWebServer } from "./web/certificates.ts";
import { NGINX, type RunningNginx, startNginx } from "./web/nginx.ts";

const MISSING = CAN_HAVE_NAMESPACE
    ? (missingWebServer("nginx", "openssl") ?? (hasTool("genhash") ? undefined : "genhash not installed"))
    : NEEDS_ROOT;

/** What ours says on standard output and standard error, and its status. */
async function ours(...words: readonly string[]): Promise<readonly [string, string, number]> {
    let [said, complained] = ["", ""];
    const streams = {
        output: { write: (text: string) => (said += text) },
        errors: { write: (text: string) => (complained += text) },
    };
    const status = await runGenhash(words, streams as unknown as Parameters<typeof runGenhash>[1]);
    return [said, complained, status];
}

describe.skipIf(MISSING !== undefined)(`genhash${MISSING === undefined ? "" : ` (skipped: ${MISSING})`}`, () => {
    let nginx: RunningNginx;

    beforeAll(async () => {
        enterOwnNamespace();
        nginx = await startNginx();
    });
    afterAll(() => nginx.remove());

    it.each([
        ["a page", ["-p", String(NGINX.http), "-u", "/page"]],
        ["a page that is out of order", ["-p", String(NGINX.http), "-u", "/broken"]],
        ["the host that is asked for", ["-p", String(NGINX.http), "-u", "/host", "-V", "www.example.test"]],
        ["the address that is asked for", ["-p", String(NGINX.http), "-u", "/host", "-P", "1.1"]],
        ["a page over TLS", ["-S", "-p", String(NGINX.https), "-u", "/page", "-P", "1.0c"]],
        ["a page over TLS with a name", ["-S", "-I", "-V", "www.example.test", "-p", String(NGINX.https), "-u", "/sni"]],
    ])("says the same as Keepalived's of %s", async (_, words) => {
        const theirs = spawnSync("genhash", ["-s", "127.0.0.1", ...words], { encoding: "utf8", timeout: 50_000 });
        expect(theirs.stdout).toMatch(/^[\da-f]{32}\n$/);
        expect(await ours("-s", "127.0.0.1", ...words)).toEqual([theirs.stdout, "", 0]);
    });

    it("says why there is no digest, and fails", async () => {
        expect(await ours("-s", "127.0.0.1", "-p", "9", "-u", "/")).toEqual(["", "genhash: connection refused\n", 1]);
        const [said, complained, status] = await ours("-s", "localhost", "-p", "9", "-u", "/");
        expect([said, complained.split("\n")[0], status]).toEqual(["", "genhash: 'localhost' is not an address", 1]);
        expect((await ours("-p", "9"))[1]).toMatch(/^genhash: server, port and url are needed\nusage: /);
        expect((await ours("-h"))[1]).toMatch(/^usage: /);
    });

    it("says more when asked to", async () => {
        const [said] = await ours("-v", "-s", "127.0.0.1", "-p", String(NGINX.http), "-u", "/page");
        expect(said).toMatch(/^[\da-f]{32}\n44 bytes, Global response time for \[\/page\] = \d+ usecs\n$/);
    });
});
