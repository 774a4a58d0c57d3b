import { describe, expect, it } from "vitest";
import { hex } from "../../../../test/contracts/decoder.ts";
import { NodeDigests } from "../../../io/crypto/node-digests.ts";
import { toHex } from "../../base/bytes.ts";
import { decodeAuthenticationHeader } from "../../packet/ah.ts";
import { decodeIpv4 } from "../../packet/ipv4.ts";
import { VRRP_GROUP_IPV4 } from "../../packet/vrrp.ts";
import { advertisementPackets } from "../advertisement-packets.ts";
import type { OutgoingPacket } from "../effects.ts";
import type { ReceivedPacket } from "../events.ts";
import type { Destination } from "../settings.ts";
import { ip, link, routerSettings } from "../test-bench.ts";
import { HeaderAuthentication } from "./header-authentication.ts";

const PASSWORD = new TextEncoder().encode("s3cret\0\0");
const PEER = { address: ip("10.77.0.2"), minTtl: 0, maxTtl: 255 };

/** Recorded from Debian's Keepalived 2.2.7: whole IP packets, its first two. */
const CAPTURES: readonly { what: string; destination: Destination; first: string; second: string }[] = [
    {
        what: "to the group",
        destination: { type: "multicast", group: VRRP_GROUP_IPV4 },
        first: "45c0004000010000ff33d0690a4d0001e0000012700400000a4d000100000001bc38dd34f2ab9f388e0696b821336401020165740a4d09090000000000000000",
        second: "45c0004000020000ff33d0680a4d0001e0000012700400000a4d000100000002f7c73c527b37da5eb538032921336401020165740a4d09090000000000000000",
    },
    {
        what: "to a peer, TTL 64",
        destination: { type: "unicast", ttl: 64, peers: [PEER] },
        first: "45c00040000100004033652e0a4d00010a4d0002700400000a4d0001000000014c89f3243c3f2ce50f714b6421336401020165740a4d09090000000000000000",
        second: "45c00040000200004033652d0a4d00010a4d0002700400000a4d0001000000029f92745e199e3e1bf2d819ce21336401020165740a4d09090000000000000000",
    },
];

function received(wire: string): ReceivedPacket {
    const bytes = hex(wire);
    const decoded = decodeIpv4(bytes);
    if (!decoded.ok) {
        return expect.fail(decoded.error);
    }
    const { source, destination, ttl, payload } = decoded.value;
    return { interfaceIndex: 2, family: 4, protocol: 51, source, destination, ttl, payload, header: bytes.subarray(0, 20) };
}

function verdict(authentication: HeaderAuthentication, packet: ReceivedPacket, isUnicast: boolean, password = PASSWORD): string {
    const header = decodeAuthenticationHeader(packet.payload);
    return header.ok ? authentication.verify(packet, header.value, { password, isUnicast }) : header.error;
}

