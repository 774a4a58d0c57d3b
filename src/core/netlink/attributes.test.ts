import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex, viewOf } from "../base/bytes.ts";
import { type IpAddress, ipFromBytes, parseIp } from "../base/ip.ts";
import { AttributeTable, attribute, listOf, nested } from "./attributes.ts";
import { i32, ipAddress, rawBytes, structure, text, u8, u16, u32 } from "./layout.ts";
import { MessageWriter } from "./message-writer.ts";

const INNER = new AttributeTable({ name: attribute(1, text), number: attribute(2, u32) });
const POINT = structure({ x: u16, reserved: u16, y: i32 });
const TABLE = new AttributeTable({
    octet: attribute(1, u8),
    short: attribute(2, u16),
    word: attribute(3, u32),
    negative: attribute(4, i32),
    name: attribute(5, text),
    bytes: attribute(6, rawBytes),
    ip: attribute(7, ipAddress),
    point: attribute(8, POINT),
    inner: nested(9, INNER),
    list: nested(10, listOf(INNER)),
});
type Values = Parameters<typeof TABLE.write>[1];

const write = (values: Values) => {
    const writer = new MessageWriter(4_096);
    TABLE.write(writer, values);
    return writer.bytes.slice(0, writer.length);
};
const read = (bytes: Uint8Array) => TABLE.read(viewOf(bytes), 0, bytes.length);

describe("a table of attributes", () => {
    it("writes what there is, in its own order, filled up to four bytes", () => {
        expect(toHex(write({ word: 7, octet: 255, name: "va" }))).toBe(toHex(hex("05000100 ff000000 08000300 07000000 07000500 76610000")));
        expect(write({})).toEqual(new Uint8Array());
    });

    it("marks what is nested", () => {
        expect(toHex(write({ list: [{ name: "a" }, { number: 1 }] }))).toBe(
            toHex(hex("1c000a80 0c000180 06000100 61000000 0c000280 08000200 01000000")),
        );
    });

    it("passes over what it does not know; the last of two counts; flag bits of the number do not matter", () => {
        expect(read(hex("08006300 01020304 05000100 01000000 05000100 02000000 08000380 09000000"))).toEqual({ octet: 2, word: 9 });
    });

    it("leaves out what is too short for its layout, and takes what is longer", () => {
        expect(read(hex("06000300 07000000 05000200 01000000 07000700 0a000000 08000800 01000000"))).toEqual({});
        expect(read(hex("0c000300 07000000 ffffffff"))).toEqual({ word: 7 });
    });

    it("ends where an attribute is cut or claims to be shorter than its own header", () => {
        expect(read(hex("05000100 01000000 09000300 07000000"))).toEqual({ octet: 1 });
        expect(read(hex("05000100 01000000 03000300 07000000"))).toEqual({ octet: 1 });
    });

    it("takes no name of four kilobytes and more", () => {
        const long = new Uint8Array(5_004).fill(0x61);
        long.set(hex("8c130500"));
        expect(read(long)).toEqual({});
    });

    it("reads only inside its range", () => {
        const bytes = hex("05000100 01000000 05000100 02000000");
        expect(TABLE.read(viewOf(bytes), 0, 8)).toEqual({ octet: 1 });
        expect(TABLE.read(viewOf(bytes), 8, 8)).toEqual({ octet: 2 });
    });

    it("keeps no memory of what it has read", () => {
        const bytes = write({ bytes: Uint8Array.of(1, 2), ip: parseIp("10.0.0.1") as IpAddress });
        const values = read(bytes);
        bytes.fill(0);
        expect(values).toEqual({ bytes: Uint8Array.of(1, 2), ip: parseIp("10.0.0.1") });
    });
});

describe("any values and any bytes", () => {
    const word = fc.nat(0xffff_ffff);
    const name = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 15 });
    const inner = fc.record({ name, number: word }, { requiredKeys: [] });
    const ip = fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })).map(ipFromBytes);
    const values = fc.record(
        {
            octet: fc.nat(255),
            short: fc.nat(0xffff),
            word,
            negative: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
            name,
            bytes: fc.uint8Array({ maxLength: 20 }),
            ip,
            point: fc.record({ x: fc.nat(0xffff), reserved: fc.constant(0), y: fc.integer({ min: -5, max: 5 }) }),
            inner,
            list: fc.array(inner, { maxLength: 5 }),
        },
        { requiredKeys: [] },
    );

    it("are read as they were written", () => {
        fc.assert(
            fc.property(values, (wanted) => {
                expect(read(write(wanted))).toEqual(wanted);
            }),
        );
    });

    it("are read without an exception, cut anywhere or changed", () => {
        fc.assert(
            fc.property(values, fc.nat(), fc.nat(), fc.nat(255), (wanted, cut, place, value) => {
                const bytes = write(wanted);
                read(bytes.subarray(0, bytes.length === 0 ? 0 : cut % bytes.length));
                bytes[bytes.length === 0 ? 0 : place % bytes.length] = value;
                read(bytes);
            }),
            { numRuns: 2_000 },
        );
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof read(bytes) === "object"),
            { numRuns: 2_000 },
        );
    });
});

it("a struct has a fixed size; absent fields are zero", () => {
    const writer = new MessageWriter(64);
    POINT.write(writer, { y: -1 });
    expect(POINT.size).toBe(8);
    expect(toHex(writer.bytes.subarray(0, writer.length))).toBe("00000000ffffffff");
    expect(POINT.read(viewOf(writer.bytes), 0, 7)).toBeUndefined();
});
