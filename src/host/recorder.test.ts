import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { after, type Instant, instant, seconds } from "../core/base/instant.ts";
import { Recorder } from "./recorder.ts";
import { readLine, writeLine } from "./recording-line.ts";
import { firstDifference, replay } from "./replay.ts";

/** Echoes bytes and wants to be woken a second later; stays asleep after a wake. */
class Echo {
    wakeAt: Instant | undefined;

    handle(event: Uint8Array | "wake", now: Instant): readonly Uint8Array[] {
        if (event === "wake") {
            this.wakeAt = undefined;
            return [];
        }
        if (event.length === 0) {
            throw new Error("nothing to say");
        }
        this.wakeAt = after(now, seconds(1));
        return [event];
    }
}

function recorded() {
    const events: string[] = [];
    const outcomes: string[] = [];
    const sink = { event: (line: string) => events.push(line), outcome: (line: string) => outcomes.push(line) };
    return { events, outcomes, recorder: new Recorder(new Echo(), sink) };
}

describe("a recorder", () => {
    it("writes down what came in, what went out and the deadline, and hands all of it on", () => {
        const { events, outcomes, recorder } = recorded();
        expect(recorder.handle(Uint8Array.of(10, 255), instant(5))).toEqual([Uint8Array.of(10, 255)]);
        expect(recorder.wakeAt).toBe(instant(1_000_005));
        recorder.handle("wake", instant(1_000_005));
        expect(events).toEqual(['{"at":5,"event":{"$hex":"0aff"}}', '{"at":1000005,"event":"wake"}']);
        expect(outcomes).toEqual(['{"effects":[{"$hex":"0aff"}],"wakeAt":1000005}', '{"effects":[]}']);
    });

    it("leaves the event on record that met a defect", () => {
        const { events, outcomes, recorder } = recorded();
        expect(() => recorder.handle(new Uint8Array(0), instant(1))).toThrow("nothing to say");
        expect([events.length, outcomes.length]).toEqual([1, 0]);
    });
});

describe("a replay", () => {
    it("of what was recorded gives what was recorded", () => {
        const { events, outcomes, recorder } = recorded();
        recorder.handle(Uint8Array.of(1), instant(1));
        recorder.handle("wake", instant(1_000_001));
        const replayed = replay(new Echo(), [...events, ""]);
        expect(replayed).toEqual(outcomes);
        expect(firstDifference(outcomes, replayed)).toBeUndefined();
    });

    it("says where it leaves the recording", () => {
        expect(firstDifference(["a", "b"], ["a", "c"])).toEqual({ line: 2, recorded: "b", replayed: "c" });
        expect(firstDifference(["a"], ["a", "b"])).toEqual({ line: 2, recorded: undefined, replayed: "b" });
    });
});

describe("a line of a recording", () => {
    it("gives back what was written", () => {
        const values = fc.letrec((tie) => ({
            value: fc.oneof(
                fc.constant(null),
                fc.integer(),
                fc.boolean(),
                fc.string(),
                fc.uint8Array(),
                fc.array(tie("value"), { maxLength: 4 }),
                fc.dictionary(fc.stringMatching(/^[a-z]+$/), tie("value"), { maxKeys: 4, noNullPrototype: true }),
            ),
        })).value;
        fc.assert(fc.property(values, (value) => void expect(readLine(writeLine(value))).toEqual(value)));
    });

    it("with bytes that are none is refused", () => {
        expect(() => readLine('{"$hex":"0"}')).toThrow(SyntaxError);
    });
});
