import { afterEach, describe, expect, it } from "vitest";
import { POLL, type Poller } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { errnoName } from "../../src/io/native/sys.ts";
import { ADDON_FILE, runChild } from "./child.ts";

const addon = loadAddon();
const { constants: C } = addon;
const ends: (() => void)[] = [];

function pair(type = C.SOCK_DGRAM): [number, number] {
    const out = new Int32Array(2);
    expect(addon.socketpair(C.AF_UNIX, type, 0, out)).toBe(0);
    const both: [number, number] = [out[0] ?? -1, out[1] ?? -1];
    ends.push(() => both.forEach((fd) => void addon.close(fd)));
    return both;
}

function poller(fd: number, callback: (events: number) => void): Poller {
    const opened = addon.pollerOpen(fd, callback);
    if (typeof opened === "number") {
        throw new Error(errnoName(addon, opened));
    }
    ends.unshift(() => addon.pollerClose(opened));
    return opened;
}

const send = (fd: number) => addon.sendto(fd, Uint8Array.of(1), 0, 1, 0, null);
const receive = (fd: number) => addon.recv(fd, new Uint8Array(8), 0, 8, 0);
const turns = async (count: number) => {
    for (let turn = 0; turn < count; turn++) {
        await new Promise((resolve) => setImmediate(resolve));
    }
};

afterEach(() => {
    for (const end of ends.splice(0)) {
        end();
    }
});

