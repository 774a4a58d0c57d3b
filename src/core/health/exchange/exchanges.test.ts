import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../../../test/contracts/decoder.ts";
import { ip } from "../../balance/test-bench.ts";
import { encodeEcho } from "../../packet/icmp.ts";
import type { ReplyForm } from "../../service/probe/udp-probe.ts";
import type { Outcome } from "../outcome.ts";
import { dnsExchange } from "./dns-exchange.ts";
import type { Exchange } from "./exchange.ts";
import { pingExchange } from "./ping-exchange.ts";
import { udpExchange } from "./udp-exchange.ts";

const endpoint = { address: ip("10.0.0.2"), port: 53, mark: 0 };

/** The verdict in a word: the reason of a failure. */
function verdict(outcome: Outcome | undefined): string | undefined {
    return outcome?.type === "failure" ? outcome.reason : outcome?.type;
}

function itTakesAnyBytes(exchange: Exchange): void {
    it("takes any bytes", () => {
        fc.assert(fc.property(fc.uint8Array(), (bytes) => exchange.answered(bytes) !== null));
    });
}

describe("a question to a name server", () => {
    const exchange = dnsExchange({ kind: "dns", endpoint, recordType: 6, labels: [] }, 0x1234);

    it.each([
        ["1234 8180 0001 0000 0000 0000", "success"],
        ["1234 8183 0001 0000 0000 0000", "the server says no such name (rcode 3)"],
        ["1234 8185 0001 0000 0000 0000", "the server says refused (rcode 5)"],
        ["1234 818f 0001 0000 0000 0000", "the server says that it fails (rcode 15)"],
        ["1235 8180 0001 0000 0000 0000", undefined],
        ["1234 0100 0001 0000 0000 0000", undefined],
        ["1234 8180", undefined],
    ])("answered by %s", (bytes, expected) => {
        expect(verdict(exchange.answered(hex(bytes)))).toBe(expected);
    });

    itTakesAnyBytes(exchange);
});

describe("a datagram", () => {
    const form = (overrides: Partial<ReplyForm> = {}) => {
        const bytes = { bytes: hex("ab0d"), mask: hex("ff0f") };
        return udpExchange({
            kind: "udp",
            endpoint,
            payload: hex("01"),
            form: { ...bytes, minimumLength: 0, maximumLength: 3, ...overrides },
        });
    };

    it("without a form is answered by anything", () => {
        const exchange = udpExchange({ kind: "udp", endpoint, payload: hex("01") });
        expect([exchange.request, verdict(exchange.answered(new Uint8Array(0)))]).toEqual([hex("01"), "success"]);
    });

    it.each([
        ["ab0d", "success"],
        ["ab7d", "success"],
        ["ab7dff", "success"],
        ["ab", "success"],
        ["", "success"],
        ["ab0e", "reply differs at byte 1"],
        ["aa0d", "reply differs at byte 0"],
        ["ab0d0000", "reply of 4 bytes, not 0 to 3"],
    ])("answered by %s", (bytes, expected) => {
        expect(verdict(form().answered(hex(bytes)))).toBe(expected);
    });

    it("is answered too shortly", () => {
        expect(verdict(form({ minimumLength: 2 }).answered(hex("ab")))).toBe("reply of 1 bytes, not 2 to 3");
    });

    itTakesAnyBytes(form());
});

describe("an echo request", () => {
    const request = { own: ip("10.0.0.1"), server: ip("10.0.0.2"), identifier: 7, data: hex("0102"), hasHeader: false };
    const exchange = pingExchange(request);
    const echo = { isReply: true, identifier: 9, sequence: 1, data: hex("0102") };

    it.each([
        ["what it carries, under any identifier", echo, "success"],
        ["other data", { ...echo, data: hex("0103") }, undefined],
        ["more data", { ...echo, data: hex("010203") }, undefined],
        ["another request", { ...echo, isReply: false }, undefined],
    ])("is answered by %s", (_what, reply, expected) => {
        expect(verdict(exchange.answered(encodeEcho(reply, { family: 4 })))).toBe(expected);
        const behindHeader = Uint8Array.of(0x45, ...new Uint8Array(19), ...encodeEcho(reply, { family: 4 }));
        expect(verdict(pingExchange({ ...request, hasHeader: true }).answered(behindHeader))).toBe(expected);
    });

    it("over IPv6 knows its server's answer", () => {
        const [own, server] = [ip("2001:db8::1"), ip("2001:db8::2")];
        const version6 = pingExchange({ ...request, own, server });
        expect(verdict(version6.answered(encodeEcho(echo, { family: 6, source: server, destination: own })))).toBe("success");
        expect(version6.answered(encodeEcho(echo, { family: 6, source: ip("2001:db8::3"), destination: own }))).toBeUndefined();
    });

    itTakesAnyBytes(exchange);
});
