import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Instant, instant, seconds } from "../base/instant.ts";
import type { ScriptOutcome } from "./script-command.ts";
import { type ScriptJob, type ScriptQueueEffect, ScriptQueues } from "./script-queues.ts";

const GOOD: ScriptOutcome = { type: "exit", status: 0 };

function at(second: number): Instant {
    return instant(second * 1e6);
}

function job(receipt: number, subject = "INSTANCE V"): ScriptJob {
    return { receipt, subject, occasion: "notify of V", command: { path: "/n", words: ["/n", String(receipt)] } };
}

function queues(mostRuns = 8): ScriptQueues {
    return new ScriptQueues({ mostRuns, patience: seconds(60) });
}

function started(effects: readonly ScriptQueueEffect[]): readonly number[] {
    return effects.flatMap((effect) => (effect.type === "run" ? [effect.job.receipt] : []));
}

function signals(effects: readonly ScriptQueueEffect[]): readonly string[] {
    return effects.flatMap((effect) => (effect.type === "signal" ? [`${effect.receipt} ${effect.signal}`] : []));
}

describe("scripts that wait for their turn", () => {
    it("run one after the other for one subject, and beside each other for several", () => {
        const machine = queues();
        expect(started(machine.handle({ type: "add", job: job(1) }, at(0)))).toEqual([1]);
        expect(started(machine.handle({ type: "add", job: job(2) }, at(0)))).toEqual([]);
        expect(started(machine.handle({ type: "add", job: job(3, "INSTANCE W") }, at(0)))).toEqual([3]);
        expect(machine.handle({ type: "ended", receipt: 1, outcome: { type: "exit", status: 3 }, output: ["no"] }, at(1))).toEqual([
            { type: "log", level: "info", text: "notify of V: | no" },
            { type: "log", level: "warning", text: "notify of V: /n 1 exited with status 3" },
            { type: "done", receipt: 1 },
            { type: "run", job: job(2) },
        ]);
        machine.handle({ type: "ended", receipt: 2, outcome: GOOD, output: [] }, at(1));
        expect(machine.open).toBe(1);
        machine.handle({ type: "ended", receipt: 3, outcome: { type: "not-started", code: "ENOENT" }, output: [] }, at(1));
        expect(machine.open).toBe(0);
    });

    it("may run as long as they like while nobody waits, and are ended when somebody does", () => {
        const machine = queues();
        machine.handle({ type: "add", job: job(1) }, at(0));
        expect(machine.wakeAt).toBeUndefined();
        machine.handle({ type: "add", job: job(2) }, at(10));
        expect(machine.wakeAt).toBe(at(60));
        expect(signals(machine.handle({ type: "wake" }, at(59)))).toEqual([]);
        expect(signals(machine.handle({ type: "wake" }, at(60)))).toEqual(["1 terminate"]);
        expect(signals(machine.handle({ type: "wake" }, at(62)))).toEqual(["1 kill"]);
        expect(started(machine.handle({ type: "ended", receipt: 1, outcome: { type: "signal", signal: 9 }, output: [] }, at(62)))).toEqual([
            2,
        ]);
    });

    it("are ended at once when a successor comes to one that has run for long", () => {
        const machine = queues();
        machine.handle({ type: "add", job: job(1) }, at(0));
        machine.handle({ type: "add", job: job(2) }, at(100));
        expect(machine.wakeAt).toBe(at(100));
    });

    it("are ended in time when the daemon stops, those that come then too", () => {
        const machine = queues();
        machine.handle({ type: "add", job: job(1) }, at(0));
        machine.handle({ type: "stop", patience: seconds(2) }, at(5));
        machine.handle({ type: "add", job: job(2, "INSTANCE W") }, at(5));
        expect(signals(machine.handle({ type: "wake" }, at(7)))).toEqual(["1 terminate", "2 terminate"]);
    });

    // Whatever comes and ends in whatever order: never two of a subject at once, all in their order, none lost, never more than allowed.
    it("hold their promises under any load", () => {
        const step = fc.oneof(
            fc.record({ type: fc.constant("add" as const), subject: fc.integer({ min: 0, max: 4 }) }),
            fc.record({ type: fc.constant("end" as const), which: fc.nat(20) }),
        );
        fc.assert(
            fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
                const trial = new Trial();
                for (const one of steps) {
                    if (one.type === "add") {
                        trial.add(`S${one.subject}`);
                    } else {
                        trial.end(one.which);
                    }
                }
                trial.finish();
            }),
        );
    });
});

class Trial {
    readonly #machine = queues(3);
    readonly #running: ScriptJob[] = [];
    readonly #finished: ScriptJob[] = [];
    #added = 0;

    add(subject: string): void {
        this.#added++;
        this.#take(this.#machine.handle({ type: "add", job: job(this.#added, subject) }, at(0)));
    }

    end(which: number): void {
        const [ended] = this.#running.splice(which % Math.max(this.#running.length, 1), 1);
        if (ended !== undefined) {
            this.#finished.push(ended);
            this.#take(this.#machine.handle({ type: "ended", receipt: ended.receipt, outcome: GOOD, output: [] }, at(0)));
        }
    }

    finish(): void {
        while (this.#running.length > 0) {
            this.end(0);
        }
        expect(this.#machine.open).toBe(0);
        expect(this.#finished).toHaveLength(this.#added);
        for (const subject of new Set(this.#finished.map((one) => one.subject))) {
            const order = this.#finished.filter((one) => one.subject === subject).map(({ receipt }) => receipt);
            expect(order).toEqual(order.toSorted((left, right) => left - right));
        }
    }

    #take(effects: readonly ScriptQueueEffect[]): void {
        this.#running.push(...effects.flatMap((effect) => (effect.type === "run" ? [effect.job] : [])));
        expect(this.#running.length).toBeLessThanOrEqual(3);
        expect(new Set(this.#running.map(({ subject }) => subject)).size).toBe(this.#running.length);
    }
}