describe("pollers", () => {
    it("tell that there is something to read, again and again until it is read", async () => {
        const [left, right] = pair();
        let told = 0;
        const watching = poller(right, (events) => {
            expect(events).toBe(POLL.read);
            told++;
            if (told === 3) {
                receive(right);
            }
        });
        addon.pollerSet(watching, POLL.read);
        send(left);
        await expect.poll(() => told).toBe(3);
        await turns(3);
        expect(told).toBe(3);
    });

    it("tell of room to write, and of a peer that went away", async () => {
        const [left, right] = pair(C.SOCK_STREAM);
        let seen = 0;
        const watching = poller(left, (events) => {
            seen |= events;
        });
        addon.pollerSet(watching, POLL.write | POLL.disconnect);
        await expect.poll(() => seen).toBe(POLL.write);
        addon.shutdown(right, C.SHUT_WR);
        await expect.poll(() => seen).toBe(POLL.write | POLL.disconnect);
    });

    it("can be stopped and started", async () => {
        const [left, right] = pair();
        let told = 0;
        const watching = poller(right, () => told++);
        addon.pollerSet(watching, POLL.read);
        addon.pollerSet(watching, 0);
        send(left);
        await turns(3);
        expect(told).toBe(0);
        addon.pollerSet(watching, POLL.read);
        await expect.poll(() => told).toBeGreaterThan(0);
    });

    it("can be closed in their own callback, twice, and are silent then", async () => {
        const [left, right] = pair();
        let told = 0;
        const watching = poller(right, () => {
            told++;
            addon.pollerClose(watching);
            addon.pollerClose(watching);
            expect(errnoName(addon, addon.pollerSet(watching, POLL.read))).toBe("EBADF");
            addon.pollerRef(watching, true);
        });
        addon.pollerSet(watching, POLL.read);
        send(left);
        await expect.poll(() => told).toBe(1);
        await turns(3);
        expect(told).toBe(1);
    });

    it("keep their descriptor open, and are the only one on it", () => {
        const [left] = pair();
        const watching = poller(left, () => undefined);
        expect(errnoName(addon, addon.close(left))).toBe("EBUSY");
        expect(errnoName(addon, addon.pollerOpen(left, () => undefined) as number)).toBe("EEXIST");
        addon.pollerClose(watching);
        expect(addon.close(left)).toBe(0);
        expect(errnoName(addon, addon.close(left))).toBe("EBADF");
    });

    it("can follow one another on the same descriptor within one turn", async () => {
        const [left, right] = pair();
        addon.pollerClose(poller(right, () => undefined));
        let told = 0;
        const second = poller(right, () => {
            told++;
            receive(right);
        });
        addon.pollerSet(second, POLL.read);
        send(left);
        await expect.poll(() => told).toBe(1);
    });

    it("refuse what cannot be watched", () => {
        const file = addon.open("/etc/hostname", C.O_RDONLY, 0);
        expect(errnoName(addon, addon.pollerOpen(file, () => undefined) as number)).toBe("EPERM");
        addon.close(file);
        expect(errnoName(addon, addon.pollerOpen(file, () => undefined) as number)).toBe("EBADF");
        expect(errnoName(addon, addon.pollerOpen(-1, () => undefined) as number)).toBe("EBADF");
    });

    it("tell a pending socket error as an event, and watch on", async () => {
        const [left, right] = [addon.socket(C.AF_INET, C.SOCK_DGRAM, 0), addon.socket(C.AF_INET, C.SOCK_DGRAM, 0)];
        ends.push(() => [left, right].forEach((fd) => void addon.close(fd)));
        const address = Uint8Array.of(2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
        addon.bind(right, address);
        addon.getsockname(right, address);
        addon.close(right);
        addon.connect(left, address);
        const seen: string[] = [];
        const watching = poller(left, (events) => seen.push(`${events} ${errnoName(addon, receive(left))}`));
        addon.pollerSet(watching, POLL.read);
        send(left);
        await expect.poll(() => seen).toEqual([`${POLL.read | POLL.error} ECONNREFUSED`]);
        send(left);
        await expect.poll(() => seen).toHaveLength(2);
    });

    it("run promises and ticks after their callback", async () => {
        const [left, right] = pair();
        const order: string[] = [];
        const watching = poller(right, () => {
            receive(right);
            process.nextTick(() => order.push("tick"));
            void Promise.resolve().then(() => order.push("promise"));
            order.push("callback");
        });
        addon.pollerSet(watching, POLL.read);
        send(left);
        await expect.poll(() => order).toEqual(["callback", "tick", "promise"]);
    });
});

describe("in a process of their own", () => {
    const setUp = `
        const out = new Int32Array(2);
        const pair = () => { if (addon.socketpair(C.AF_UNIX, C.SOCK_DGRAM, 0, out) < 0) throw new Error("pair"); return [out[0], out[1]]; };
        const send = (fd) => addon.sendto(fd, Buffer.of(1), 0, 1, 0, null);
        const drain = (fd) => { while (addon.recv(fd, Buffer.alloc(8), 0, 8, 0) >= 0); };
        const fds = () => require("fs").readdirSync("/proc/self/fd").length;
    `;

    it("an exception in a callback is an uncaught one, and watching goes on", async () => {
        const { code, output } = await runChild(`${setUp}
            const [left, right] = pair();
            let told = 0;
            process.on("uncaughtException", (error) => console.log("uncaught", error.message));
            const poller = addon.pollerOpen(right, () => {
                drain(right);
                if (++told === 2) { addon.pollerClose(poller); console.log("closed"); return; }
                setImmediate(send, left);
                throw new Error("thrown");
            });
            addon.pollerSet(poller, 1);
            send(left);
        `);
        expect({ code, output }).toEqual({ code: 0, output: "uncaught thrown\nclosed\n" });
    });

    it("an exception that nobody catches ends the process as usual", async () => {
        const { code, errors } = await runChild(`${setUp}
            const [left, right] = pair();
            addon.pollerSet(addon.pollerOpen(right, () => { throw new Error("thrown"); }), 1);
            send(left);
        `);
        expect(code).toBe(1);
        expect(errors).toContain("Error: thrown");
    });

    it("an unreferenced poller lets the process end", async () => {
        const { code } = await runChild(`${setUp}
            const poller = addon.pollerOpen(pair()[0], () => {});
            addon.pollerSet(poller, 1);
            addon.pollerRef(poller, false);
        `);
        expect(code).toBe(0);
    });

    it("Workers that end with live pollers and batches in use harm nobody", async () => {
        const { code, output, errors } = await runChild(`${setUp}
            const { Worker } = require("worker_threads");
            const program = \`
                const addon = require(${JSON.stringify(ADDON_FILE)});
                const { parentPort } = require("worker_threads");
                const C = addon.constants;
                const out = new Int32Array(2);
                const batch = addon.createRxBatch(4, 64, 0, 0);
                for (let i = 0; i < 5; i++) {
                    addon.socketpair(C.AF_UNIX, C.SOCK_DGRAM, 0, out);
                    const [left, right] = out;
                    addon.pollerSet(addon.pollerOpen(left, () => addon.recvmmsg(left, batch, 0)), 1);
                    if (i % 2) addon.pollerSet(addon.pollerOpen(right, () => addon.sendto(right, Buffer.of(1), 0, 1, 0, null)), 2);
                }
                parentPort.postMessage("ready");
            \`;
            (async () => {
                for (let round = 0; round < 50; round++) {
                    const worker = new Worker(program, { eval: true });
                    await new Promise((resolve) => worker.once("message", resolve));
                    await worker.terminate();
                }
                console.log("survived");
            })();
        `);
        expect({ code, output, errors }).toEqual({ code: 0, output: "survived\n", errors: "" });
    });

    it("forgotten pollers and batches are collected, armed pollers are not", async () => {
        const { code, output, errors } = await runChild(
            `${setUp}
            const turn = () => new Promise((resolve) => setImmediate(resolve));
            const refs = [];
            function forget() {
                const [left, right] = pair();
                const poller = addon.pollerOpen(left, () => poller);
                addon.pollerSet(poller, 1);
                addon.pollerSet(poller, 0);
                refs.push(new WeakRef(poller), new WeakRef(addon.createRxBatch(16, 2048, 28, 64)), new WeakRef(addon.createTxBatch(16, 2048, 28, 64)));
                return left;
            }
            let told = 0;
            function arm() {
                const [left, right] = pair();
                addon.pollerSet(addon.pollerOpen(right, () => { told++; drain(right); }), 1);
                return left;
            }
            (async () => {
                const armed = arm();
                const closed = [];
                for (let i = 0; i < 200; i++) closed.push(forget());
                for (let i = 0; i < 20; i++) { gc(); await turn(); }
                const alive = refs.filter((ref) => ref.deref() !== undefined).length;
                // What the finaliser closed is not watched any more: it can be closed now.
                const busy = closed.filter((fd) => addon.close(fd) < 0).length;
                send(armed);
                await turn(); await turn();
                console.log(JSON.stringify({ alive, busy, told }));
                process.exit();
            })();
        `,
            ["--expose-gc"],
        );
        expect(JSON.parse(output || "{}"), errors).toEqual({ alive: 0, busy: 0, told: 1 });
        expect(code).toBe(0);
    });

    it("no descriptor is lost over many rounds", async () => {
        const { output } = await runChild(`${setUp}
            const round = () => {
                const [left, right] = pair();
                const poller = addon.pollerOpen(left, () => {});
                addon.pollerSet(poller, 3);
                addon.pollerClose(poller);
                addon.close(left); addon.close(right);
                addon.close(addon.timerfdCreate(C.CLOCK_MONOTONIC));
                addon.close(addon.socketAt(ns, C.AF_INET, C.SOCK_DGRAM, 0));
                addon.posixSpawn("/nonexistent", ["x"], [], { fds: [0, 1, 2] });
            };
            const ns = addon.open("/proc/self/ns/net", C.O_RDONLY, 0);
            round();
            const before = fds();
            for (let i = 0; i < 500; i++) round();
            console.log(fds() - before);
        `);
        expect(output).toBe("0\n");
    });
});
