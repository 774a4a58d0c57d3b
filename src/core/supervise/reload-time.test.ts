import { expect, it } from "vitest";
import { parseReloadTime } from "./reload-time.ts";

it.each([
    ["03:04:05", { hour: 3, minute: 4, second: 5, isUtc: false }],
    ["03:04:05Z\n", { hour: 3, minute: 4, second: 5, isUtc: true }],
    ["26-11-21 23:59:59", { date: { year: 2026, month: 11, day: 21 }, hour: 23, minute: 59, second: 59, isUtc: false }],
    ["2028-02-29 00:00:00Z", { date: { year: 2028, month: 2, day: 29 }, hour: 0, minute: 0, second: 0, isUtc: true }],
])("reads %j", (text, time) => {
    expect(parseReloadTime(text)).toEqual(time);
});

it.each(["", "24:00:00", "12:60:00", "12:00:61", "1:2:3", "2027-02-29 12:00:00", "2026-13-01 12:00:00", "2026-00-10 12:00:00", "tomorrow"])(
    "does not read %j",
    (text) => {
        expect(parseReloadTime(text)).toBeUndefined();
    },
);
