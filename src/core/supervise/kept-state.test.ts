import { expect, it } from "vitest";
import { KeptState } from "./kept-state.ts";

it("takes news of some, and forgets those that a whole account leaves out", () => {
    const state = new KeptState<{ readonly name: string; readonly value: number }>();
    state.take(
        [
            { name: "A", value: 1 },
            { name: "B", value: 2 },
        ],
        true,
    );
    state.take([{ name: "B", value: 3 }], false);
    expect(state.snapshots).toEqual([
        { name: "A", value: 1 },
        { name: "B", value: 3 },
    ]);
    state.take([], false, ["A", "C"]);
    expect(state.snapshots).toEqual([{ name: "B", value: 3 }]);
    state.take([{ name: "B", value: 4 }], true);
    expect(state.snapshots).toEqual([{ name: "B", value: 4 }]);
});
