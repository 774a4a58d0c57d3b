import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../base/bytes.ts";
import { centiseconds, type Duration, milliseconds, seconds } from "../base/instant.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import {
    type Advertisement,
    decodeVrrp,
    encodeVrrp,
    isEthernetPadding,
    listedAddresses,
    type PseudoHeader,
    VRRP_GROUP_IPV4,
    VRRP_GROUP_IPV6,
    type VrrpPacket,
    vridOf,
    vrrpChecksum,
} from "./vrrp.ts";

interface Capture {
    readonly what: string;
    readonly hex: string;
    readonly says: Advertisement;
    readonly pseudoHeader: PseudoHeader | undefined;
}

const KEEPALIVED_IPV4 = { source: ip("10.77.0.1"), destination: VRRP_GROUP_IPV4 };
const KEEPALIVED_IPV6 = { source: ip("fe80::94b5:2aff:fec0:bcf4"), destination: VRRP_GROUP_IPV6 };

/** Recorded from Debian's Keepalived 2.2.7 and FRR 8.4. */
const CAPTURES: readonly Capture[] = [
    {
        what: "Keepalived, version 2, PASS, two addresses",
        hex: "21336402010117020a4d09090a4d090a7333637265740000",
        says: { ...says(2, [51, 100], seconds(1), "10.77.9.9", "10.77.9.10"), password: new TextEncoder().encode("s3cret") },
        pseudoHeader: undefined,
    },
    {
        what: "Keepalived, version 2, PASS, priority 0",
        hex: "2133000201017b020a4d09090a4d090a7333637265740000",
        says: { ...says(2, [51, 0], seconds(1), "10.77.9.9", "10.77.9.10"), password: new TextEncoder().encode("s3cret") },
        pseudoHeader: undefined,
    },
    {
        what: "Keepalived, version 2, no authentication, owner, two seconds",
        hex: "2134ff010002cc460a4d09340000000000000000",
        says: says(2, [52, 255], seconds(2), "10.77.9.52"),
        pseudoHeader: undefined,
    },
    {
        what: "Keepalived, version 3, quarter of a second",
        hex: "3135c801001908510a4d0935",
        says: says(3, [53, 200], milliseconds(250), "10.77.9.53"),
        pseudoHeader: KEEPALIVED_IPV4,
    },
    {
        what: "Keepalived, version 3 over IPv6",
        hex: "313696020032c1fdfe8000000000000000000000005e0054fd770000000000000000000000000054",
        says: says(3, [54, 150], milliseconds(500), "fe80::5e:54", "fd77::54"),
        pseudoHeader: KEEPALIVED_IPV6,
    },
    {
        what: "Keepalived, version 3, unicast",
        hex: "3137960100640fc60a4d0937",
        says: says(3, [55, 150], seconds(1), "10.77.9.55"),
        pseudoHeader: { source: ip("10.77.0.1"), destination: ip("10.77.0.2") },
    },
    {
        what: "Keepalived, version 3, unicast with old_unicast_checksum",
        hex: "31399601006439fe0a4d0939",
        says: says(3, [57, 150], seconds(1), "10.77.9.57"),
        pseudoHeader: KEEPALIVED_IPV4,
    },
    {
        what: "Keepalived, version 2 over IPv6: no authentication data, and the kernel's pseudo header",
        hex: "213a96010001d003fe8000000000000000000000005e0058",
        says: says(2, [58, 150], seconds(1), "fe80::5e:58"),
        pseudoHeader: KEEPALIVED_IPV6,
    },
    {
        what: "FRR, version 3",
        hex: "3133c801006408330a4d0909",
        says: says(3, [51, 200], centiseconds(100), "10.77.9.9"),
        pseudoHeader: { source: ip("10.77.0.2"), destination: VRRP_GROUP_IPV4 },
    },
    {
        what: "FRR, version 2",
        hex: "21347801000153480a4d09340000000000000000",
        says: says(2, [52, 120], seconds(1), "10.77.9.52"),
        pseudoHeader: undefined,
    },
    {
        what: "FRR, version 3 over IPv6",
        hex: "3133c8020064a97bfe8000000000000000000000005e0099fd770000000000000000000000000099",
        says: says(3, [51, 200], seconds(1), "fe80::5e:99", "fd77::99"),
        pseudoHeader: { source: ip("fe80::200:5eff:fe00:233"), destination: VRRP_GROUP_IPV6 },
    },
];

