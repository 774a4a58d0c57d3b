import { expect, test } from "vitest";
import { AsciiText } from "./ascii-text.ts";

test("parts of two texts are compared, whatever they are", () => {
    const one = new AsciiText(Buffer.from("the same words, and more"), 14);
    const other = new AsciiText(Buffer.from("not the same wards"), 18);
    expect([one.isSame(0, { text: other, at: 4 }, 10), one.isSame(0, { text: other, at: 4 }, 11)]).toEqual([true, false]);
    expect([one.isSame(4, { text: "same", at: 0 }, 4), one.isSame(4, { text: "some", at: 0 }, 4)]).toEqual([true, false]);
});

test("a text that is kept stays as it was when its file's room is used again, and gives its own room to the next one", () => {
    const room = Buffer.from("first one, and what was there before");
    const first = new AsciiText(room, 9).keep(undefined);
    room.write("next");
    expect([first.length, first.slice(0, 99), first.slice(6, 9)]).toEqual([9, "first one", "one"]);
    const next = new AsciiText(room, 4).keep(first);
    room.fill(0);
    expect(next.slice(0, 4)).toBe("next");
    expect(first.slice(0, 4)).toBe("next");
    const long = new AsciiText(Buffer.from("much longer than the first one"), 30).keep(next);
    expect([long.slice(25, 30), next.slice(0, 4)]).toEqual(["t one", "next"]);
});
