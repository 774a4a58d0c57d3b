import { afterEach, describe, expect, it } from "vitest";
import type { RxBatch, TxBatch } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { errnoName } from "../../src/io/native/sys.ts";
import { findControlMessage } from "../../src/io/packet/control-message.ts";
import { unixSocketAddress } from "../../src/io/system/unix-datagrams.ts";

const addon = loadAddon();
const { constants: C } = addon;
const open: number[] = [];

function keep(fd: number): number {
    expect(fd).toBeGreaterThanOrEqual(0);
    open.push(fd);
    return fd;
}

function pair(type = C.SOCK_DGRAM): [number, number] {
    const out = new Int32Array(2);
    expect(addon.socketpair(C.AF_UNIX, type, 0, out)).toBe(0);
    return [keep(out[0] ?? -1), keep(out[1] ?? -1)];
}

function put(batch: TxBatch, slot: number, size: number, text: string): void {
    const bytes = new TextEncoder().encode(text);
    batch.data.set(bytes, slot * size);
    batch.lens[slot] = bytes.length;
}

function textOf(batch: RxBatch, slot: number, size: number): string {
    return new TextDecoder().decode(batch.data.subarray(slot * size, slot * size + (batch.meta[4 * slot] ?? 0)));
}

function name(result: number): string {
    return result < 0 ? errnoName(addon, result) : String(result);
}

afterEach(() => {
    for (const fd of open.splice(0)) {
        addon.close(fd);
    }
});

describe("single messages", () => {
    it("carries bytes out of the middle of a buffer into the middle of another", () => {
        const [left, right] = pair();
        const room = new Uint8Array(8).fill(7);
        expect(addon.sendto(left, Uint8Array.of(1, 2, 3, 4), 1, 2, 0, null)).toBe(2);
        expect(addon.recv(right, room, 3, 4, 0)).toBe(2);
        expect([...room]).toEqual([7, 7, 7, 2, 3, 7, 7, 7]);
    });

    it("tells an empty queue by a number, without throwing", () => {
        const [left] = pair();
        expect(name(addon.recv(left, new Uint8Array(8), 0, 8, 0))).toBe("EAGAIN");
    });

    it("never blocks, even where the descriptor's own flag was taken away", () => {
        const [left] = pair();
        expect(addon.fcntl(left, C.F_SETFL, 0)).toBe(0);
        expect(name(addon.recv(left, new Uint8Array(8), 0, 8, 0))).toBe("EAGAIN");
    });

    it("tells the whole length of what was cut, when asked", () => {
        const [left, right] = pair();
        addon.sendto(left, new Uint8Array(100), 0, 100, 0, null);
        expect(addon.recv(right, new Uint8Array(10), 0, 10, C.MSG_TRUNC)).toBe(100);
    });

    it("does not die of a peer that is gone", () => {
        const [left, right] = pair(C.SOCK_STREAM);
        addon.close(right);
        expect(name(addon.sendto(left, new Uint8Array(1), 0, 1, 0, null))).toBe("EPIPE");
    });

    it("passes descriptors in ancillary data, closed on exec", () => {
        const [left, right] = pair();
        const control = new Uint8Array(24);
        new Uint32Array(control.buffer).set([20, 0, C.SOL_SOCKET, C.SCM_RIGHTS, left, 0]);
        expect(addon.sendmsg(left, new Uint8Array(1), 0, 1, 0, null, control)).toBe(1);
        const batch = addon.createRxBatch(1, 16, 0, 64);
        expect(addon.recvmmsg(right, batch, 0)).toBe(1);
        const received = findControlMessage(batch.ctl.subarray(0, batch.meta[2]), { level: C.SOL_SOCKET, type: C.SCM_RIGHTS });
        const copy = keep(received === undefined ? -1 : new DataView(received.buffer, received.byteOffset).getInt32(0, true));
        expect(copy).not.toBe(left);
        expect(addon.fcntl(copy, C.F_GETFD, 0)).toBe(C.FD_CLOEXEC);
        expect(batch.meta[3]).toBe(0);
    });
});

