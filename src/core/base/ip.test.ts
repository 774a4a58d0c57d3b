import { isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareIp, equalIp, formatIp, type IpAddress, ipFromBytes, ipKey, isLinkLocal, isMulticast, parseIp } from "./ip.ts";

const ip = (text: string) => parseIp(text) as IpAddress;

describe("text", () => {
    it.each([
        ["192.0.2.1", "192.0.2.1"],
        ["::", "::"],
        ["::1", "::1"],
        ["fe80::1", "fe80::1"],
        ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
        ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
        ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
        ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
        ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
        ["ff02::12", "ff02::12"],
    ])("%s is written %s (RFC 5952)", (text, canonical) => {
        expect(formatIp(ip(text))).toBe(canonical);
    });

    it.each([
        "",
        "1.2.3",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.4.5",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        "1.2.3.4::",
        "fe80::1%eth0",
        "::1/128",
        "1:2:3:4:5:6:7::8",
    ])("%j is no address", (text) => {
        expect(parseIp(text)).toBeUndefined();
    });

    it("reads back what it writes, and agrees with Node on what is an address", () => {
        const bytes = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }));
        fc.assert(
            fc.property(bytes, (raw) => {
                const address = ipFromBytes(raw);
                expect(equalIp(parseIp(formatIp(address)), address)).toBe(true);
                expect(isIP(formatIp(address))).toBe(address.family);
            }),
        );
    });

    it("agrees with Node about text of every kind", () => {
        const text = fc
            .array(fc.constantFrom("0", "1", "f", "25", "255", "256", ".", ":", "::", "ffff"), { maxLength: 12 })
            .map((parts) => parts.join(""));
        fc.assert(
            fc.property(text, (candidate) => {
                expect(parseIp(candidate)?.family ?? 0).toBe(isIP(candidate));
            }),
            { numRuns: 2_000 },
        );
    });
});

it("compares unsigned in network order", () => {
    expect(compareIp(ip("10.0.0.200"), ip("10.0.0.100"))).toBeGreaterThan(0);
    expect(compareIp(ip("10.0.0.1"), ip("10.0.1.0"))).toBeLessThan(0);
    expect(compareIp(ip("fe80::1"), ip("fe80::1"))).toBe(0);
    expect(compareIp(ip("1.2.3.4"), ip("102:304::"))).toBeLessThan(0);
    expect(equalIp(undefined, undefined)).toBe(true);
    expect(equalIp(ip("::"), undefined)).toBe(false);
});

it("tells what kind of address it is", () => {
    expect([ip("224.0.0.18"), ip("239.1.1.1"), ip("ff02::12"), ip("223.9.9.9"), ip("240.0.0.1"), ip("fe80::1")].map(isMulticast)).toEqual([
        true,
        true,
        true,
        false,
        false,
        false,
    ]);
    expect([ip("fe80::1"), ip("febf::1"), ip("fec0::1"), ip("169.254.0.1")].map(isLinkLocal)).toEqual([true, true, false, false]);
});

it("keys are equal for equal addresses only", () => {
    expect(ipKey(ip("10.0.0.1"))).toBe(ipKey(ip("10.0.0.1")));
    expect(ipKey(ip("10.0.0.1"))).not.toBe(ipKey(ip("10.0.0.2")));
});

it("refuses bytes that cannot be an address, and copies those that can", () => {
    expect(() => ipFromBytes(new Uint8Array(5))).toThrow(RangeError);
    const raw = Uint8Array.of(1, 2, 3, 4);
    const address = ipFromBytes(raw);
    raw[0] = 9;
    expect(formatIp(address)).toBe("1.2.3.4");
});