describe.each(CAPTURES)("an authentication header $what", ({ destination, first, second }) => {
    const isUnicast = destination.type === "unicast";
    const settings = routerSettings({ destination, authentication: { type: "header", password: PASSWORD } });
    const packets = advertisementPackets(settings, { link: link(), source: ip("10.77.0.1") }, 100, false);

    it("is Keepalived's, to the byte", () => {
        const authentication = new HeaderAuthentication(new NodeDigests());
        const sealed = [1, 2].flatMap(() => authentication.seal(packets, PASSWORD, isUnicast));
        expect(sealed.map(({ payload }) => toHex(payload))).toEqual([first.slice(40), second.slice(40)]);
        expect(sealed).toMatchObject([
            { protocol: 51, identification: 1 },
            { protocol: 51, identification: 2 },
        ]);
    });

    it("is accepted in its order, each once", () => {
        const authentication = new HeaderAuthentication(new NodeDigests());
        expect(verdict(authentication, received(first), isUnicast)).toBe("valid");
        expect(verdict(authentication, received(first), isUnicast)).toBe("replayed");
        expect(verdict(authentication, received(second), isUnicast)).toBe("valid");
        expect(verdict(authentication, received(first), isUnicast)).toBe("replayed");
        expect(authentication.sequence).toBe(2);
    });

    it("is refused with another password, and when anything that it covers was changed", () => {
        const authentication = new HeaderAuthentication(new NodeDigests());
        expect(verdict(authentication, received(first), isUnicast, new Uint8Array(8))).toBe("wrong-digest");
        for (const place of [5, 13, 17, 22, 29, 31, 46, 59]) {
            const bytes = hex(first);
            bytes[place] = 0x55 ^ (bytes[place] ?? 0);
            const packet = { ...received(first), payload: bytes.subarray(20), header: bytes.subarray(0, 20) };
            expect(verdict(authentication, packet, isUnicast), `byte ${place}`).toMatch(/^(wrong-digest|length)$/);
        }
        expect(verdict(authentication, received(first), isUnicast)).toBe("valid");
    });

    it("lets routers change the type of service and the fragment bits on the way", () => {
        const bytes = hex(first);
        bytes.set([0, 0x40], 6 - 5);
        bytes.set([0x45, 0x00, 0x00, 0x40], 0);
        bytes.set([0x40, 0x00], 6);
        const packet = { ...received(first), header: bytes.subarray(0, 20) };
        expect(verdict(new HeaderAuthentication(new NodeDigests()), packet, isUnicast)).toBe("valid");
    });
});

describe("the TTL", () => {
    it.each([
        ["is covered towards the group", CAPTURES[0], "wrong-digest"],
        ["is left out towards a peer", CAPTURES[1], "valid"],
    ])("%s", (_what, capture, expected) => {
        const bytes = hex(capture?.first ?? "");
        bytes[8] = 62;
        const packet = { ...received(capture?.first ?? ""), header: bytes.subarray(0, 20) };
        expect(verdict(new HeaderAuthentication(new NodeDigests()), packet, capture?.destination.type === "unicast")).toBe(expected);
    });
});

describe("the sequence number", () => {
    const [capture] = CAPTURES;
    const settings = routerSettings({ authentication: { type: "header", password: PASSWORD } });
    const packets: readonly OutgoingPacket[] = advertisementPackets(settings, { link: link(), source: ip("10.77.0.2") }, 100, false);
    const sequenceOf = ([packet]: readonly OutgoingPacket[]): number => {
        const header = decodeAuthenticationHeader(packet?.payload ?? new Uint8Array(0));
        return header.ok ? header.value.sequence : -1;
    };

    it("is common to all routers of a VRID: who takes over goes on behind what it heard", () => {
        const authentication = new HeaderAuthentication(new NodeDigests());
        verdict(authentication, received(capture?.second ?? ""), false);
        expect(sequenceOf(authentication.seal(packets, PASSWORD, false))).toBe(3);
    });

    it("goes on behind a predecessor's: at once for who listens, with room for who was sending", () => {
        const authentication = new HeaderAuthentication(new NodeDigests());
        authentication.restore(7, false);
        expect(sequenceOf(authentication.seal(packets, PASSWORD, false))).toBe(8);
        authentication.restore(7, true);
        expect(sequenceOf(authentication.seal(packets, PASSWORD, false))).toBe(1032);
    });

    it("starts again instead of coming to its end", () => {
        const authentication = new HeaderAuthentication(new NodeDigests());
        authentication.restore(0xffff_fffc, false);
        expect([1, 2].map(() => sequenceOf(authentication.seal(packets, PASSWORD, false)))).toEqual([0xffff_fffd, 1]);
    });

    it("is refused with another SPI than the source address, though the digest be right", () => {
        const authentication = new HeaderAuthentication(new NodeDigests());
        const packet = received(capture?.first ?? "");
        expect(verdict(authentication, { ...packet, source: ip("10.77.0.9") }, false)).toBe("wrong-spi");
    });

    it("is refused where the IP header is not known", () => {
        const { header: _header, ...packet } = received(capture?.first ?? "");
        expect(verdict(new HeaderAuthentication(new NodeDigests()), packet, false)).toBe("wrong-digest");
    });
});
