import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { INFO, MASTER_DAEMON, TIMEOUTS } from "../../../test/contracts/captured-ipvs.ts";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import {
    isAsOrdered,
    readDaemon,
    readInfo,
    readTimeouts,
    type SyncDaemon,
    writeDeleteDaemon,
    writeDumpDaemons,
    writeGetInfo,
    writeGetTimeouts,
    writeNewDaemon,
    writeSetTimeouts,
} from "./ipvs-daemon.ts";
import { MessageWriter } from "./message-writer.ts";

const TO = { familyId: 28, sequence: 5 };
const ip = (text: string) => parseIp(text) as IpAddress;

/** What was written behind the message's header. */
function written(write: (writer: MessageWriter) => void): string {
    const writer = new MessageWriter(512);
    write(writer);
    return toHex(writer.bytes.subarray(16, writer.length));
}

const digits = (text: string) => toHex(hex(text));

describe("the daemon", () => {
    it("is known as the one that was ordered, with what the kernel filled in", () => {
        const running = readDaemon(MASTER_DAEMON) as SyncDaemon;
        const order: SyncDaemon = { state: "master", interfaceName: "br9", syncId: 9 };
        expect(isAsOrdered(running, order)).toBe(true);
        expect(isAsOrdered(running, { ...order, maxLength: 1472, port: 8848, group: ip("224.0.0.81") })).toBe(true);
        const others = [
            { state: "backup" },
            { interfaceName: "br8" },
            { syncId: 8 },
            { maxLength: 1000 },
            { port: 1 },
            { ttl: 9 },
        ] as const;
        expect(others.map((other) => isAsOrdered(running, { ...order, ...other }))).toEqual(others.map(() => false));
        expect(isAsOrdered({ ...running, group: ip("224.0.0.99") }, order)).toBe(false);
    });

    it("is read with what the kernel filled in", () => {
        expect(readDaemon(MASTER_DAEMON)).toEqual({
            state: "master",
            interfaceName: "br9",
            syncId: 9,
            maxLength: 1472,
            group: ip("224.0.0.81"),
            port: 8848,
            ttl: 1,
        });
    });

    it("is read with an IPv6 group", () => {
        const payload = hex(
            "09010000 30000380 08000100 02000000 07000200 6c6f0000 14000600 ff02000000000000000000000000 0051 ".concat("06000400 00010000"),
        );
        expect(readDaemon(payload)).toEqual({ state: "backup", interfaceName: "lo", syncId: 0, maxLength: 256, group: ip("ff02::51") });
    });

    it("is started and ended", () => {
        const daemon = { state: "backup", interfaceName: "lo", syncId: 3, maxLength: 1400, port: 8849, ttl: 4 } as const;
        expect(written((writer) => writeNewDaemon(writer, TO, { ...daemon, group: ip("224.0.0.82") }))).toBe(
            digits(
                "09010000 3c000380 08000100 02000000 07000200 6c6f0000 08000300 03000000 06000400 78050000 08000500 e0000052 06000700 91220000 05000800 04000000",
            ),
        );
        expect(written((writer) => writeNewDaemon(writer, TO, { ...daemon, group: ip("ff02::51") }))).toContain("14000600ff02");
        expect(written((writer) => writeDeleteDaemon(writer, TO, "master"))).toBe(digits("0a010000 0c000380 08000100 01000000"));
        expect(written((writer) => writeDumpDaemons(writer, TO))).toBe(digits("0b010000"));
    });

    it("is none without a state or an interface", () => {
        expect(readDaemon(hex("09010000 0c000380 08000100 03000000"))).toBeUndefined();
        expect(readDaemon(hex("09010000 0c000380 08000100 01000000"))).toBeUndefined();
        expect(readDaemon(TIMEOUTS)).toBeUndefined();
    });
});

describe("time-outs and the kernel's version", () => {
    it("are read", () => {
        expect(readTimeouts(TIMEOUTS)).toEqual({ tcp: 100, tcpFin: 20, udp: 30 });
        expect(readTimeouts(INFO)).toBeUndefined();
        expect(readInfo(INFO)).toEqual({ version: 0x010201, tableSize: 4096 });
        expect(readInfo(TIMEOUTS)).toBeUndefined();
    });

    it("are asked for and set", () => {
        expect(written((writer) => writeSetTimeouts(writer, TO, { tcp: 900, udp: 300 }))).toBe(
            digits("0c010000 08000400 84030000 08000500 00000000 08000600 2c010000"),
        );
        expect(written((writer) => writeGetTimeouts(writer, TO))).toBe(digits("0d010000"));
        expect(written((writer) => writeGetInfo(writer, TO))).toBe(digits("0f010000"));
    });
});

it("reads anything, cut anywhere, without an exception", () => {
    for (const sample of [MASTER_DAEMON, TIMEOUTS, INFO]) {
        for (let length = 0; length < sample.length; length++) {
            const cut = sample.subarray(0, length);
            expect([readDaemon(cut), readTimeouts(cut), readInfo(cut)]).toHaveLength(3);
        }
    }
    fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
            readDaemon(bytes);
            readTimeouts(bytes);
            readInfo(bytes);
        }),
    );
});
