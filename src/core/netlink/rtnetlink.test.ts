import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../base/bytes.ts";
import { formatIp, type IpAddress, parseIp } from "../base/ip.ts";
import { formatMac } from "../base/mac.ts";
import { readAttributes, readError, readMessages } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { RTNETLINK, readAddress, readLink, writeDeleteAddress, writeDump, writeNewAddress } from "./rtnetlink.ts";

const bytes = (hex: string) => fromHex(hex) as Uint8Array;
const ip = (text: string) => parseIp(text) as IpAddress;

/** As a kernel told of `ip addr add 10.1.0.9/24 brd + dev va label va:7`. */
const NEW_ADDRESS = bytes(`
    58000000 14000000 00000000 00000000
    02180000 05000000
    08000100 0a010009
    08000200 0a010009
    08000400 0a0100ff
    09000300 76613a37 00000000
    08000800 00000000
    14000600 ffffffff ffffffff 10270000 10270000`);

/** As a kernel told of a link that is up with carrier: index 5, va, MTU 1500. */
const NEW_LINK = bytes(`
    3c000000 10000000 01000000 00000000
    00000100 05000000 43100100 00000000
    07000300 76610000
    08000400 dc050000
    0a000100 02000000 00010000`);

const order = { interfaceIndex: 5, address: ip("10.1.0.9"), prefixLength: 24, scope: 0, flags: 0 };

describe("reading", () => {
    it("an address, where it stands and whether it can be used", () => {
        const [message] = readMessages(NEW_ADDRESS);
        const found = message && readAddress(message.payload);
        expect(message?.type).toBe(RTNETLINK.RTM_NEWADDR);
        expect(found).toMatchObject({ interfaceIndex: 5, prefixLength: 24, flags: 0, isUsable: true });
        expect(found && formatIp(found.address)).toBe("10.1.0.9");
    });

    it("a link with flags, MTU and hardware address", () => {
        const [message] = readMessages(NEW_LINK);
        const link = message && readLink(message.payload);
        expect(link).toMatchObject({
            index: 5,
            name: "va",
            isUp: true,
            isRunning: true,
            isMulticast: true,
            isLoopback: false,
            isNoArp: false,
            mtu: 1500,
        });
        expect(link?.mac && formatMac(link.mac)).toBe("02:00:00:00:00:01");
    });

    it("several messages in one datagram, each on its own", () => {
        const both = new Uint8Array(NEW_ADDRESS.length + NEW_LINK.length);
        both.set(NEW_ADDRESS);
        both.set(NEW_LINK, NEW_ADDRESS.length);
        expect(readMessages(both).map((message) => message.type)).toEqual([RTNETLINK.RTM_NEWADDR, RTNETLINK.RTM_NEWLINK]);
    });

    it("an address in duplicate address detection cannot be used yet, unless it is optimistic", () => {
        const withFlags = (flags: string) => bytes(`0a800000 05000000 14000100 fe800000000000000000000000000001 08000800 ${flags}`);
        expect(readAddress(withFlags("40000000"))?.isUsable).toBe(false);
        expect(readAddress(withFlags("08000000"))?.isUsable).toBe(false);
        expect(readAddress(withFlags("44000000"))?.isUsable).toBe(true);
        expect(readAddress(withFlags("82000000"))?.isUsable).toBe(true);
    });

    it("refuses an address of another family than the header says, or none at all", () => {
        expect(readAddress(bytes("0a180000 05000000 08000100 0a010009"))).toBeUndefined();
        expect(readAddress(bytes("02180000 05000000"))).toBeUndefined();
        expect(readLink(bytes("00000100 05000000 43100100 00000000"))).toBeUndefined();
    });

    it("an acknowledgement, an error, and the kernel's words for it", () => {
        const head = "24000000 02000000 07000000 00000000";
        expect(readError(readMessages(bytes(`${head} 00000000 20000000 14000506 07000000 00000000`))[0] as never)).toEqual({ errno: 0 });
        expect(readError(readMessages(bytes(`${head} efffffff 20000000 14000506 07000000 00000000`))[0] as never)).toEqual({ errno: 17 });
        const withText = bytes(
            "30000000 02000003 07000000 00000000 efffffff 20000000 14000506 07000000 00000000 09000100 53616479 00000000",
        );
        expect(readError(readMessages(withText)[0] as never)).toEqual({ errno: 17, text: "Sady" });
    });
});

describe("hostile input", () => {
    it.each([
        ["an address", NEW_ADDRESS],
        ["a link", NEW_LINK],
    ])("%s cut anywhere gives nothing or less, never an exception", (_name, whole) => {
        for (let length = 0; length < whole.length; length++) {
            expect(readMessages(whole.subarray(0, length))).toEqual([]);
            const payload = whole.subarray(16, Math.max(16, length));
            readAddress(payload);
            readLink(payload);
        }
    });

    it("no bytes at all make a reader throw or run on", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
                for (const message of readMessages(any)) {
                    readError(message);
                }
                readAddress(any);
                readLink(any);
                expect(readAttributes(any).length).toBeLessThanOrEqual(any.length / 4 + 1);
            }),
            { numRuns: 3_000 },
        );
    });
});

describe("writing", () => {
    const written = (write: (writer: MessageWriter) => void) => {
        const writer = new MessageWriter(1_024);
        write(writer);
        return writer.bytes.slice(0, writer.length);
    };

    it("an address with label, broadcast, lifetime and flags, byte for byte", () => {
        const broadcast = ip("10.1.0.255");
        const more = { broadcast, label: "va:7", flags: 0x400, scope: 253, preferredLifetime: 90 };
        expect(toHex(written((writer) => writeNewAddress(writer, { ...order, ...more }, 7)))).toBe(
            [
                "60000000 1400 0505 07000000 00000000",
                "02 18 00 fd 05000000",
                "08000200 0a010009",
                "08000100 0a010009",
                "09000300 76613a37 00 000000",
                "08000400 0a0100ff",
                "14000600 5a000000 ffffffff 00000000 00000000",
                "08000800 00040000",
                "05000b00 12 000000",
            ]
                .join("")
                .replaceAll(" ", ""),
        );
    });

    it("a peer takes the place of the address, and its prefix that of ours", () => {
        const peer = { address: ip("10.1.0.10"), prefixLength: 32 };
        const [message] = readMessages(written((writer) => writeNewAddress(writer, { ...order, peer }, 1)));
        expect(message && readAddress(message.payload)).toMatchObject({ address: order.address, prefixLength: 32 });
        expect(readAttributes(message?.payload.subarray(8) ?? new Uint8Array())[1]).toEqual([1, peer.address.bytes]);
    });

    it("a batch is one message behind the other, each aligned", () => {
        const datagram = written((writer) => {
            writeNewAddress(writer, { ...order, label: "v:1" }, 1);
            writeDeleteAddress(writer, order, 2);
            writeDump(writer, RTNETLINK.RTM_GETADDR, 3);
        });
        const types = readMessages(datagram).map(({ type, sequence }) => [type, sequence]);
        expect(types).toEqual([
            [RTNETLINK.RTM_NEWADDR, 1],
            [RTNETLINK.RTM_DELADDR, 2],
            [RTNETLINK.RTM_GETADDR, 3],
        ]);
    });
});
