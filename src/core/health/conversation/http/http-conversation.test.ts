import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pagePattern } from "../../../../../test/contracts/page-pattern.ts";
import { success } from "../../../base/result.ts";
import { utf8 } from "../../../base/utf8.ts";
import type { PageExpectation, PageRequest } from "../../../service/probe/http-probe.ts";
import type { Outcome } from "../../outcome.ts";
import { HttpConversation } from "./http-conversation.ts";
import type { PageTools } from "./page-tools.ts";

const REQUEST: PageRequest = { version: "1.0", closes: false, method: "GET", path: "/x", host: "10.0.0.2:80", headers: [] };
const ANY_GOOD: PageExpectation = { statusCodes: [{ first: 200, last: 299 }] };
const PATTERN = pagePattern("needle");
const GOOD: Outcome = { type: "success" };
const bad = (reason: string): Outcome => ({ type: "failure", reason });

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** Digests are the text itself, and a pattern is a part of the page. */
const TOOLS: PageTools = {
    md5: () => {
        let added = "";
        return {
            add: (bytes) => {
                added += text(bytes);
            },
            hexadecimal: () => added,
        };
    },
    matcher: ({ expression }) => success((page) => text(page).includes(expression)),
};

interface Talk {
    readonly request?: Partial<PageRequest>;
    readonly expectation?: Partial<PageExpectation>;
    /** Where the answer is cut into pieces. */
    readonly cuts?: readonly number[];
    readonly isEnded?: boolean;
}

/** What comes of an answer; undefined while more is awaited. */
function talk(answer: string, { request, expectation, cuts = [], isEnded = true }: Talk = {}): Outcome | undefined {
    const conversation = new HttpConversation({ request: { ...REQUEST, ...request }, expectation: { ...ANY_GOOD, ...expectation } }, TOOLS);
    conversation.opened();
    const bytes = Uint8Array.from(answer, (character) => character.charCodeAt(0));
    const ends = [...cuts, bytes.length];
    let from = 0;
    for (const end of ends) {
        const { outcome } = conversation.received(bytes.slice(from, end));
        if (outcome !== undefined) {
            return outcome;
        }
        from = end;
    }
    return isEnded ? conversation.ended().outcome : undefined;
}

describe("a request", () => {
    const said = (request: Partial<PageRequest>): string =>
        text(
            new HttpConversation({ request: { ...REQUEST, ...request }, expectation: ANY_GOOD }, TOOLS).opened().send ?? new Uint8Array(0),
        );

    it("is Keepalived's to the byte", () => {
        expect(said({})).toBe("GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 10.0.0.2:80\r\n\r\n");
        expect(said({ version: "1.1", closes: true, host: "www" })).toBe(
            "GET /x HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: www\r\n\r\n",
        );
    });

    it("has the method, headers and body that are wanted", () => {
        expect(said({ method: "POST", headers: [{ name: "X-One", value: "1" }], body: "é" })).toBe(
            "POST /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 10.0.0.2:80\r\nX-One: 1\r\nContent-Length: 2\r\n\r\n\u00c3\u00a9",
        );
    });
});

