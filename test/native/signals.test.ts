import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ending, printed, runChild, startChild } from "./child.ts";

const CATCH_ALL = `
    const numbers = [C.SIGHUP, C.SIGUSR1, C.SIGUSR2, C.SIGTERM, C.SIGINT];
    for (let n = C.SIGRTMIN; n <= C.SIGRTMAX; n++) numbers.push(n);
    const fd = addon.signalsOpen(numbers);
    const bytes = Buffer.alloc(1024);
    const seen = [];
    const poller = addon.pollerOpen(fd, () => {
        const length = addon.read(fd, bytes, 0, bytes.length);
        for (let at = 0; at < length; at += 16) seen.push([bytes.readInt32LE(at), bytes.readInt32LE(at + 4)]);
    });
    addon.pollerSet(poller, 1);
`;

const folder = mkdtempSync(join(tmpdir(), "holdfast-native-"));

beforeAll(() =>
    build({
        entryPoints: [join(import.meta.dirname, "../../src/io/system/signals.ts")],
        outfile: join(folder, "signals.mjs"),
        bundle: true,
        platform: "node",
        format: "esm",
    }),
);

afterAll(() => rmSync(folder, { recursive: true }));

function isListening(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = connect(port, "127.0.0.1");
        socket.on("connect", () => {
            socket.destroy();
            resolve(true);
        });
        socket.on("error", () => resolve(false));
    });
}

describe("signals", () => {
    it("of every real-time number are told with their sender, and none kills", async () => {
        const { code, signal, output } = await runChild(`${CATCH_ALL}
            for (const n of numbers) process.kill(process.pid, n);
            setTimeout(() => {
                const missing = numbers.filter((n) => !seen.some(([number, pid]) => number === n && pid === process.pid));
                console.log(JSON.stringify({ missing, count: seen.length === numbers.length, lost: addon.signalsLost() }));
                process.exit();
            }, 100);
        `);
        expect({ code, signal, output }).toEqual({ code: 0, signal: null, output: '{"missing":[],"count":true,"lost":0}\n' });
    });

    it("kill a Node that does not catch them: the reason for all this", async () => {
        const { output } = await runChild(`process.kill(process.pid, C.SIGRTMIN + 2); console.log("alive");`);
        expect(output).toBe("");
    });

    it("from another process are told with that process's pid", async () => {
        const child = startChild(`${CATCH_ALL}
            console.log("ready");
            const wait = setInterval(() => { if (seen.length) { console.log(JSON.stringify(seen)); process.exit(); } }, 5);
        `);
        const end = ending(child);
        await printed(child, "ready");
        process.kill(child.pid ?? 0, "SIGHUP");
        expect((await end).output).toBe(`ready\n[[1,${process.pid}]]\n`);
    });

    it("never open a debugger by SIGUSR1", async () => {
        const port = 20_000 + (process.pid % 20_000);
        const child = startChild(
            `${CATCH_ALL}
            console.log("ready");
            const wait = setInterval(() => {
                if (seen.length < 3) return;
                clearInterval(wait);
                setTimeout(() => { console.log("url", require("inspector").url()); process.stdin.once("data", () => process.exit()); }, 200);
            }, 5);
        `,
            [`--inspect-port=127.0.0.1:${port}`],
        );
        const end = ending(child);
        await printed(child, "ready");
        for (let round = 0; round < 3; round++) {
            process.kill(child.pid ?? 0, "SIGUSR1");
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        await printed(child, "url");
        expect(await isListening(port)).toBe(false);
        child.stdin.write("x");
        const { errors, output, code } = await end;
        expect({ errors, output, code }).toEqual({ errors: "", output: "ready\nurl undefined\n", code: 0 });
    });

    it("that Node itself caught before the addon was there do not leave a debugger open", async () => {
        const port = 40_000 + (process.pid % 20_000);
        const child = startChild(
            `
            process.kill(process.pid, "SIGUSR1");
            (async () => {
                const { catchSignals } = await import(${JSON.stringify(join(folder, "signals.mjs"))});
                const inspector = require("inspector");
                while (inspector.url() === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
                console.log("opened");
                catchSignals(addon, ({ number }) => console.log("told", number));
                process.kill(process.pid, "SIGUSR1");
                setTimeout(() => { console.log("url", inspector.url()); process.stdin.once("data", () => process.exit()); }, 200);
            })();
        `,
            [`--inspect-port=127.0.0.1:${port}`],
        );
        const end = ending(child);
        await printed(child, "opened");
        await printed(child, "url");
        expect(await isListening(port)).toBe(false);
        child.stdin.write("x");
        const { output, code } = await end;
        expect({ output, code }).toEqual({ output: "opened\ntold 10\nurl undefined\n", code: 0 });
    });

    it("keep being harmless after their descriptor was closed, and are told again to the next one", async () => {
        const { code, output } = await runChild(`${CATCH_ALL}
            addon.pollerClose(poller);
            addon.close(fd);
            process.kill(process.pid, C.SIGRTMIN + 5);
            const again = addon.signalsOpen([]);
            setTimeout(() => { console.log(addon.read(again, bytes, 0, 1024), bytes.readInt32LE(0) - C.SIGRTMIN); }, 20);
        `);
        expect({ code, output }).toEqual({ code: 0, output: "16 5\n" });
    });

    it("that find the stream full are counted, and the process lives on", async () => {
        const { code, output } = await runChild(`
            addon.signalsOpen([C.SIGRTMIN]);
            for (let i = 0; i < 5000; i++) process.kill(process.pid, C.SIGRTMIN);
            console.log(addon.signalsLost());
        `);
        expect({ code, output }).toEqual({ code: 0, output: "904\n" });
    });

    it("that must not be caught are refused", async () => {
        const { output } = await runChild(`
            console.log([C.SIGKILL, C.SIGSTOP, C.SIGPIPE, 11, 7, 0, 32].map((n) => addon.errnoNames[-addon.signalsOpen([n])]).join());
        `);
        expect(output).toBe(`${new Array(7).fill("EINVAL").join()}\n`);
    });

    it("arrive whichever thread they hit", async () => {
        const { code, output } = await runChild(`${CATCH_ALL}
            const { Worker } = require("worker_threads");
            const workers = [0, 1, 2].map(() => new Worker("setInterval(() => {}, 1000)", { eval: true }));
            let sent = 0;
            const step = setInterval(() => {
                if (sent < 200) { sent++; process.kill(process.pid, C.SIGRTMIN + (sent % 30)); return; }
                clearInterval(step);
                setTimeout(() => { console.log(seen.length); process.exit(); }, 50);
            }, 1);
        `);
        expect({ code, output }).toEqual({ code: 0, output: "200\n" });
    });
});
