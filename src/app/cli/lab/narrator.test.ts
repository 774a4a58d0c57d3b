import { expect, test } from "vitest";
import type { Frame } from "./capture.ts";
import { Narrator } from "./narrator.ts";
import type { Sighting } from "./sighting.ts";

const SERVICE = "10.77.0.100";

function frame(at: number, node: string, seen: Sighting): Frame {
    return { at, node, segment: 0, bytes: new Uint8Array(), seen };
}

function advertisement(at: number, node: string, priority: number): Frame {
    return frame(at, node, { kind: "advertisement", version: 3, vrid: 51, priority, source: "", destination: "", count: 1 });
}

function question(at: number, sequence: number): Frame {
    return frame(at, "client", { kind: "echo", isReply: false, sequence, address: SERVICE });
}

function answer(at: number, node: string, sequence: number): Frame {
    return frame(at, node, { kind: "echo", isReply: true, sequence, address: SERVICE });
}

function told(frames: readonly Frame[]): readonly string[] {
    const lines: string[] = [];
    const narrator = new Narrator({
        capture: { frames, now: 0 },
        address: SERVICE,
        style: (_format, text) => text,
        print: (line) => lines.push(line.trim()),
    });
    narrator.follow();
    narrator.follow();
    return lines;
}

test("tells a change of master once, and what it cost the client", () => {
    const frames = [
        advertisement(0, "r1", 150),
        frame(1, "r1", { kind: "announcement", address: SERVICE }),
        frame(1.1, "r1", { kind: "announcement", address: SERVICE }),
        question(2, 0),
        answer(2.1, "r1", 0),
        advertisement(100, "r1", 150),
        question(102, 1),
        question(202, 2),
        advertisement(300, "r2", 100),
        question(302, 3),
        answer(302.1, "r2", 3),
    ];
    expect(told(frames)).toEqual([
        "0.000 s  r1 is MASTER (priority 150, first advertisement)",
        `0.001 s  r1 announces ${SERVICE} to everybody`,
        "0.002 s  the client is answered by r1",
        "0.300 s  r2 is MASTER (priority 100, first advertisement)",
        "0.302 s  the client is answered again, by r2, after 200 ms",
    ]);
});

test("tells of a farewell, and of a change without a gap", () => {
    const frames = [
        advertisement(0, "r1", 150),
        question(1, 0),
        answer(1.1, "r1", 0),
        advertisement(5, "r1", 0),
        question(6, 1),
        answer(6.1, "r2", 1),
    ];
    expect(told(frames).slice(2)).toEqual([
        "0.005 s  r1 says goodbye (priority 0)",
        "0.006 s  the client is answered by r2 now, not one answer was missing",
    ]);
});

test("draws who answered when", () => {
    const frames = Array.from({ length: 80 }, (_, index) => {
        const asked = question(index, index);
        return index >= 40 && index < 60 ? [asked] : [asked, answer(index + 0.1, index < 40 ? "r1" : "r2", index)];
    }).flat();
    const lines: string[] = [];
    const plan = { capture: { frames, now: 80 }, address: SERVICE, style: (_format: unknown, text: string) => text };
    new Narrator({ ...plan, print: (line) => lines.push(line.trim()) }).strip(0, 80);
    expect(lines[0]).toBe(`client  ${"1".repeat(40)}${"×".repeat(20)}${"2".repeat(20)}`);
    expect(lines[1]).toBe("one character is 1 ms: 1 answered by r1, 2 by r2, × no answer");
    new Narrator({ ...plan, print: (line) => lines.push(line.trim()) }).strip(0, 160);
    expect(lines[3]).toBe("one character is 2 ms: 1 answered by r1, 2 by r2, × no answer, blank: not asked, the machine was busy");
});
