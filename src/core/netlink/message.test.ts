import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DUMP_END, IPV4_ADDED, LOOPBACK, REFUSED, REFUSED_CAPPED } from "../../../test/contracts/captured-netlink.ts";
import { hex } from "../../../test/contracts/decoder.ts";
import { concatBytes } from "../base/bytes.ts";
import { NETLINK, type NetlinkMessage, readDone, readError, readMessages } from "./message.ts";

const only = (datagram: Uint8Array) => readMessages(datagram)[0] as NetlinkMessage;

describe("the messages of a datagram", () => {
    it("are told apart, with their headers", () => {
        const messages = readMessages(concatBytes(LOOPBACK, IPV4_ADDED, DUMP_END));
        expect(messages.map(({ type, flags, sequence }) => ({ type, flags, sequence }))).toEqual([
            { type: 16, flags: NETLINK.NLM_F_MULTI, sequence: 5 },
            { type: 20, flags: 0, sequence: 0x6b01_59b8 },
            { type: NETLINK.NLMSG_DONE, flags: NETLINK.NLM_F_MULTI, sequence: 5 },
        ]);
        expect(messages[0]?.payload).toEqual(LOOPBACK.slice(16));
    });

    it("end where one is cut, and where one claims to be shorter than its header", () => {
        for (let length = 0; length < IPV4_ADDED.length; length++) {
            expect(readMessages(IPV4_ADDED.subarray(0, length))).toEqual([]);
            expect(readMessages(concatBytes(DUMP_END, IPV4_ADDED.subarray(0, length)))).toHaveLength(1);
        }
        expect(readMessages(concatBytes(hex("0f000000 14000000 00000000 00000000"), IPV4_ADDED))).toEqual([]);
    });

    it("are aligned to four bytes", () => {
        const odd = hex("11000000 63000000 01000000 00000000 ff000000");
        expect(readMessages(concatBytes(odd, DUMP_END)).map(({ type, payload }) => [type, payload.length])).toEqual([
            [99, 1],
            [NETLINK.NLMSG_DONE, 4],
        ]);
    });
});

describe("the kernel's verdict", () => {
    const head = "24000000 02000000 07000000 00000000";

    it("is an acknowledgement or an errno", () => {
        expect(readError(only(hex(`${head} 00000000 20000000 14000506 07000000 00000000`)))).toEqual({ errno: 0 });
        expect(readError(only(hex(`${head} efffffff 20000000 14000506 07000000 00000000`)))).toEqual({ errno: 17 });
    });

    it("has the kernel's words, whether the request comes back whole or not", () => {
        const verdict = { errno: 22, text: "ipv4: Invalid prefix length" };
        expect(readError(only(REFUSED))).toEqual(verdict);
        expect(readError(only(REFUSED_CAPPED))).toEqual(verdict);
    });

    it("is none when it is cut: not the same as an acknowledgement", () => {
        const { payload, ...rest } = only(REFUSED);
        for (let length = 0; length < 20; length++) {
            expect(readError({ ...rest, payload: payload.subarray(0, length) })).toBeUndefined();
        }
        for (let length = 20; length < payload.length; length++) {
            expect(readError({ ...rest, payload: payload.subarray(0, length) })).toEqual({ errno: 22 });
        }
    });

    it("on a dump comes with its end: it may have failed half-way", () => {
        expect(readDone(only(DUMP_END))).toEqual({ errno: 0 });
        expect(readDone(only(hex("10000000 03000200 05000000 00000000")))).toEqual({ errno: 0 });
        expect(readDone(only(hex("14000000 03000200 05000000 00000000 f0ffffff")))).toEqual({ errno: 16 });
        expect(readDone(only(hex("1c000000 03000202 05000000 00000000 f0ffffff 08000100 6e6f6e00")))).toEqual({ errno: 16, text: "non" });
    });
});

it("reads any bytes without an exception", () => {
    const anything = fc.record({ type: fc.nat(4), flags: fc.nat(0xffff), sequence: fc.nat(), port: fc.nat(), payload: fc.uint8Array() });
    fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
            for (const { payload } of readMessages(bytes)) {
                expect(payload.length).toBeLessThanOrEqual(bytes.length);
            }
        }),
    );
    fc.assert(
        fc.property(anything, (message) => {
            expect(readDone(message).errno).toBeGreaterThanOrEqual(0);
            expect(readError(message)?.errno ?? 0).toBeGreaterThanOrEqual(0);
        }),
        { numRuns: 2_000 },
    );
});
