import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ip } from "../../balance/test-bench.ts";
import type { AgentProbe } from "../../service/probe/agent-probe.ts";
import type { Outcome } from "../outcome.ts";
import { AgentConversation } from "./agent-conversation.ts";

const PROBE: AgentProbe = { kind: "agent", endpoint: { address: ip("10.0.0.2"), port: 9_000, mark: 0 } };

function heard(...words: readonly string[]): Outcome | undefined {
    const conversation = new AgentConversation(PROBE);
    return words.map((word) => conversation.received(Buffer.from(word, "latin1")).outcome).at(-1);
}

function share(percent: number): Outcome {
    return { type: "success", adjustment: { type: "share", percent } };
}

function failed(reason: string): Outcome {
    return { type: "failure", reason };
}

describe("an agent", () => {
    it.each<[string, Outcome]>([
        ["up\n", { type: "success" }],
        ["ready\r\n", { type: "success" }],
        ["UP\n", { type: "success" }],
        ["75%\n", share(75)],
        ["up 50% maxconn:30\n", share(50)],
        ["ready,150%\n", share(150)],
        ["0%\n", share(0)],
        ["drain\n", share(0)],
        ["up drain 50%\n", share(0)],
        ["down\n", failed("the agent says down")],
        ["up\tmaint\n", failed("the agent says maint")],
        ["stopped#for lunch: back at 2\n", failed("the agent says stopped: for lunch: back at 2")],
        ["failed # disk\u0007\n", failed("the agent says failed: disk?")],
        ["\n", { type: "impossible", reason: "the agent says nothing" }],
        ["HTTP/1.1 400\n", { type: "impossible", reason: "the agent says 'HTTP/1.1 400'" }],
        ["x".repeat(2_000), { type: "impossible", reason: "the agent says a line without end" }],
    ])("that says %j", (line, expected) => {
        expect(heard(line)).toEqual(expected);
    });

    it("may take its time, and may leave in place of ending its line", () => {
        expect(heard("do", "wn", "\n")).toEqual(failed("the agent says down"));
        expect(heard("do")).toBeUndefined();
        const conversation = new AgentConversation(PROBE);
        conversation.received(Buffer.from("25%"));
        expect(conversation.ended()).toEqual({ outcome: share(25) });
        expect(new AgentConversation(PROBE).ended()).toMatchObject({ outcome: { type: "impossible" } });
    });

    it("is greeted with what is to be sent", () => {
        expect(new AgentConversation(PROBE).opened()).toEqual({});
        expect(new AgentConversation({ ...PROBE, request: "hi\n" }).opened()).toEqual({ send: Uint8Array.from(Buffer.from("hi\n")) });
    });

    it("may say what it likes", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array()), (words) => words.every((word) => heard(Buffer.from(word).toString("latin1")) !== null)),
        );
    });
});