describe("addresses", () => {
    it("binds, names and reaches an abstract local socket", () => {
        const address = unixSocketAddress(`@holdfast-test-${process.pid}`) ?? new Uint8Array();
        const server = keep(addon.socket(C.AF_UNIX, C.SOCK_STREAM, 0));
        const client = keep(addon.socket(C.AF_UNIX, C.SOCK_STREAM, 0));
        expect(addon.bind(server, address)).toBe(0);
        expect(name(addon.bind(keep(addon.socket(C.AF_UNIX, C.SOCK_STREAM, 0)), address))).toBe("EADDRINUSE");
        expect(addon.listen(server, 4)).toBe(0);
        expect(addon.connect(client, address)).toBe(0);
        keep(addon.accept(server, null));
        const out = new Uint8Array(110);
        const length = addon.getpeername(client, out);
        expect([...out.subarray(0, length)]).toEqual([...address]);
    });

    it("binds netlink where the kernel chooses the port", () => {
        const fd = keep(addon.socket(C.AF_NETLINK, C.SOCK_RAW, C.NETLINK_ROUTE));
        const address = new Uint8Array(12);
        address[0] = C.AF_NETLINK;
        expect(addon.bind(fd, address)).toBe(0);
        const own = new Uint8Array(12);
        expect(addon.getsockname(fd, own)).toBe(12);
        expect(new DataView(own.buffer).getUint32(4, true)).toBeGreaterThan(0);
    });
});

describe("options", () => {
    it("sets a number and reads it back", () => {
        const fd = keep(addon.socket(C.AF_INET, C.SOCK_DGRAM, 0));
        expect(addon.setsockopt(fd, C.IPPROTO_IP, C.IP_TTL, 255)).toBe(0);
        const out = new Int32Array(1);
        expect(addon.getsockopt(fd, C.IPPROTO_IP, C.IP_TTL, new Uint8Array(out.buffer))).toBe(4);
        expect(out[0]).toBe(255);
    });

    it("refuses options and requests that hold pointers", () => {
        const fd = keep(addon.socket(C.AF_INET, C.SOCK_DGRAM, 0));
        const attachFilter = 26;
        const siocEthtool = 0x8946;
        expect(name(addon.setsockopt(fd, C.SOL_SOCKET, attachFilter, new Uint8Array(16)))).toBe("EOPNOTSUPP");
        expect(name(addon.getsockopt(fd, C.SOL_SOCKET, attachFilter, new Uint8Array(16)))).toBe("EOPNOTSUPP");
        expect(name(addon.ioctl(fd, siocEthtool, new Uint8Array(64)))).toBe("EOPNOTSUPP");
    });

    it("asks an interface by ioctl, and refuses a buffer that the answer would overrun", () => {
        const fd = keep(addon.socket(C.AF_INET, C.SOCK_DGRAM, 0));
        const request = new Uint8Array(40);
        request.set(new TextEncoder().encode("lo"));
        expect(addon.ioctl(fd, C.SIOCGIFINDEX, request)).toBe(0);
        expect(new DataView(request.buffer).getInt32(16, true)).toBe(addon.ifNameToIndex("lo"));
        expect(() => addon.ioctl(fd, C.SIOCGIFINDEX, new Uint8Array(39))).toThrow(TypeError);
    });

    it("filters, and stops filtering", () => {
        const [left, right] = pair();
        const dropAll = new Uint8Array(new Uint32Array([0x06, 0]).buffer);
        expect(addon.attachFilter(right, dropAll)).toBe(0);
        addon.sendto(left, Uint8Array.of(1), 0, 1, 0, null);
        expect(name(addon.recv(right, new Uint8Array(8), 0, 8, 0))).toBe("EAGAIN");
        expect(addon.attachFilter(right, null)).toBe(0);
        addon.sendto(left, Uint8Array.of(2), 0, 1, 0, null);
        expect(addon.recv(right, new Uint8Array(8), 0, 8, 0)).toBe(1);
        expect(() => addon.attachFilter(right, new Uint8Array(9))).toThrow(TypeError);
    });
});

