import { expect, it } from "vitest";
import { globalDefs } from "../blocks/global-defs.ts";
import { readForTest } from "../test-reader.ts";
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

// Given a mask that is none. When it is read. Then that is told: it must not come to withhold less than was meant.
it.each([
    ["0999", "malformed"],
    ["08", "malformed"],
    ["0x", "malformed"],
    ["01000", "out-of-range"],
    ["512", "out-of-range"],
    ["0x200|IRWXG", "out-of-range"],
])("refuses %s", (written, code) => {
    const { value, complaints } = readForTest(globalDefs, `umask ${written}`);
    expect(complaints).toMatchObject([{ code }]);
    expect(value.umask).toBeUndefined();
});

it.each(["0", "0777", "511", "0x1ff", "irusr|IRWXO"])("takes %s as it is written", (written) => {
    expect(readForTest(globalDefs, `umask ${written}`)).toMatchObject({ value: { umask: written }, complaints: [] });
});
