import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ip } from "../../balance/test-bench.ts";
import type { SmtpProbe } from "../../service/probe/smtp-probe.ts";
import type { Reply } from "./conversation.ts";
import { SmtpConversation } from "./smtp-conversation.ts";

const PROBE: SmtpProbe = { kind: "smtp", endpoint: { address: ip("10.0.0.2"), port: 25, mark: 0 }, heloName: "me.example" };

/** What is said after each of the server's words; an outcome by its reason. */
function said(...words: readonly string[]): readonly (string | undefined)[] {
    const conversation = new SmtpConversation(PROBE);
    expect(conversation.opened()).toEqual({});
    return words.map((word) => textOf(conversation.received(Buffer.from(word, "latin1"))));
}

function textOf({ send, outcome }: Reply): string | undefined {
    return outcome === undefined
        ? send && Buffer.from(send).toString("latin1")
        : outcome.type === "failure"
          ? outcome.reason
          : outcome.type;
}

describe("a conversation with a mail server", () => {
    it("is greeting, HELO, QUIT", () => {
        expect(said("220 mx ESMTP\r\n", "250 mx\r\n", "221 bye\r\n")).toEqual(["HELO me.example\r\n", "QUIT\r\n", "success"]);
    });

    it("takes anything for an answer to QUIT", () => {
        expect(said("220 mx\r\n", "250 mx\r\n", "5")).toEqual(["HELO me.example\r\n", "QUIT\r\n", "success"]);
    });

    it("waits for the end of a line, and for the last of several", () => {
        expect(said("22", "0-mx\r\n", "220-more\r\n220 mx\r", "\n", "250-mx\r\n250 OK\r\n")).toEqual([
            undefined,
            undefined,
            undefined,
            "HELO me.example\r\n",
            "QUIT\r\n",
        ]);
    });

    it.each([
        [["554 no\r\n"], "bad greeting banner from server"],
        [["HTTP/1.1 400 Bad Request\r\n"], "bad greeting banner from server"],
        [["220 mx\r\n", "501 no\r\n"], "bad HELO response from server"],
        [["x".repeat(5_000)], "reply without end from server"],
        [["220 mx\r\n", ...Array(50).fill("250-".padEnd(100, "x").concat("\r\n"))], "reply without end from server"],
    ])("fails after %j", (words, reason) => {
        expect(said(...words)).toContain(reason);
    });

    it("fails when the server leaves", () => {
        const conversation = new SmtpConversation(PROBE);
        expect(textOf(conversation.ended())).toBe("connection closed by server before its greeting");
        conversation.received(Buffer.from("220 mx\r\n"));
        expect(textOf(conversation.ended())).toBe("connection closed by server before its answer to HELO");
    });

    it("never throws, whatever is said", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array()), (words) => {
                const conversation = new SmtpConversation(PROBE);
                for (const word of words) {
                    conversation.received(word);
                }
            }),
        );
    });
});