describe("batches", () => {
    it("sends and receives many messages at once", () => {
        const [left, right] = pair();
        const tx = addon.createTxBatch(8, 32, 0, 0);
        const rx = addon.createRxBatch(8, 32, 0, 0);
        for (let slot = 0; slot < 8; slot++) {
            put(tx, slot, 32, `message ${slot}`);
        }
        expect(addon.sendmmsg(left, tx, 2, 5, 0)).toBe(5);
        expect(addon.recvmmsg(right, rx, 0)).toBe(5);
        expect([0, 1, 2, 3, 4].map((slot) => textOf(rx, slot, 32))).toEqual([2, 3, 4, 5, 6].map((slot) => `message ${slot}`));
        expect(name(addon.recvmmsg(right, rx, 0))).toBe("EAGAIN");
    });

    it("tells how many went when the queue filled up, and goes on from there", () => {
        const [left, right] = pair();
        addon.setsockopt(left, C.SOL_SOCKET, C.SO_SNDBUF, 4_096);
        const tx = addon.createTxBatch(64, 512, 0, 0);
        tx.lens.fill(512);
        const first = addon.sendmmsg(left, tx, 0, 64, 0);
        expect(first).toBeGreaterThan(0);
        expect(first).toBeLessThan(64);
        expect(name(addon.sendmmsg(left, tx, first, 64 - first, 0))).toBe("EAGAIN");
        const rx = addon.createRxBatch(64, 512, 0, 0);
        expect(addon.recvmmsg(right, rx, 0)).toBe(first);
        expect(addon.sendmmsg(left, tx, first, 64 - first, 0)).toBeGreaterThan(0);
    });

    it("stops at a message that the kernel refuses, and tells its error on the next call", () => {
        const left = keep(addon.socket(C.AF_UNIX, C.SOCK_DGRAM, 0));
        const right = keep(addon.socket(C.AF_UNIX, C.SOCK_DGRAM, 0));
        const good = unixSocketAddress(`@holdfast-batch-${process.pid}`) ?? new Uint8Array();
        const bad = unixSocketAddress("@nobody-listens-here") ?? new Uint8Array();
        addon.bind(right, good);
        const tx = addon.createTxBatch(3, 8, 110, 0);
        for (const [slot, address] of [good, bad, good].entries()) {
            put(tx, slot, 8, `m${slot}`);
            tx.addr.set(address, slot * 110);
            tx.addrLens[slot] = address.length;
        }
        expect(addon.sendmmsg(left, tx, 0, 3, 0)).toBe(1);
        expect(name(addon.sendmmsg(left, tx, 1, 2, 0))).toBe("ECONNREFUSED");
        expect(addon.sendmmsg(left, tx, 2, 1, 0)).toBe(1);
    });

    it("marks what was cut", () => {
        const [left, right] = pair();
        const rx = addon.createRxBatch(2, 4, 0, 0);
        addon.sendto(left, new Uint8Array(10), 0, 10, 0, null);
        addon.sendto(left, new Uint8Array(3), 0, 3, 0, null);
        expect(addon.recvmmsg(right, rx, 0)).toBe(2);
        expect([...rx.meta].map((word, index) => (index % 4 === 3 ? word & C.MSG_TRUNC : word))).toEqual([
            4,
            0,
            0,
            C.MSG_TRUNC,
            3,
            0,
            0,
            0,
        ]);
    });

    it("has the kernel's time of arrival in the ancillary data", () => {
        const receiver = keep(addon.socket(C.AF_INET, C.SOCK_DGRAM, 0));
        const loopback = Uint8Array.of(2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
        addon.setsockopt(receiver, C.SOL_SOCKET, C.SO_TIMESTAMPNS, 1);
        addon.bind(receiver, loopback);
        const address = new Uint8Array(16);
        addon.getsockname(receiver, address);
        const before = new Float64Array(2);
        const after = new Float64Array(2);
        addon.clockRead(C.CLOCK_REALTIME, before);
        addon.sendto(keep(addon.socket(C.AF_INET, C.SOCK_DGRAM, 0)), new Uint8Array(4), 0, 4, 0, address);
        const rx = addon.createRxBatch(1, 64, 16, 64);
        expect(addon.recvmmsg(receiver, rx, 0)).toBe(1);
        addon.clockRead(C.CLOCK_REALTIME, after);
        const stamp = findControlMessage(rx.ctl.subarray(0, rx.meta[2]), { level: C.SOL_SOCKET, type: C.SCM_TIMESTAMPNS });
        const view = new DataView(stamp?.buffer ?? new ArrayBuffer(0), stamp?.byteOffset);
        const ns = (seconds: bigint, rest: bigint) => seconds * 1_000_000_000n + rest;
        const at = ns(view.getBigInt64(0, true), view.getBigInt64(8, true));
        expect(at).toBeGreaterThanOrEqual(ns(BigInt(before[0] ?? 0), BigInt(before[1] ?? 0)) - 10_000_000n);
        expect(at).toBeLessThanOrEqual(ns(BigInt(after[0] ?? 0), BigInt(after[1] ?? 0)));
    });
});
