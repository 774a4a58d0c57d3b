import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as captured from "../../../test/contracts/captured-netlink.ts";
import { hex } from "../../../test/contracts/decoder.ts";
import { concatBytes, toHex } from "../base/bytes.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { type NetlinkMessage, readMessages } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { RTNETLINK, readAddress, readLink, writeDeleteAddress, writeDump, writeNewAddress } from "./rtnetlink.ts";

const ip = (text: string) => parseIp(text) as IpAddress;
const payloadOf = (datagram: Uint8Array) => (readMessages(datagram)[0] as NetlinkMessage).payload;
const INTERFACE = 5;
const order = { address: ip("10.1.0.9"), prefixLength: 24, scope: 0, flags: 0 };

describe("an address", () => {
    it("where it stands and whether it can be used, when it comes and when it goes", () => {
        for (const message of [captured.IPV4_ADDED, captured.IPV4_REMOVED]) {
            expect(readAddress(payloadOf(message))).toEqual({
                interfaceIndex: 3,
                address: ip("10.1.0.9"),
                prefixLength: 24,
                flags: 0x80,
                isUsable: true,
            });
        }
    });

    it("with a peer: the prefix is the peer's, the address our own", () => {
        expect(readAddress(payloadOf(captured.PEER_ADDED))).toMatchObject({ address: ip("10.9.0.1"), prefixLength: 30 });
    });

    it("of IPv6", () => {
        const found = { address: ip("fd77::9"), prefixLength: 128, flags: 0xa2, isUsable: true };
        expect(readAddress(payloadOf(captured.IPV6_DEPRECATED))).toMatchObject(found);
        expect(readAddress(payloadOf(captured.IPV6_LINK_LOCAL))).toMatchObject({ interfaceIndex: 2, prefixLength: 64 });
    });

    it("in duplicate address detection cannot be used yet, unless it is optimistic", () => {
        const withFlags = (flags: string) => hex(`0a800000 05000000 14000100 fe800000000000000000000000000001 08000800 ${flags}`);
        expect(readAddress(withFlags("40000000"))?.isUsable).toBe(false);
        expect(readAddress(withFlags("08000000"))?.isUsable).toBe(false);
        expect(readAddress(withFlags("44000000"))?.isUsable).toBe(true);
        expect(readAddress(withFlags("82000000"))?.isUsable).toBe(true);
    });

    it("has the header's flags where an old kernel sends no others", () => {
        expect(readAddress(hex("02188100 05000000 08000200 0a010009"))?.flags).toBe(0x81);
    });

    it("is none when its family is not the header's, or when there is none at all", () => {
        expect(readAddress(hex("0a180000 05000000 08000100 0a010009"))).toBeUndefined();
        expect(readAddress(hex("02180000 05000000"))).toBeUndefined();
    });
});

describe("a link", () => {
    it("with flags, MTU and hardware address", () => {
        expect(readLink(payloadOf(captured.LOOPBACK))).toEqual({
            index: 1,
            name: "lo",
            isUp: false,
            isRunning: false,
            isMulticast: false,
            isLoopback: true,
            isNoArp: false,
            mtu: 65_536,
            mac: new Uint8Array(6),
        });
        expect(readLink(hex("00000100 05000000 c3100100 00000000 07000300 76610000"))).toMatchObject({
            isUp: true,
            isRunning: true,
            isMulticast: true,
            isNoArp: true,
        });
    });

    it("is not meant when a bridge tells of its port", () => {
        expect(readMessages(captured.BRIDGE_PORT_GONE)[0]?.type).toBe(RTNETLINK.RTM_DELLINK);
        expect(readLink(payloadOf(captured.BRIDGE_PORT_GONE))).toBeUndefined();
        expect(readLink(payloadOf(captured.BRIDGE_PORT))).toBeUndefined();
    });

    it("says nothing about what a message leaves out, nor of hardware addresses that are no Ethernet addresses", () => {
        const link = readLink(hex("00000003 05000000 41000000 00000000 07000300 76610000 08000100 0a000001"));
        expect(link).not.toHaveProperty("mtu");
        expect(link).not.toHaveProperty("mac");
    });

    it("is none without a name", () => {
        expect(readLink(hex("00000100 05000000 43100100 00000000"))).toBeUndefined();
    });
});

