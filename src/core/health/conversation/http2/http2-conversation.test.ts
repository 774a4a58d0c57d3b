import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../base/bytes.ts";
import { latin1 } from "../../../base/latin1.ts";
import { utf8 } from "../../../base/utf8.ts";
import type { Outcome } from "../../outcome.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { FLAG } from "./frame.ts";
import { Http2Conversation } from "./http2-conversation.ts";
import type { Http2Request } from "./http2-request.ts";
import { block, data, frame, headers, inPieces, settings, type Talked, talk, word, wordsOf } from "./test-bench.ts";

const { ACK, END_HEADERS, END_STREAM, PADDED, PRIORITY } = FLAG;
const REQUEST: Http2Request = { method: "GET", scheme: "http", authority: "a.test", path: "/", headers: [], body: new Uint8Array(0) };

/** Says what it has read. */
class Echo implements AnswerReader {
    #text = "";

    head(status: number): undefined {
        this.#text += status;
    }

    data(bytes: Uint8Array): undefined {
        this.#text += ` ${latin1(bytes)}`;
    }

    trailer(fields: readonly { readonly name: string }[]): void {
        this.#text += ` ${fields.map(({ name }) => name)}`;
    }

    end(): Outcome {
        return { type: "impossible", reason: this.#text.slice(0, 200) };
    }
}

function ask(request: Partial<Http2Request>, ...said: readonly Uint8Array[]): Talked {
    return talk(new Http2Conversation({ ...REQUEST, ...request }, new Echo()), ...said);
}

/** What a check would say of a server that answers so. */
function verdict(...said: readonly Uint8Array[]): string | undefined {
    const { outcome } = ask({}, settings(), ...said);
    return outcome?.type === "success" ? "good" : outcome?.reason;
}

const greeting = (request: Partial<Http2Request> = {}) =>
    new Http2Conversation({ ...REQUEST, ...request }, new Echo()).opened().send ?? new Uint8Array(0);

describe("a request over HTTP/2", () => {
    it("is preface, settings and header, which waits for nobody (RFC 9113 §3.4)", () => {
        expect(latin1(greeting().subarray(0, 24))).toBe("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        expect(greeting().subarray(24)).toEqual(
            concatBytes(
                settings([2, 0], [6, 65_536]),
                headers([":method: GET", ":scheme: http", ":authority: a.test", ":path: /"], END_STREAM),
            ),
        );
    });

    it("has its body in frames as large as is allowed, the last of which ends the stream (§6.1, §4.2)", () => {
        const body = new Uint8Array(20_000).fill(1);
        expect(wordsOf(greeting({ body }))).toEqual(["SETTINGS 12", "HEADERS 55", "DATA 16384", "DATA+ 3616"]);
    });

    it("goes on in CONTINUATION where its header is long (§6.10)", () => {
        const long = { headers: [{ name: "x", value: "y".repeat(40_000) }] };
        expect(wordsOf(greeting(long))).toEqual(["SETTINGS 12", "HEADERS+ 16384", "CONTINUATION 16384", "CONTINUATION 7294"]);
    });

    it("sends no more of its body than there is room for (§6.9.1)", () => {
        const body = new Uint8Array(100_000);
        expect(wordsOf(greeting({ body })).slice(2)).toEqual(["DATA 16384", "DATA 16384", "DATA 16384", "DATA 16383"]);
        const widen = (stream: number, increment: number) => frame("WINDOW_UPDATE", { stream, payload: word(increment) });
        const { heard } = ask({ body }, settings(), widen(0, 1_000), widen(1, 50), widen(1, 9_950), widen(0, 100_000), widen(1, 100_000));
        expect(heard).toEqual(["SETTINGS+ 0", "DATA 50", "DATA 950", "DATA 9000", "DATA 16384", "DATA+ 8081"]);
    });

    it("heeds a smaller initial window, even below zero, and larger frames (§6.9.2, §6.5.2)", () => {
        const body = new Uint8Array(100_000);
        const window = (size: number) => settings([4, size]);
        const widen = frame("WINDOW_UPDATE", { stream: 0, payload: word(1_000_000) });
        const { heard } = ask({ body }, window(0), widen, window(65_535), window(65_536), settings([4, 1_000_000], [5, 20_000]));
        expect(heard).toEqual(["SETTINGS+ 0", "SETTINGS+ 0", "SETTINGS+ 0", "DATA 1", "SETTINGS+ 0", "DATA 20000", "DATA+ 14464"]);
    });
});

describe("an answer over HTTP/2", () => {
    const OK = headers([":status: 200"]);

    it("is a header, data, and a trailer, after interim ones (§8.1)", () => {
        expect(verdict(headers([":status: 204"], END_STREAM))).toBe("204");
        expect(verdict(OK, data(utf8("fine"), END_STREAM))).toBe("200 fine");
        expect(verdict(OK, data(utf8("fi")), data(utf8("ne")), data([], END_STREAM))).toBe("200 fi ne ");
        expect(verdict(headers([":status: 103", "link: x"]), OK, data(utf8("a")), headers(["t: 1"], END_STREAM))).toBe("200 a t");
        expect(verdict(OK, data(utf8("fine")))).toBeUndefined();
    });

    it("is thanked for with a farewell (§6.8), and read no further", () => {
        const reset = frame("RST_STREAM", { payload: word(0) });
        expect(ask({}, settings(), concatBytes(OK, data([], END_STREAM), reset, OK)).heard).toEqual(["SETTINGS+ 0", "GOAWAY NO_ERROR"]);
    });

    it("comes to the same however it is cut", () => {
        const said = [settings(), headers([":status: 200", "a: b"]), data(utf8("fine")), headers(["t: 1"], END_STREAM)];
        for (let length = 1; length < 80; length++) {
            const conversation = new Http2Conversation(REQUEST, new Echo());
            expect(talk(conversation, ...inPieces(length, ...said)).outcome).toMatchObject({ reason: expect.stringMatching(/^200 .* t$/) });
        }
    });

    it("may have padding and priorities, which say nothing (§6.1, §6.2, §6.3)", () => {
        const padded = frame("DATA", { flags: PADDED, payload: [3, ...utf8("fine"), 0, 0, 0] });
        const fields = block(":status: 200");
        const header = frame("HEADERS", { flags: PADDED | PRIORITY | END_HEADERS, payload: [2, 0, 0, 0, 0, 9, ...fields, 0, 0] });
        const priority = frame("PRIORITY", { stream: 7, payload: [0, 0, 0, 0, 9] });
        expect(verdict(priority, header, padded, priority, data([], END_STREAM))).toBe("200 fine ");
    });

    it("may have a header in several frames (§6.10)", () => {
        const fields = block(":status: 200", "a: b");
        const first = frame("HEADERS", { flags: END_STREAM, payload: fields.subarray(0, 5) });
        const second = frame("CONTINUATION", { payload: fields.subarray(5, 9) });
        const last = frame("CONTINUATION", { flags: END_HEADERS, payload: fields.subarray(9) });
        expect(verdict(first, second, last)).toBe("200");
    });

    it("comes with frames that nobody knows (§4.1, §5.5)", () => {
        expect(verdict(frame(0xbe, { stream: 9, payload: [1] }), OK, frame(0xef), data([], END_STREAM))).toBe("200 ");
    });

    it("has room made for it as it is read (§6.9)", () => {
        const piece = data(new Uint8Array(16_384));
        const said = [piece, piece, piece, piece, piece];
        expect(ask({}, settings(), OK, ...said).heard).toEqual([
            "SETTINGS+ 0",
            "WINDOW_UPDATE 0: 32768",
            "WINDOW_UPDATE 1: 32768",
            "WINDOW_UPDATE 0: 32768",
            "WINDOW_UPDATE 1: 32768",
        ]);
    });

    it("has the length that it says (§8.1.1), where it may have any", () => {
        const five = ["content-length: 5"];
        const other = "HTTP/2: PROTOCOL_ERROR: less data than content-length says";
        expect(verdict(headers([":status: 200", ...five]), data(utf8("hello"), END_STREAM))).toBe("200 hello");
        expect(verdict(headers([":status: 200", ...five]), data(utf8("hell"), END_STREAM))).toBe(other);
        expect(verdict(headers([":status: 200", ...five], END_STREAM))).toBe(other);
        expect(verdict(headers([":status: 200", ...five]), data(utf8("hell")), headers(["a: b"], END_STREAM))).toBe(other);
        expect(verdict(headers([":status: 200", ...five]), data(utf8("hello!")))).toBe(
            "HTTP/2: PROTOCOL_ERROR: more data than content-length says",
        );
        expect(verdict(headers([":status: 200", "content-length: 5 ", ...five]), data(utf8("hello"), END_STREAM))).toBe("200 hello");
        expect(verdict(headers([":status: 304", ...five], END_STREAM))).toBe("304");
        expect(ask({ method: "HEAD" }, settings(), headers([":status: 200", ...five], END_STREAM)).outcome).toMatchObject({
            reason: "200",
        });
    });

    it("is over when the server leaves, resets the stream, or closes the connection (§6.4, §6.8)", () => {
        const conversation = new Http2Conversation(REQUEST, new Echo());
        expect(conversation.ended()).toEqual({ outcome: { type: "failure", reason: "HTTP/2: connection closed" } });
        const reset = (code: number) => frame("RST_STREAM", { payload: word(code) });
        expect(verdict(reset(7))).toBe("HTTP/2: server reset the stream: REFUSED_STREAM");
        expect(verdict(OK, reset(0))).toBe("HTTP/2: server reset the stream: NO_ERROR");
        expect(verdict(reset(99))).toBe("HTTP/2: server reset the stream: error 99");
        const away = (last: number, code: number) => frame("GOAWAY", { stream: 0, payload: [...word(last), ...word(code), 1, 2] });
        expect(verdict(away(1, 11))).toBe("HTTP/2: server closed the connection: ENHANCE_YOUR_CALM");
        expect(verdict(away(0, 0))).toBe("HTTP/2: server closed the connection: NO_ERROR");
        expect(verdict(away(1, 0), OK, away(0x7fff_ffff, 0), data([], END_STREAM))).toBe("200 ");
    });
});

describe("a server over HTTP/2", () => {
    it("has its settings acknowledged (§6.5.3), and its PING answered (§6.7), but not the answers to ours", () => {
        const ping = frame("PING", { stream: 0, payload: [1, 2, 3, 4, 5, 6, 7, 8] });
        const pong = frame("PING", { stream: 0, flags: ACK, payload: new Uint8Array(8) });
        const { heard, outcome } = ask(
            {},
            settings([1, 0], [2, 0], [3, 0], [9, 9]),
            ping,
            pong,
            frame("SETTINGS", { stream: 0, flags: ACK }),
        );
        expect(heard).toEqual(["SETTINGS+ 0", "PING+ 8"]);
        expect(outcome).toBeUndefined();
    });

    it("is told why it is left (§5.4.1)", () => {
        expect(ask({}, settings(), frame("PUSH_PROMISE", { payload: word(2) }))).toEqual({
            outcome: { type: "failure", reason: "HTTP/2: PROTOCOL_ERROR: PUSH_PROMISE, which is switched off" },
            heard: ["SETTINGS+ 0", "GOAWAY PROTOCOL_ERROR"],
        });
    });

    const OK = headers([":status: 200"]);
    const open = frame("HEADERS", { payload: block(":status: 200") });
    const widen = (stream: number, increment: number) => frame("WINDOW_UPDATE", { stream, payload: word(increment) });

    it.each<[string, readonly Uint8Array[], string]>([
        ["DATA on the connection (§6.1)", [frame("DATA", { stream: 0 })], "PROTOCOL_ERROR: DATA on stream 0"],
        ["DATA on an idle stream (§5.1)", [frame("DATA", { stream: 3 })], "PROTOCOL_ERROR: DATA on stream 3"],
        ["HEADERS on a stream of its own (§5.1)", [frame("HEADERS", { stream: 2 })], "PROTOCOL_ERROR: HEADERS on stream 2"],
        ["HEADERS on the connection (§6.2)", [frame("HEADERS", { stream: 0 })], "PROTOCOL_ERROR: HEADERS on stream 0"],
        [
            "PRIORITY on the connection (§6.3)",
            [frame("PRIORITY", { stream: 0, payload: [0, 0, 0, 0, 0] })],
            "PROTOCOL_ERROR: PRIORITY on stream 0",
        ],
        ["PRIORITY of a wrong length (§6.3)", [frame("PRIORITY")], "FRAME_SIZE_ERROR: PRIORITY of 0 bytes"],
        [
            "RST_STREAM on an idle stream (§6.4)",
            [frame("RST_STREAM", { stream: 3, payload: word(0) })],
            "PROTOCOL_ERROR: RST_STREAM on stream 3",
        ],
        ["RST_STREAM of a wrong length (§6.4)", [frame("RST_STREAM", { payload: [0] })], "FRAME_SIZE_ERROR: RST_STREAM of 1 bytes"],
        ["SETTINGS on a stream (§6.5)", [frame("SETTINGS")], "PROTOCOL_ERROR: SETTINGS on stream 1"],
        ["half a setting (§6.5)", [frame("SETTINGS", { stream: 0, payload: [0, 1, 0] })], "FRAME_SIZE_ERROR: SETTINGS of 3 bytes"],
        [
            "an acknowledgement with settings (§6.5)",
            [frame("SETTINGS", { stream: 0, flags: ACK, payload: [0, 1, 0, 0, 0, 0] })],
            "FRAME_SIZE_ERROR: SETTINGS of 6 bytes as an acknowledgement",
        ],
        ["ENABLE_PUSH (§6.5.2)", [settings([2, 1])], "PROTOCOL_ERROR: ENABLE_PUSH 1 from a server"],
        ["too large a window (§6.5.2)", [settings([4, 0x8000_0000])], "FLOW_CONTROL_ERROR: INITIAL_WINDOW_SIZE 2147483648"],
        ["too small frames (§6.5.2)", [settings([5, 16_383])], "PROTOCOL_ERROR: MAX_FRAME_SIZE 16383"],
        ["too large frames (§6.5.2)", [settings([5, 0x100_0000])], "PROTOCOL_ERROR: MAX_FRAME_SIZE 16777216"],
        ["a promise (§8.4)", [frame("PUSH_PROMISE", { payload: word(2) })], "PROTOCOL_ERROR: PUSH_PROMISE, which is switched off"],
        ["PING on a stream (§6.7)", [frame("PING", { payload: new Uint8Array(8) })], "PROTOCOL_ERROR: PING on stream 1"],
        ["PING of a wrong length (§6.7)", [frame("PING", { stream: 0 })], "FRAME_SIZE_ERROR: PING of 0 bytes"],
        ["GOAWAY on a stream (§6.8)", [frame("GOAWAY", { payload: new Uint8Array(8) })], "PROTOCOL_ERROR: GOAWAY on stream 1"],
        ["half a GOAWAY", [frame("GOAWAY", { stream: 0, payload: word(1) })], "FRAME_SIZE_ERROR: GOAWAY of 4 bytes"],
        ["WINDOW_UPDATE by nothing (§6.9)", [widen(1, 0)], "PROTOCOL_ERROR: WINDOW_UPDATE by nothing"],
        ["WINDOW_UPDATE on an idle stream (§5.1)", [widen(2, 1)], "PROTOCOL_ERROR: WINDOW_UPDATE on stream 2"],
        [
            "WINDOW_UPDATE of a wrong length (§6.9)",
            [frame("WINDOW_UPDATE", { payload: [1] })],
            "FRAME_SIZE_ERROR: WINDOW_UPDATE of 1 bytes",
        ],
        ["a window beyond all bounds (§6.9.1)", [widen(0, 0x7fff_ffff)], "FLOW_CONTROL_ERROR: window too large"],
        ["the same by settings (§6.9.2)", [widen(1, 1), settings([4, 0x7fff_ffff])], "FLOW_CONTROL_ERROR: window too large"],
        ["CONTINUATION of nothing (§6.10)", [frame("CONTINUATION")], "PROTOCOL_ERROR: CONTINUATION of no header"],
        [
            "something amid a header (§6.10)",
            [open, frame("PING", { stream: 0, payload: new Uint8Array(8) })],
            "PROTOCOL_ERROR: header is interrupted",
        ],
        ["something unknown amid a header (§5.5)", [open, frame(0xbe)], "PROTOCOL_ERROR: header is interrupted"],
        [
            "CONTINUATION of another stream (§6.10)",
            [open, frame("CONTINUATION", { stream: 3 })],
            "PROTOCOL_ERROR: CONTINUATION on stream 3",
        ],
        [
            "more padding than frame (§6.1)",
            [OK, frame("DATA", { flags: PADDED, payload: [1] })],
            "PROTOCOL_ERROR: padding longer than its frame",
        ],
        ["padding without a length (§6.2)", [frame("HEADERS", { flags: PADDED })], "PROTOCOL_ERROR: padding longer than its frame"],
        ["half a priority (§6.2)", [frame("HEADERS", { flags: PRIORITY, payload: [1, 2] })], "FRAME_SIZE_ERROR: HEADERS of 2 bytes"],
        [
            "a header that cannot be decoded (§4.3)",
            [frame("HEADERS", { flags: END_HEADERS, payload: [0x80] })],
            "COMPRESSION_ERROR: header table has no field 0",
        ],
        ["data before the header (§8.1)", [data([1])], "PROTOCOL_ERROR: DATA before the header"],
        ["a trailer that ends nothing (§8.1)", [OK, headers(["a: b"])], "PROTOCOL_ERROR: second header"],
        ["a trailer with a status (§8.1)", [OK, headers([":status: 200"], END_STREAM)], "PROTOCOL_ERROR: malformed field name"],
        ["an interim answer at the end (§8.1)", [headers([":status: 100"], END_STREAM)], "PROTOCOL_ERROR: answer ends with status 100"],
        ["another protocol (§8.6)", [headers([":status: 101"])], "PROTOCOL_ERROR: answer ends with status 101"],
        ["no status (§8.3.2)", [headers(["a: b"])], "PROTOCOL_ERROR: answer without a status"],
        ["a status that is none (§8.3.2)", [headers([":status: 20"])], "PROTOCOL_ERROR: answer without a status"],
        ["a status behind others (§8.3)", [headers(["a: b", ":status: 200"])], "PROTOCOL_ERROR: answer without a status"],
        ["two of them (§8.3)", [headers([":status: 200", ":status: 200"])], "PROTOCOL_ERROR: malformed field name"],
        ["a field for requests (§8.3)", [headers([":status: 200", ":path: /"])], "PROTOCOL_ERROR: malformed field name"],
        ["capitals (§8.2.1)", [headers([":status: 200", "A: b"])], "PROTOCOL_ERROR: malformed field name"],
        ["no name (§8.2.1)", [headers([":status: 200", ": b"])], "PROTOCOL_ERROR: malformed field name"],
        ["a line end in a value (§8.2.1)", [headers([":status: 200", "a: b\nc"])], "PROTOCOL_ERROR: malformed field a"],
        [
            "a field of HTTP/1 (§8.2.2)",
            [headers([":status: 200", "connection: close"])],
            "PROTOCOL_ERROR: field connection, which is HTTP/1's",
        ],
        [
            "two lengths (§8.1.1)",
            [headers([":status: 200", "content-length: 1", "content-length: 2"])],
            "PROTOCOL_ERROR: contradictory content-length",
        ],
        ["a length that is none", [headers([":status: 200", "content-length: -1"])], "PROTOCOL_ERROR: contradictory content-length"],
    ])("that sends %s fails", (_, said, words) => {
        expect(verdict(...said)).toBe(`HTTP/2: ${words}`);
    });
});

describe("what a hostile server sends", () => {
    const OK = headers([":status: 200"]);
    const CALM = "HTTP/2: ENHANCE_YOUR_CALM: too many frames without data";

    it.each<[string, Uint8Array]>([
        ["PING", frame("PING", { stream: 0, payload: new Uint8Array(8) })],
        ["SETTINGS", settings()],
        ["empty DATA", data([])],
        ["padding", frame("DATA", { flags: PADDED, payload: [3, 0, 0, 0] })],
        ["PRIORITY", frame("PRIORITY", { stream: 3, payload: new Uint8Array(5) })],
        ["unknown frames", frame(0xbe)],
        ["WINDOW_UPDATE", frame("WINDOW_UPDATE", { payload: word(1) })],
    ])("may be %s, but not without end (§10.5)", (_, flood) => {
        const many = concatBytes(...Array(1_000).fill(flood));
        expect(verdict(OK, ...Array(9).fill(many))).toBeUndefined();
        expect(verdict(OK, ...Array(10).fill(many))).toBe(CALM);
    });

    it("may be interim answers, but not without end", () => {
        expect(verdict(...Array(20_000).fill(headers([":status: 103"])))).toBe("HTTP/2: ENHANCE_YOUR_CALM: header too long");
    });

    it("may be a header without end, full or empty (§10.5)", () => {
        const open = frame("HEADERS", { payload: block(":status: 200") });
        const full = frame("CONTINUATION", { payload: new Uint8Array(16_000) });
        expect(verdict(open, full, full, full)).toBeUndefined();
        expect(verdict(open, full, full, full, full, full)).toBe("HTTP/2: ENHANCE_YOUR_CALM: header too long");
        expect(verdict(open, ...Array(20_000).fill(frame("CONTINUATION")))).toBe(CALM);
    });

    it("is a header that grows when it is decoded", () => {
        const kept = [0x88, 0x40, 1, 0x61, 0x7f, 0xd1, 0x0e, ...new Uint8Array(2_000).fill(0x78)];
        const bomb = frame("HEADERS", { flags: END_HEADERS, payload: [...kept, ...new Uint8Array(10_000).fill(0xbe)] });
        expect(verdict(bomb)).toBe("HTTP/2: ENHANCE_YOUR_CALM: header too long");
    });

    it("may be data in the smallest pieces, as long as they hold something", () => {
        const many = concatBytes(...Array(1_000).fill(data([0x61])));
        expect(verdict(OK, ...Array(30).fill(many), data([], END_STREAM))).toMatch(/^200 a a/);
    });

    it("never makes the conversation throw, whatever it is", () => {
        const piece = fc.oneof(
            fc.uint8Array({ maxLength: 40 }),
            fc
                .record({
                    type: fc.integer({ min: 0, max: 11 }),
                    flags: fc.constantFrom(0, 1, 4, 5, 8, 0x20, 0x2d),
                    stream: fc.constantFrom(0, 1, 1, 1, 2),
                    payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constantFrom(block(":status: 200"), Uint8Array.from(word(1)))),
                })
                .map(({ type, ...wish }) => frame(type, wish)),
        );
        fc.assert(
            fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
                const conversation = new Http2Conversation({ ...REQUEST, body: utf8("body") }, new Echo());
                const { outcome } = talk(conversation, settings(), ...pieces);
                expect(outcome ?? conversation.ended().outcome).toBeDefined();
            }),
        );
    });
});
