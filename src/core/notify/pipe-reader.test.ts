import { describe, expect, it } from "vitest";
import { type Instant, instant } from "../base/instant.ts";
import { PipeReader } from "./pipe-reader.ts";

const COMMAND = { path: "/r", words: ["/r", "-v"] };
const CRASH = { type: "ended", outcome: { type: "exit", status: 1 }, output: [] } as const;

function at(second: number): Instant {
    return instant(second * 1e6);
}

describe("the reader of a named pipe", () => {
    it("gets the pipe's path as its last argument", () => {
        const reader = new PipeReader(COMMAND, "/run/fifo");
        expect(reader.handle({ type: "start" }, at(0))).toEqual([
            { type: "run", command: { path: "/r", words: ["/r", "-v", "/run/fifo"] } },
        ]);
    });

    it("is started again when it ends, later and later, and at once a second later when it had worked", () => {
        const reader = new PipeReader(COMMAND, "/run/fifo");
        reader.handle({ type: "start" }, at(0));
        const delays = [0, 10, 20].map((second) => {
            reader.handle(CRASH, at(second));
            const wakeAt = reader.wakeAt ?? at(0);
            expect(reader.handle({ type: "wake" }, wakeAt).map(({ type }) => type)).toEqual(["run"]);
            return (wakeAt - at(second)) / 1e6;
        });
        expect(delays).toEqual([1, 2, 4]);
        reader.handle(CRASH, at(200));
        expect(reader.wakeAt).toBe(at(201));
    });

    it("may read what is left, and is then ended", () => {
        const reader = new PipeReader(COMMAND, "/run/fifo");
        reader.handle({ type: "start" }, at(0));
        expect(reader.handle({ type: "stop" }, at(5))).toEqual([]);
        expect(reader.handle({ type: "wake" }, at(5.3))).toEqual([{ type: "signal", signal: "terminate" }]);
        expect(reader.handle({ type: "wake" }, at(7.3))).toEqual([{ type: "signal", signal: "kill" }]);
        expect(reader.handle(CRASH, at(7.4))).toEqual([]);
        expect(reader.wakeAt).toBeUndefined();
    });

    it("is not started any more when it was about to be", () => {
        const reader = new PipeReader(COMMAND, "/run/fifo");
        reader.handle({ type: "start" }, at(0));
        reader.handle(CRASH, at(1));
        reader.handle({ type: "stop" }, at(1.5));
        expect(reader.wakeAt).toBeUndefined();
    });
});
