import { describe, expect, it } from "vitest";
import { parseIp } from "../base/ip.ts";
import type { BfdReport } from "../bfd/reports.ts";
import { bfdLogLines } from "./bfd-log-lines.ts";

const changed = (from: "down" | "init" | "up", to: "down" | "init" | "up"): BfdReport => ({
    type: "state-changed",
    session: "b1",
    from,
    to,
    localDiagnostic: 1,
    remoteDiagnostic: 31,
});
const texts = (report: BfdReport, detail: number) => bfdLogLines(report, detail).map(({ text }) => text);

describe("Keepalived's phrases", () => {
    it("up, and up no more, always", () => {
        expect(texts(changed("init", "up"), 0)).toEqual(["(b1) Entering Up state"]);
        expect(texts(changed("up", "down"), 0)).toEqual([
            "(b1) Entering Down state (Local diagnostic - Control Detection Time Expired, Remote diagnostic - Diagnostic 31)",
        ]);
    });

    it("the rest of the handshake with -DD", () => {
        expect(texts(changed("down", "init"), 1)).toEqual([]);
        expect(texts(changed("down", "init"), 2)).toEqual(["(b1) Entering Init state"]);
        expect(texts({ type: "poll-started", session: "b1" }, 1)).toEqual([]);
        expect(texts({ type: "poll-started", session: "b1" }, 2)).toEqual(["(b1) Starting poll sequence"]);
    });

    it("discarded packets with -D", () => {
        const source = parseIp("10.0.0.9");
        const report = { type: "packet-rejected", session: undefined, source, reason: "no-session" } as BfdReport;
        expect(texts(report, 0)).toEqual([]);
        expect(texts(report, 1)).toEqual(["Discarding packet from 10.0.0.9 (session is not found)"]);
    });
});
