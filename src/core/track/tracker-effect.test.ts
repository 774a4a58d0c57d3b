import { expect, it } from "vitest";
import { type TrackerEffect, trackerEffect } from "./tracker-effect.ts";
import type { TrackerStatus } from "./tracker-status.ts";

const NOTHING: TrackerEffect = { weight: 0, isFault: false, isUnknown: false };
const FAULT: TrackerEffect = { ...NOTHING, isFault: true };
const WAIT: TrackerEffect = { ...NOTHING, isUnknown: true };
const adds = (weight: number): TrackerEffect => ({ ...NOTHING, weight });
const number = (value: number): TrackerStatus => ({ type: "value", value });

it.each<[string, Parameters<typeof trackerEffect>[0], TrackerStatus, TrackerEffect]>([
    ["without weight, good is nothing", { weight: 0, isReversed: false }, { type: "up" }, NOTHING],
    ["without weight, bad is a fault", { weight: 0, isReversed: false }, { type: "down" }, FAULT],
    ["without weight, nobody knows yet", { weight: 0, isReversed: false }, { type: "unknown" }, WAIT],
    ["reversed, good is a fault", { weight: 0, isReversed: true }, { type: "up" }, FAULT],
    ["reversed, bad is nothing", { weight: 0, isReversed: true }, { type: "down" }, NOTHING],
    ["a positive weight counts while good", { weight: 20, isReversed: false }, { type: "up" }, adds(20)],
    ["a positive weight does not count while bad", { weight: 20, isReversed: false }, { type: "down" }, NOTHING],
    ["a positive weight does not count before anything is known", { weight: 20, isReversed: false }, { type: "unknown" }, NOTHING],
    ["a negative weight does not count while good", { weight: -20, isReversed: false }, { type: "up" }, NOTHING],
    ["a negative weight counts while bad", { weight: -20, isReversed: false }, { type: "down" }, adds(-20)],
    ["a negative weight does not count before anything is known", { weight: -20, isReversed: false }, { type: "unknown" }, NOTHING],
    ["a reversed positive weight is taken off while good", { weight: 20, isReversed: true }, { type: "up" }, adds(-20)],
    ["a reversed positive weight does not count while bad", { weight: 20, isReversed: true }, { type: "down" }, NOTHING],
    ["a reversed negative weight is added while bad", { weight: -20, isReversed: true }, { type: "down" }, adds(20)],
    ["a number counts as often as it weighs", { weight: 3, isReversed: false }, number(10), adds(30)],
    ["a negative number is taken off", { weight: 3, isReversed: false }, number(-10), adds(-30)],
    ["a reversed number counts the other way", { weight: 3, isReversed: true }, number(10), adds(-30)],
    ["nought is nothing", { weight: 3, isReversed: true }, number(0), NOTHING],
    ["a number adds 253 at most", { weight: 2, isReversed: false }, number(200), adds(253)],
    ["a number takes off 253 at most", { weight: 1, isReversed: false }, number(-253), adds(-253)],
    ["a number that takes off 254 is a fault", { weight: 1, isReversed: false }, number(-254), FAULT],
    ["and so is any below", { weight: 100, isReversed: true }, number(1_000), FAULT],
    ["without weight, any number but nought is a fault", { weight: 0, isReversed: false }, number(1), FAULT],
    ["without weight, nought is nothing", { weight: 0, isReversed: false }, number(0), NOTHING],
    ["reversed without weight, nought is a fault", { weight: 0, isReversed: true }, number(0), FAULT],
    ["reversed without weight, any other number is nothing", { weight: 0, isReversed: true }, number(-7), NOTHING],
])("%s", (_, use, status, expected) => {
    expect(trackerEffect(use, status)).toEqual(expected);
});
