import { expect, it } from "vitest";
import { type TrackerEffect, trackerEffect } from "./tracker-effect.ts";
import type { TrackerStatus } from "./tracker-status.ts";

const NOTHING: TrackerEffect = { weight: 0, isFault: false, isUnknown: false };
const FAULT: TrackerEffect = { ...NOTHING, isFault: true };
const WAIT: TrackerEffect = { ...NOTHING, isUnknown: true };
const adds = (weight: number): TrackerEffect => ({ ...NOTHING, weight });
const number = (value: number): TrackerStatus => ({ type: "value", value });

it.each<[string, number, boolean, TrackerStatus, TrackerEffect]>([
    ["without weight, good is nothing", 0, false, { type: "up" }, NOTHING],
    ["without weight, bad is a fault", 0, false, { type: "down" }, FAULT],
    ["without weight, nobody knows yet", 0, false, { type: "unknown" }, WAIT],
    ["reversed, good is a fault", 0, true, { type: "up" }, FAULT],
    ["reversed, bad is nothing", 0, true, { type: "down" }, NOTHING],
    ["a positive weight counts while good", 20, false, { type: "up" }, adds(20)],
    ["a positive weight does not count while bad", 20, false, { type: "down" }, NOTHING],
    ["a positive weight does not count before anything is known", 20, false, { type: "unknown" }, NOTHING],
    ["a negative weight does not count while good", -20, false, { type: "up" }, NOTHING],
    ["a negative weight counts while bad", -20, false, { type: "down" }, adds(-20)],
    ["a negative weight does not count before anything is known", -20, false, { type: "unknown" }, NOTHING],
    ["a reversed positive weight is taken off while good", 20, true, { type: "up" }, adds(-20)],
    ["a reversed positive weight does not count while bad", 20, true, { type: "down" }, NOTHING],
    ["a reversed negative weight is added while bad", -20, true, { type: "down" }, adds(20)],
    ["a number counts as often as it weighs", 3, false, number(10), adds(30)],
    ["a negative number is taken off", 3, false, number(-10), adds(-30)],
    ["a reversed number counts the other way", 3, true, number(10), adds(-30)],
    ["nought is nothing", 3, true, number(0), NOTHING],
    ["a number adds 253 at most", 2, false, number(200), adds(253)],
    ["a number takes off 253 at most", 1, false, number(-253), adds(-253)],
    ["a number that takes off 254 is a fault", 1, false, number(-254), FAULT],
    ["and so is any below", 100, true, number(1_000), FAULT],
    ["without weight, any number but nought is a fault", 0, false, number(1), FAULT],
    ["without weight, nought is nothing", 0, false, number(0), NOTHING],
    ["reversed without weight, nought is a fault", 0, true, number(0), FAULT],
    ["reversed without weight, any other number is nothing", 0, true, number(-7), NOTHING],
])("%s", (_, weight, isReversed, status, expected) => {
    expect(trackerEffect({ weight, isReversed }, status)).toEqual(expected);
});
