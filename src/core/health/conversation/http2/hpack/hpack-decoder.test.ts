import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../../../base/bytes.ts";
import { encodeFields } from "./encode-fields.ts";
import type { Field } from "./field.ts";
import { HpackDecoder } from "./hpack-decoder.ts";

const LONGEST = 65_536;
const bytes = (hex: string): Uint8Array => fromHex(hex) as Uint8Array;
/** The appendix limits its tables to 256 bytes for answers. */
const SMALL_TABLE = "3fe101";

/** What blocks of one connection say, one after the other, each as lines, and the table's size behind each. */
function said(...blocks: readonly string[]): readonly unknown[] {
    const decoder = new HpackDecoder();
    return blocks.flatMap((block) => {
        const list = decoder.decode(bytes(block), LONGEST);
        return [list.ok ? list.value.fields.map(({ name, value }) => `${name}: ${value}`) : list.error.words, decoder.tableSize];
    });
}

const REQUESTS = [
    [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
    57,
    [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
    110,
    [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"],
    164,
];
const ANSWERS = [
    [":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"],
    222,
    [":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"],
    222,
    [
        ":status: 200",
        "cache-control: private",
        "date: Mon, 21 Oct 2013 20:13:22 GMT",
        "location: https://www.example.com",
        "content-encoding: gzip",
        "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
    ],
    215,
];

describe("header blocks of RFC 7541 appendix C", () => {
    it.each<[string, string, string, number]>([
        ["C.2.1", "400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 55],
        ["C.2.2", "040c2f73616d706c652f70617468", ":path: /sample/path", 0],
        ["C.2.3", "100870617373776f726406736563726574", "password: secret", 0],
        ["C.2.4", "82", ":method: GET", 0],
    ])("%s, a field of each kind", (_, block, line, size) => {
        expect(said(block)).toEqual([[line], size]);
    });

    it("C.3, requests", () => {
        expect(
            said(
                "828684410f7777772e6578616d706c652e636f6d",
                "828684be58086e6f2d6361636865",
                "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
            ),
        ).toEqual(REQUESTS);
    });

    it("C.4, requests with Huffman codes", () => {
        expect(
            said("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"),
        ).toEqual(REQUESTS);
    });

    it("C.5, answers, for which old fields make room", () => {
        expect(
            said(
                `${SMALL_TABLE}4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d`,
                "4803333037c1c0bf",
                "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
            ),
        ).toEqual(ANSWERS);
    });

    it("C.6, answers with Huffman codes", () => {
        expect(
            said(
                `${SMALL_TABLE}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
                "4883640effc1c0bf",
                "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
            ),
        ).toEqual(ANSWERS);
    });
});

describe("a header block", () => {
    it.each([
        ["an index of nothing (§2.3.3)", "80", "header table has no field 0"],
        ["an index beyond the tables (§2.3.3)", "be", "header table has no field 62"],
        ["a name's index beyond the tables", "7f00", "header table has no field 63"],
        ["an endless number (§5.1)", "ff8080808080808080", "overlong number in header block"],
        ["a huge length (§5.2)", "007fffffffff0f", "overlong number in header block"],
        ["half a number", "ff80", "header block breaks off in a number"],
        ["a name that breaks off", "00036162", "header block breaks off in a string"],
        ["no value", "000161", "header block breaks off before a string"],
        ["no name", "40", "header block breaks off before a string"],
        ["a wrong Huffman code (§5.2)", "0001618100", "wrong Huffman padding"],
        ["half a size of the table", "3fff", "header block breaks off in a number"],
        ["a table larger than we allow (§6.3)", "3fe21f", "header table of 4097 bytes"],
        ["a table that changes behind a field (§4.2)", "8820", "header table changes its size behind a field"],
    ])("with %s is refused", (_, block, words) => {
        expect(new HpackDecoder().decode(bytes(block), LONGEST)).toEqual({ ok: false, error: { code: "COMPRESSION_ERROR", words } });
    });

    it("may empty the table, also by a field that is larger than it (§4.3, §4.4)", () => {
        const kept = "4001610162";
        expect(said(kept, "203fe11fbe")).toEqual([["a: b"], 34, "header table has no field 62", 0]);
        expect(said(kept, `3f03${kept}`)).toEqual([["a: b"], 34, ["a: b"], 34]);
        expect(said(kept, "3f024001610162")).toEqual([["a: b"], 34, ["a: b"], 0]);
    });

    it("that says little and means much is refused (RFC 9113 §10.5.1)", () => {
        const value = "x".repeat(2_000);
        const first = Uint8Array.of(0x40, 1, 0x61, 0x7f, 0xd1, 0x0e, ...Array.from(value, (character) => character.charCodeAt(0)));
        const decoder = new HpackDecoder();
        expect(decoder.decode(first, LONGEST)).toEqual({ ok: true, value: { fields: [{ name: "a", value }], size: 2_033 } });
        expect(decoder.decode(new Uint8Array(32).fill(0xbe), LONGEST)).toMatchObject({ ok: true, value: { size: 65_056 } });
        expect(decoder.decode(new Uint8Array(33).fill(0xbe), LONGEST)).toEqual({
            ok: false,
            error: { code: "ENHANCE_YOUR_CALM", words: "header too long" },
        });
    });

    it("never makes the decoder throw", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (blocks) => {
                const decoder = new HpackDecoder();
                for (const block of blocks) {
                    decoder.decode(block, LONGEST);
                    expect(decoder.tableSize).toBeLessThanOrEqual(4_096);
                }
            }),
        );
    });

    it("is as it was encoded", () => {
        expect(encodeFields([{ name: "custom-key", value: "custom-header" }])).toEqual(
            bytes("000a637573746f6d2d6b65790d637573746f6d2d686561646572"),
        );
        const text = fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)), maxLength: 20_000 });
        const field: fc.Arbitrary<Field> = fc.record({ name: text, value: text });
        fc.assert(
            fc.property(fc.array(field, { maxLength: 4 }), (fields) => {
                const list = new HpackDecoder().decode(encodeFields(fields), Number.POSITIVE_INFINITY);
                expect(list).toMatchObject({ ok: true, value: { fields } });
            }),
        );
    });
});
