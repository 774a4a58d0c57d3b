import { describe, expect, it } from "vitest";
import { loadAddon } from "../../src/io/native/load.ts";

const addon = loadAddon();

describe("programming errors", () => {
    const anywhere = 0;
    const bytes = new Uint8Array(8);
    const tx = addon.createTxBatch(2, 8, 16, 8);
    const rx = addon.createRxBatch(2, 8, 16, 8);
    const wrong = (value: unknown) => value as never;

    it.each<[string, () => unknown]>([
        ["an offset behind the end", () => addon.recv(anywhere, bytes, 9, 0, 0)],
        ["a length over the end", () => addon.recv(anywhere, bytes, 4, 5, 0)],
        ["a negative offset", () => addon.recv(anywhere, bytes, -1, 2, 0)],
        ["half a byte", () => addon.recv(anywhere, bytes, 0.5, 2, 0)],
        ["not a number", () => addon.recv(anywhere, bytes, Number.NaN, 2, 0)],
        ["an offset beyond all integers", () => addon.recv(anywhere, bytes, 2 ** 64, 0, 0)],
        ["a text for a buffer", () => addon.recv(anywhere, wrong("text"), 0, 1, 0)],
        ["a DataView for a buffer", () => addon.recv(anywhere, wrong(new DataView(new ArrayBuffer(8))), 0, 1, 0)],
        ["words for bytes", () => addon.recv(anywhere, wrong(new Uint16Array(8)), 0, 1, 0)],
        ["no descriptor", () => addon.close(wrong(undefined))],
        ["a descriptor beyond 32 bits", () => addon.close(2 ** 40)],
        ["bytes for a pair of numbers", () => addon.socketpair(1, 2, 0, wrong(new Uint8Array(8)))],
        ["room for half a pair", () => addon.socketpair(1, 2, 0, new Int32Array(1))],
        ["an RxBatch for a TxBatch", () => addon.sendmmsg(anywhere, wrong(rx), 0, 1, 0)],
        ["a TxBatch for an RxBatch", () => addon.recvmmsg(anywhere, wrong(tx), 0)],
        ["an object that looks like a batch", () => addon.recvmmsg(anywhere, wrong({ ...rx }), 0)],
        ["an object made from a batch", () => addon.recvmmsg(anywhere, wrong(Object.create(rx)), 0)],
        ["slots behind the last", () => addon.sendmmsg(anywhere, tx, 1, 2, 0)],
        ["a negative slot", () => addon.sendmmsg(anywhere, tx, -1, 2, 0)],
        ["no slots", () => addon.createTxBatch(0, 8, 0, 0)],
        ["more slots than the kernel takes", () => addon.createTxBatch(1_025, 8, 0, 0)],
        ["more memory than is sane", () => addon.createTxBatch(1_024, 2 ** 30, 0, 0)],
        ["control data that is not aligned", () => addon.createTxBatch(2, 8, 0, 12)],
        ["a batch for a poller", () => addon.pollerSet(wrong(tx), 1)],
        ["room for half an event", () => addon.epollWait(anywhere, new Int32Array(1))],
        ["bytes for events", () => addon.epollWait(anywhere, wrong(new Uint8Array(64)))],
        ["a token of more than 32 bits", () => addon.epollControl(anywhere, 1, 0, 1, 2 ** 32)],
        ["an endless address to repeat to", () => addon.pacerAdd(anywhere, new Uint8Array(129))],
        ["nothing to repeat", () => addon.pacerSet(0, new Uint8Array(0), Float64Array.of(0, 1e6, 1e6))],
        ["too much to repeat", () => addon.pacerSet(0, new Uint8Array(129), Float64Array.of(0, 1e6, 1e6))],
        ["an interval of nothing", () => addon.pacerSet(0, bytes, Float64Array.of(0, 0, 1e6))],
        ["an interval that is shorter at most than at least", () => addon.pacerSet(0, bytes, Float64Array.of(0, 2e6, 1e6))],
        ["no interval", () => addon.pacerSet(0, bytes, Float64Array.of(0, Number.NaN, 1e6))],
        ["half a timing", () => addon.pacerSet(0, bytes, new Float64Array(2))],
        ["room for three counts", () => addon.pacerRead(0, new Float64Array(3))],
        ["a limit before all time", () => addon.pacerRenew(-1)],
        ["no callback", () => addon.pollerOpen(anywhere, wrong(1))],
        ["a path with a zero byte", () => addon.open("/etc\0/passwd", 0, 0)],
        ["an endless path", () => addon.open("x".repeat(5_000), 0, 0)],
        ["a negative time", () => addon.timerfdSet(anywhere, -1, 0)],
        ["no time", () => addon.timerfdSet(anywhere, Number.NaN, 0)],
    ])("throws a TypeError for %s", (_, mistake) => {
        expect(mistake).toThrow(TypeError);
    });

    it("throws for a message that is longer than its slot", () => {
        const batch = addon.createTxBatch(2, 8, 16, 8);
        for (const lengths of [batch.lens, batch.addrLens, batch.ctlLens]) {
            lengths[1] = 17;
            expect(() => addon.sendmmsg(anywhere, batch, 0, 2, 0)).toThrow("longer than its slot");
            lengths[1] = 0;
        }
    });

    it("throws for a batch whose memory was transferred away", () => {
        const batch = addon.createRxBatch(2, 8, 16, 8);
        structuredClone(batch.data.buffer, { transfer: [batch.data.buffer as ArrayBuffer] });
        expect(() => addon.recvmmsg(anywhere, batch, 0)).toThrow("transferred");
    });

    it("believes no length of a detached buffer", () => {
        const buffer = new Uint8Array(64);
        structuredClone(buffer.buffer, { transfer: [buffer.buffer] });
        expect(() => addon.recv(anywhere, buffer, 0, 1, 0)).toThrow(TypeError);
    });
});
