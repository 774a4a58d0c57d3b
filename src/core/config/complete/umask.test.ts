import { expect, it } from "vitest";
import { completeUmask } from "./umask.ts";

it.each([
    ["022", 0o22],
    ["18", 0o22],
    ["0x12", 0o22],
    ["IXUSR|IRWXG|IRWXO", 0o177],
    ["irusr|IWOTH", 0o402],
    ["01000", undefined],
])("%s", (written, mask) => {
    expect(completeUmask(written)).toBe(mask);
});
