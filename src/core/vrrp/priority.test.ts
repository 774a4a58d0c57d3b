import { expect, it } from "vitest";
import { effectivePriority } from "./priority.ts";

it.each([
    [100, 0, 100],
    [100, 50, 150],
    [100, -99, 1],
    [100, -100, 1],
    [100, -1_000, 1],
    [100, 154, 254],
    [100, 155, 254],
    [1, 0, 1],
    [254, 1, 254],
    [255, -254, 255],
    [255, 10, 255],
])("%i and %i make %i", (configured, weight, expected) => {
    expect(effectivePriority(configured, weight)).toBe(expected);
});
