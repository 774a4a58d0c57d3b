import { describe, expect, test } from "vitest";
import type { Frame } from "./capture.ts";
import { echoesOf, longestOutage, outagesOf } from "./echo-record.ts";

const SERVICE = "10.77.0.100";

function frame(at: number, node: string, sequence: number, isReply: boolean): Frame {
    return { at, node, segment: 0, bytes: new Uint8Array(), seen: { kind: "echo", isReply, sequence, address: SERVICE } };
}

/** Questions every 10 ms, answered 0.1 ms later by the named machine; "." is silence. */
function conversation(answers: string): readonly Frame[] {
    return [...answers].flatMap((answer, index) => {
        const asked = frame(index * 10, "client", index, false);
        return answer === "." ? [asked] : [asked, frame(index * 10 + 0.1, `r${answer}`, index, true)];
    });
}

describe("echoesOf", () => {
    test("knows who answered each question", () => {
        expect(echoesOf(conversation("1.2"), SERVICE).map(({ answeredBy }) => answeredBy)).toEqual(["r1", undefined, "r2"]);
    });

    test("passes over other addresses", () => {
        expect(echoesOf(conversation("1"), "10.77.0.101")).toEqual([]);
    });

    test("pairs an answer with the latest question of that number", () => {
        const frames = [frame(0, "client", 7, false), frame(10, "client", 7, false), frame(11, "r1", 7, true)];
        expect(echoesOf(frames, SERVICE)).toEqual([
            { askedAt: 0, answeredBy: undefined },
            { askedAt: 10, answeredBy: "r1" },
        ]);
    });
});

describe("outagesOf", () => {
    test("an outage lasts from the first lost question to the next answered one", () => {
        const echoes = echoesOf(conversation("11..2.22"), SERVICE);
        expect(outagesOf(echoes)).toEqual([
            { from: 20, to: 40 },
            { from: 50, to: 60 },
        ]);
        expect(longestOutage(echoes)).toBe(20);
    });

    test("one that goes on has no end", () => {
        expect(outagesOf(echoesOf(conversation("1.."), SERVICE))).toEqual([{ from: 10, to: Number.POSITIVE_INFINITY }]);
    });

    test("no question lost, no outage", () => {
        expect(longestOutage(echoesOf(conversation("1122"), SERVICE))).toBe(0);
    });
});