describe.each(CAPTURES)("$what", ({ hex, says: advertisement, pseudoHeader }) => {
    const bytes = fromHex(hex) ?? new Uint8Array();

    it("is what we would send", () => {
        expect(toHex(encodeVrrp(advertisement, pseudoHeader))).toBe(hex);
    });

    it("is read, and its checksum is right", () => {
        const packet = decoded(bytes, advertisement.family);
        const { version, vrid, priority, interval } = advertisement;
        expect(packet).toMatchObject({ version, type: 1, vrid, priority, interval, addressCount: advertisement.addresses.length });
        expect(listedAddresses(packet)).toEqual(advertisement.addresses);
        expect(packet.authenticationType).toBe(advertisement.password === undefined ? 0 : 1);
        expect(packet.authenticationData).toHaveLength(version === 2 && advertisement.family === 4 ? 8 : 0);
        expect(packet.trailer).toHaveLength(0);
        expect(vrrpChecksum(packet.pdu, pseudoHeader)).toBe(0);
    });

    it("is refused when cut at any length", () => {
        for (let length = 0; length < bytes.length; length++) {
            const expected = length < 8 ? 8 : bytes.length;
            expect(decodeVrrp(bytes.subarray(0, length), advertisement.family)).toEqual({
                ok: false,
                error: { code: "too-short", expected, found: length },
            });
        }
    });

    it("has another checksum, shape or version when one bit is flipped", () => {
        for (let bit = 0; bit < bytes.length * 8; bit++) {
            const flipped = bytes.slice();
            flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
            const result = decodeVrrp(flipped, advertisement.family);
            expect(result.ok && vrrpChecksum(result.value.pdu, pseudoHeader) === 0 && result.value.trailer.length === 0).toBe(false);
        }
    });
});

describe("a packet that is none", () => {
    it.each([0, 1, 4, 15])("has version %i", (version) => {
        const bytes = Uint8Array.of((version << 4) | 1, 51, 100, 0, 0, 1, 0, 0);
        expect(decodeVrrp(bytes, 4)).toEqual({ ok: false, error: { code: "unknown-version", version } });
    });

    it("never makes the decoder throw, and never makes it read beyond the end", () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 1200 }), fc.constantFrom(4 as const, 6 as const), (bytes, family) => {
                const result = decodeVrrp(bytes, family);
                if (result.ok) {
                    const { pdu, trailer, addressCount } = result.value;
                    expect(pdu.length + trailer.length).toBe(bytes.length);
                    expect(listedAddresses(result.value)).toHaveLength(addressCount);
                }
            }),
        );
    });
});

describe("what stands behind a packet", () => {
    const bytes = encodeVrrp(says(3, [51, 100], seconds(1), "10.77.9.9"), KEEPALIVED_IPV4);

    it("is kept apart from it and does not change its checksum", () => {
        const packet = decoded(Uint8Array.of(...bytes, 1, 2, 3), 4);
        expect(packet.trailer).toEqual(Uint8Array.of(1, 2, 3));
        expect(vrrpChecksum(packet.pdu, KEEPALIVED_IPV4)).toBe(0);
    });

    it.each([
        [14, true],
        [15, false],
    ])("is padding of the shortest frame: %i bytes, %s", (length, isPadding) => {
        expect(isEthernetPadding(decoded(Uint8Array.of(...bytes, ...new Uint8Array(length)), 4), 4)).toBe(isPadding);
    });

    it("is never padding over IPv6, where an advertisement fills the shortest frame", () => {
        const ipv6 = encodeVrrp(says(3, [51, 100], seconds(1), "fe80::1"), KEEPALIVED_IPV6);
        expect(isEthernetPadding(decoded(Uint8Array.of(...ipv6, 0), 6), 6)).toBe(false);
    });
});

