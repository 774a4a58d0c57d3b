import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DrainAnswer } from "../../core/supervise/control-messages.ts";
import { DrainDesk } from "./drain-desk.ts";

const REQUEST = { service: "web", server: "10.0.0.2", isUndone: false };
const REPLY = { type: "draining", service: "[web]:0", server: "[10.0.0.2]:tcp:80", weight: 0 } as const;

describe("an order to drain", () => {
    const questions: number[] = [];
    const answers: DrainAnswer[] = [];
    let works = true;
    let desk: DrainDesk;

    beforeEach(() => {
        questions.length = 0;
        answers.length = 0;
        works = true;
        desk = new DrainDesk((question) => {
            questions.push(question);
            return works;
        }, 20);
    });

    const order = () => desk.obey(REQUEST, (answer) => answers.push(answer));

    it("is answered with what the process says of just that one, once", () => {
        order();
        order();
        const [first = 0, second = 0] = questions;
        desk.heard(second, REPLY);
        expect(answers).toEqual([REPLY]);
        desk.heard(second, REPLY);
        desk.heard(first, { type: "unknown", reason: "nobody" });
        expect(answers.slice(1)).toEqual([{ type: "unknown", reason: "nobody" }]);
    });

    it.each([
        ["no process works", () => undefined, false],
        ["it ends", () => desk.lost(), true],
        ["it is silent", () => undefined, true],
    ])("is refused when %s", async (_, happens, isWorking) => {
        works = isWorking;
        order();
        happens();
        await vi.waitUntil(() => answers.length > 0, { timeout: 5_000 });
        expect(answers).toMatchObject([{ type: "refused" }]);
        desk.heard(questions[0] ?? 0, REPLY);
        expect(answers).toHaveLength(1);
    });
});