describe("hostile input", () => {
    it("cut anywhere gives nothing or less, never an exception", () => {
        for (const whole of Object.values(captured)) {
            const payload = payloadOf(whole);
            for (let length = 0; length < payload.length; length++) {
                const cut = payload.slice(0, length);
                readAddress(cut);
                readLink(cut);
            }
        }
    });

    it("any bytes, and any changes to true messages, give a result", () => {
        const samples = fc.constantFrom(captured.IPV4_ADDED, captured.IPV6_DEPRECATED, captured.LOOPBACK, captured.PEER_ADDED);
        const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });
        fc.assert(
            fc.property(samples, changes, fc.uint8Array({ maxLength: 100 }), (sample, list, noise) => {
                const payload = payloadOf(sample).slice();
                for (const [place, value] of list) {
                    payload[place % payload.length] = value;
                }
                for (const bytes of [payload, noise, concatBytes(payload, noise)]) {
                    readAddress(bytes);
                    readLink(bytes);
                }
            }),
            { numRuns: 1_000 },
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
        const more = { broadcast: ip("10.1.0.255"), label: "va:7", flags: 0x400, scope: 253, preferredLifetime: 90 };
        expect(toHex(written((writer) => writeNewAddress(writer, { ...order, ...more }, INTERFACE, 7)))).toBe(
            toHex(
                hex(`60000000 14000505 07000000 00000000 021800fd 05000000
                    08000200 0a010009 08000100 0a010009 09000300 76613a37 00000000 08000400 0a0100ff
                    14000600 5a000000 ffffffff 00000000 00000000 08000800 00040000 05000b00 12000000`),
            ),
        );
    });

    it("a peer takes the place of the address, and its prefix that of ours", () => {
        const peer = { address: ip("10.1.0.10"), prefixLength: 32 };
        expect(toHex(written((writer) => writeDeleteAddress(writer, { ...order, peer }, INTERFACE, 1)))).toBe(
            toHex(hex("28000000 15000500 01000000 00000000 02200000 05000000 08000200 0a010009 08000100 0a01000a")),
        );
    });

    it("a plain address, and who put it there", () => {
        const datagram = written((writer) =>
            writeNewAddress(writer, { ...order, broadcast: ip("10.1.0.255"), label: "va:7" }, INTERFACE, 7),
        );
        expect(toHex(datagram)).toBe(
            toHex(
                hex(`4c000000 14000505 07000000 00000000 02180000 05000000
                    08000200 0a010009 08000100 0a010009 09000300 76613a37 00000000 08000400 0a0100ff
                    08000800 00000000 05000b00 12000000`),
            ),
        );
    });

    it("a removal does not ask about the label", () => {
        const datagram = written((writer) => writeDeleteAddress(writer, { ...order, label: "va:7" }, INTERFACE, 8));
        expect(toHex(datagram)).toBe(
            toHex(hex("28000000 15000500 08000000 00000000 02180000 05000000 08000200 0a010009 08000100 0a010009")),
        );
    });

    it("a dump asks for all links, or for all addresses of both families", () => {
        expect(toHex(written((writer) => writeDump(writer, RTNETLINK.RTM_GETLINK, 1)))).toBe(
            toHex(hex(`20000000 12000103 01000000 00000000 ${"00".repeat(16)}`)),
        );
        expect(toHex(written((writer) => writeDump(writer, RTNETLINK.RTM_GETADDR, 1)))).toBe(
            toHex(hex(`18000000 16000103 01000000 00000000 ${"00".repeat(8)}`)),
        );
    });

    it("a batch is one message behind the other, each aligned", () => {
        const datagram = written((writer) => {
            writeNewAddress(writer, { ...order, label: "v:1" }, INTERFACE, 1);
            writeDeleteAddress(writer, order, INTERFACE, 2);
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
