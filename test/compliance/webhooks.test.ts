import { createHmac } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunnerProcess } from "../../src/app/runner/runner-process.ts";
import { milliseconds, seconds } from "../../src/core/base/instant.ts";
import type { WebhookSettings } from "../../src/core/supervise/runner-settings.ts";
import { startHeardRunner } from "./heard-runner.ts";
import { until } from "./own-namespace.ts";

const EVENT = {
    event: "instance-state",
    router_id: "lb1",
    instance: "VI_1",
    state: "MASTER",
    priority: 150,
    cause: "active-down-timer",
} as const;

interface Call {
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
}

/** Given a runner and a real HTTP server, when events are to be told by webhooks, then the server gets each once, in order, also one that was away. */
describe("webhooks", () => {
    let runner: RunnerProcess;
    let servers: Server[];
    let calls: Call[];
    const log: string[] = [];
    const done: number[] = [];

    beforeEach(() => {
        calls = [];
        servers = [];
        runner = startHeardRunner({ log, done });
    });

    afterEach(async () => {
        const stopped = new Promise<void>((resolve) => runner.stop(resolve));
        for (const server of servers) {
            server.closeAllConnections();
            server.close();
        }
        await stopped;
    });

    function configure(settings: Partial<WebhookSettings> = {}): void {
        runner.configure({ scripts: [], pipes: [], scheduling: {}, webhooks: { timeout: seconds(5), ...settings } }, []);
    }

    /** A server whose answers are these statuses, one after the other, the last for ever; 0 says nothing at all. */
    async function serve(statuses: readonly number[], port = 0): Promise<string> {
        const answer: RequestListener = (request, response) => {
            const pieces: Buffer[] = [];
            request.on("data", (piece: Buffer) => pieces.push(piece));
            request.on("end", () => {
                const status = statuses[Math.min(calls.length, statuses.length - 1)] ?? 200;
                calls.push({ headers: request.headers, body: Buffer.concat(pieces).toString() });
                if (status !== 0) {
                    response.writeHead(status, status === 302 ? { Location: "/elsewhere" } : {}).end("thank you");
                }
            });
        };
        const server = createServer(answer);
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-path`;
    }

    const tell = (receipt: number, ...urls: readonly string[]) => runner.tell(receipt, { type: "webhook", urls, event: EVENT });

    it("tell what happened as JSON, signed", async () => {
        configure({ key: "a key of ours" });
        const before = Date.now();
        tell(7, await serve([204]));
        await until(() => done.length > 0);
        expect(done).toEqual([7]);
        const [{ headers, body } = { headers: {}, body: "" }] = calls;
        const { time, ...rest } = JSON.parse(body) as Readonly<Record<string, unknown>>;
        expect(rest).toEqual({ ...EVENT, sequence: 7 });
        expect(Date.parse(String(time))).toBeGreaterThanOrEqual(before);
        expect(headers["content-type"]).toBe("application/json");
        expect(headers["x-holdfast-event"]).toBe("instance-state");
        expect(headers["x-holdfast-signature"]).toBe(`sha256=${createHmac("sha256", "a key of ours").update(body).digest("hex")}`);
        expect(log).toEqual([]);
    });

    it("are signed with the key of a file, and not called at all when it cannot be read", async () => {
        const folder = mkdtempSync(join(tmpdir(), "webhooks-"));
        const keyFile = join(folder, "key");
        writeFileSync(keyFile, "from a file\n");
        chmodSync(keyFile, 0o644);
        configure({ keyFile });
        const url = await serve([200]);
        tell(1, url);
        await until(() => done.length > 0);
        const signature = `sha256=${createHmac("sha256", "from a file")
            .update(calls[0]?.body ?? "")
            .digest("hex")}`;
        expect(calls[0]?.headers["x-holdfast-signature"]).toBe(signature);
        expect(log).toEqual([`The webhooks' key in ${keyFile} is open to group or others (mode 0644)`]);
        rmSync(folder, { recursive: true });
        configure({ keyFile: join(folder, "none") });
        tell(2, url);
        await until(() => done.length > 1);
        expect(calls).toHaveLength(1);
        expect(log[1]).toContain("ENOENT");
    });

    it("are tried again after an error of the server, with the same number, and the others wait behind", async () => {
        configure();
        const url = await serve([500, 200]);
        tell(1, url);
        tell(2, url);
        await until(() => done.length === 2, 20_000);
        expect(done).toEqual([1, 2]);
        expect(calls.map(({ body }) => (JSON.parse(body) as { sequence: number }).sequence)).toEqual([1, 1, 2]);
        expect(new Set(calls.slice(0, 2).map(({ body }) => body)).size).toBe(1);
        expect(log[0]).toMatch(/^Webhook of 127\.0\.0\.1:\d+ not sent \(HTTP status 500\): \d wait, tried again in 1 seconds$/);
        expect(log.join()).not.toContain("secret-path");
    });

    it.each([404, 401, 302])("are given up where they are answered with %d", async (status) => {
        configure();
        tell(1, await serve([status]));
        await until(() => done.length > 0);
        expect(calls).toHaveLength(1);
        expect(log[0]).toMatch(/^Webhook of \S+ "instance-state VI_1 MASTER" is not sent: HTTP status \d+$/);
    });

    it("wait for a server that is away, and hold nobody else up", async () => {
        configure();
        const url = await serve([200]);
        const { port } = new URL(url);
        await new Promise((resolve) => servers.pop()?.close(resolve));
        const other = await serve([200]);
        tell(1, url, other);
        tell(2, other);
        await until(() => done.includes(2));
        expect(done).toEqual([2]);
        expect(log[0]).toContain("ECONNREFUSED");
        await serve([200], Number(port));
        await until(() => done.length === 2, 20_000);
        expect(done).toEqual([2, 1]);
        expect(calls).toHaveLength(3);
    });

    it("do not wait for ever for a server that says nothing", async () => {
        configure({ timeout: milliseconds(100) });
        tell(1, await serve([0, 200]));
        await until(() => done.length > 0, 20_000);
        expect(log[0]).toContain("no answer in time");
        expect(calls).toHaveLength(2);
    });

    it("have a limit: the oldest give way, are counted, and that is said", async () => {
        configure({ timeout: milliseconds(200) });
        const url = await serve([0]);
        for (let receipt = 1; receipt <= 1_250; receipt++) {
            tell(receipt, url);
        }
        await until(() => done.length === 250);
        expect(log.filter((line) => line.includes("more than 1000 wait"))).toHaveLength(3);
    });
});
