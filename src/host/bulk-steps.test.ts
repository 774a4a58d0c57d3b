import { expect, it } from "vitest";
import { BulkSteps } from "./bulk-steps.ts";

it("does one step at a time, in order, and all that is left when it has to", () => {
    const done: string[] = [];
    const steps = new BulkSteps();
    const add = (...names: readonly string[]) => steps.add(...names.map((name) => () => done.push(name)));
    expect(steps.step()).toBe(false);
    add("a", "b");
    expect([steps.step(), done.join("")]).toEqual([true, "a"]);
    add("c");
    steps.finish();
    expect([steps.step(), done.join("")]).toEqual([false, "abc"]);
});