describe("any advertisement", () => {
    const sayings = fc.record({
        version: fc.constantFrom(2 as const, 3 as const),
        family: fc.constantFrom(4 as const, 6 as const),
        vrid: fc.integer({ min: 1, max: 255 }),
        priority: fc.integer({ min: 0, max: 255 }),
        steps: fc.integer({ min: 1, max: 255 }),
        count: fc.integer({ min: 0, max: 255 }),
    });

    it("is read as it was written", () => {
        fc.assert(
            fc.property(sayings, ({ version, family, vrid, priority, steps, count }) => {
                const interval = version === 2 ? seconds(steps) : centiseconds(steps);
                const addresses = Array.from({ length: count }, (_, index) => ip(family === 4 ? `10.0.0.${index}` : `fe80::${index}`));
                const pseudoHeader = family === 4 ? KEEPALIVED_IPV4 : KEEPALIVED_IPV6;
                const packet = decoded(encodeVrrp({ version, family, vrid, priority, interval, addresses }, pseudoHeader), family);
                expect(packet).toMatchObject({ version, vrid, priority, interval, addressCount: count });
                expect(listedAddresses(packet)).toEqual(addresses);
                expect(vrrpChecksum(packet.pdu, pseudoHeader)).toBe(0);
            }),
        );
    });

    it("holds an interval of up to 4095 hundredths, with the reserved bits zero", () => {
        const bytes = encodeVrrp(says(3, [1, 1], centiseconds(4095), "10.0.0.1"), KEEPALIVED_IPV4);
        expect([bytes[4], bytes[5]]).toEqual([0x0f, 0xff]);
        expect(decoded(bytes, 4).interval).toBe(40_950_000);
    });

    it("is read whatever the reserved bits are", () => {
        const bytes = encodeVrrp(says(3, [1, 1], centiseconds(100), "10.0.0.1"), KEEPALIVED_IPV4);
        bytes[4] = 0xf0;
        expect(decoded(bytes, 4).interval).toBe(1_000_000);
    });

    it("cuts a long password to eight bytes", () => {
        const password = new TextEncoder().encode("123456789");
        const bytes = encodeVrrp({ ...says(2, [1, 1], seconds(1), "10.0.0.1"), password }, undefined);
        expect(decoded(bytes, 4).authenticationData).toEqual(password.subarray(0, 8));
    });
});

describe("the VRID at a glance", () => {
    it.each([
        ["of an advertisement", "3133c801", 112, 0x33],
        ["behind an authentication header of 24 bytes", `7004${"00".repeat(22)}2144`, 51, 0x44],
        ["of nothing", "", 112, undefined],
        ["of a cut authentication header", "7004", 51, undefined],
    ])("%s", (_, hex, protocol, vrid) => {
        expect(vridOf(fromHex(hex) ?? new Uint8Array(), protocol)).toBe(vrid);
    });
});

function says(version: 2 | 3, [vrid, priority]: readonly [number, number], interval: Duration, ...addresses: string[]): Advertisement {
    const parsed = addresses.map(ip);
    return { version, family: parsed[0]?.family ?? 4, vrid, priority, interval, addresses: parsed };
}

function decoded(bytes: Uint8Array, family: 4 | 6): VrrpPacket {
    const result = decodeVrrp(bytes, family);
    if (!result.ok) {
        throw new Error(`not read: ${result.error.code}`);
    }
    return result.value;
}

function ip(text: string): IpAddress {
    const address = parseIp(text);
    if (address === undefined) {
        throw new RangeError(text);
    }
    return address;
}
