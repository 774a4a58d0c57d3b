import { describe, expect, it } from "vitest";
import { success } from "../../../base/result.ts";
import { utf8 } from "../../../base/utf8.ts";
import type { PageExpectation, PageRequest } from "../../../service/probe/http-probe.ts";
import { FLAG } from "./frame.ts";
import { pageConversation } from "./page-conversation.ts";
import { data, headers, settings, talk } from "./test-bench.ts";

const { END_STREAM } = FLAG;
const REQUEST: PageRequest = { version: "2", closes: true, method: "GET", path: "/x", host: "www.test", headers: [] };
const TOOLS = { md5: () => ({ add: () => undefined, hexadecimal: () => "" }), matcher: () => success(() => true) };

function page(request: Partial<PageRequest> = {}, expectation: Partial<PageExpectation> = {}) {
    return pageConversation(
        { request: { ...REQUEST, ...request }, expectation: { statusCodes: [{ first: 200, last: 299 }], ...expectation } },
        TOOLS,
    );
}

describe("a page over HTTP/2", () => {
    it("is asked for with each header once, without those of HTTP/1 (RFC 9113 §8.2.2)", () => {
        const wanted = [
            { name: "X-One", value: " 1" },
            { name: "x-one", value: "2" },
            { name: "User-Agent", value: "me" },
            { name: "Connection", value: "close" },
        ];
        const { send } = page({ method: "POST", headers: wanted, body: "é" }).opened();
        const pseudo = [":method: POST", ":scheme: http", ":authority: www.test", ":path: /x"];
        const asked = [...headers([...pseudo, "x-one: 2", "user-agent: KeepAliveClient"]), ...data(utf8("é"), END_STREAM)];
        expect([...(send ?? [])].slice(-asked.length)).toEqual(asked);
    });

    it("is judged as others are, as soon as it can be", () => {
        const OK = headers([":status: 200"]);
        expect(talk(page({}, { text: "fine" }), settings(), OK, data(utf8("all fine"), END_STREAM)).outcome).toEqual({ type: "success" });
        expect(talk(page({}, { text: "fine" }), settings(), OK, data(utf8("all"), END_STREAM)).outcome).toEqual({
            type: "failure",
            reason: "text not found",
        });
        expect(talk(page(), settings(), headers([":status: 503"]))).toEqual({
            outcome: { type: "failure", reason: "status code 503" },
            heard: ["SETTINGS+ 0", "GOAWAY NO_ERROR"],
        });
        const endless = Array<Uint8Array>(100).fill(data(new Uint8Array(16_384)));
        expect(talk(page(), settings(), OK, ...endless).outcome).toEqual({ type: "success" });
        expect(talk(page(), settings(), OK, data(utf8("a")), headers(["t: 1"], END_STREAM)).outcome).toEqual({ type: "success" });
    });
});