describe("an answer", () => {
    it.each([
        ["by its status alone, at its end", "HTTP/1.0 204 No Content\r\n\r\n", GOOD],
        ["without a reason phrase", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", GOOD],
        ["that redirects", "HTTP/1.1 302 Found\r\nLocation: /y\r\n\r\n", bad("status code 302")],
        ["that is no HTTP", "220 mail\r\n\r\n", bad("no HTTP status line received")],
        ["with a code of four digits", "HTTP/1.1 2000 OK\r\n\r\n", bad("no HTTP status line received")],
        [
            "of two lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-length: 2\r\n\r\nab",
            bad("contradictory Content-Length received"),
        ],
        ["of nothing", "", bad("no data received")],
        ["that breaks off in its header", "HTTP/1.1 200 OK\r\nServer", bad("connection closed within the header")],
        ["after an interim one", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", GOOD],
    ])("%s", (_, answer, outcome) => {
        expect(talk(answer)).toEqual(outcome);
    });

    it("is whole when its length, its last chunk or its method says so", () => {
        const head = "HTTP/1.1 200 OK\r\n";
        expect(talk(`${head}Content-Length: 3\r\n\r\nabc`, { isEnded: false })).toEqual(GOOD);
        expect(talk(`${head}Content-Length: 3\r\n\r\nab`, { isEnded: false })).toBeUndefined();
        expect(talk(`${head}Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`, { isEnded: false })).toEqual(GOOD);
        expect(talk(`${head}Content-Length: 9\r\n\r\n`, { isEnded: false, request: { method: "HEAD" } })).toEqual(GOOD);
        expect(talk(`${head}\r\nabc`, { isEnded: false })).toBeUndefined();
    });

    it("is wanted with the codes that are named", () => {
        const statusCodes = [
            { first: 404, last: 404 },
            { first: 500, last: 502 },
        ];
        const codes = [200, 404, 499, 501, 503].map((code) => talk(`HTTP/1.1 ${code} x\r\n\r\n`, { expectation: { statusCodes } })?.type);
        expect(codes).toEqual(["failure", "success", "failure", "success", "failure"]);
    });

    it("is digested as it was sent, up to its length", () => {
        const expectation = { digest: "hello" };
        expect(talk("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world", { expectation })).toEqual(GOOD);
        expect(talk("HTTP/1.1 200 OK\r\n\r\nhello world", { expectation })).toEqual(bad("MD5 digest hello world"));
        const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        expect(talk(chunked, { expectation })).toEqual(bad("MD5 digest 5\r\nhello\r\n0\r\n\r\n"));
    });

    it("is searched without its chunks' sizes", () => {
        const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nnee\r\n3\r\ndle\r\n0\r\nTrailer: x\r\n\r\n";
        expect(talk(chunked, { expectation: { pattern: PATTERN } })).toEqual(GOOD);
        expect(talk(chunked, { expectation: { pattern: { ...PATTERN, isUnwanted: true } } })).toEqual(bad("unwanted pattern found"));
        expect(talk(chunked, { expectation: { pattern: { ...PATTERN, expression: "hay" } } })).toEqual(bad("pattern not found"));
        expect(talk(chunked, { expectation: { text: "needle" } })).toEqual(GOOD);
        expect(talk(chunked, { expectation: { text: "hay" } })).toEqual(bad("text not found"));
    });
});

describe("a hostile answer", () => {
    it.each([
        ["a header without end", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`, "header too long"],
        ["interim answers without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(5_000), "header too long"],
        ["a chunk without a size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed chunk received"],
        ["a chunk of all sizes", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffff\r\n", "malformed chunk received"],
        ["more than a chunk's size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", "malformed chunk received"],
        ["a size without end", `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"0".repeat(5_000)}`, "malformed chunk received"],
        [
            "trailers without end",
            `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${"x: y\r\n".repeat(2_000)}`,
            "malformed chunk received",
        ],
    ])("with %s fails", (_, answer, reason) => {
        expect(talk(answer, { cuts: [100, 30_000, 60_000].filter((cut) => cut < answer.length) })).toEqual(bad(reason));
    });

    it("of a page without end is judged by its beginning, or refused for its digest", () => {
        const conversations = [ANY_GOOD, { ...ANY_GOOD, text: "needle" }, { ...ANY_GOOD, digest: "x" }].map(
            (expectation) =>
                new HttpConversation(
                    { request: REQUEST, expectation },
                    { ...TOOLS, md5: () => ({ add: () => {}, hexadecimal: () => "" }) },
                ),
        );
        const piece = new Uint8Array(65_536);
        const outcomes = conversations.map((conversation) => {
            let { outcome } = conversation.received(utf8("HTTP/1.1 200 OK\r\n\r\n"));
            let count = 0;
            while (outcome === undefined && count < 2_000) {
                outcome = conversation.received(piece).outcome;
                count += 1;
            }
            return { outcome, count };
        });
        expect(outcomes).toEqual([
            { outcome: GOOD, count: 17 },
            { outcome: bad("text not found"), count: 17 },
            { outcome: bad("page longer than 67108864 bytes"), count: 1_025 },
        ]);
    });
});

const ANSWERS = [
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nneedle",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnee\r\n3\r\ndle\r\n0\r\nA: b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nnee\r\n4\r\ndle\r\n0\r\n\r\n",
    "HTTP/1.0 503 No\r\n\r\nneedle",
];

describe("an answer in pieces", () => {
    it.each(ANSWERS)("comes to the same wherever it is cut: %j", (answer) => {
        const expectation = { pattern: PATTERN };
        const whole = talk(answer, { expectation });
        expect(whole).toBeDefined();
        for (let cut = 0; cut <= answer.length; cut++) {
            expect(talk(answer, { expectation, cuts: [cut] })).toEqual(whole);
        }
        expect(talk(answer, { expectation, cuts: Array.from(answer, (_one, index) => index) })).toEqual(whole);
    });

    it("never throws, whatever it is", () => {
        const piece = fc.oneof(
            fc.uint8Array({ maxLength: 40 }),
            fc
                .constantFrom("HTTP/1.1 200 OK\r\n", "\r\n", "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", "5\r\n", "0\r\n")
                .map(utf8),
        );
        fc.assert(
            fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
                const conversation = new HttpConversation(
                    { request: REQUEST, expectation: { ...ANY_GOOD, pattern: PATTERN, digest: "x" } },
                    TOOLS,
                );
                conversation.opened();
                const isOver = pieces.some((bytes) => conversation.received(bytes).outcome !== undefined);
                expect(isOver ? undefined : conversation.ended().outcome?.type).not.toBe("success");
            }),
        );
    });
});
