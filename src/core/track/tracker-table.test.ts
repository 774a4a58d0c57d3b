import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trackerEffect } from "./tracker-effect.ts";
import type { TrackerStatus } from "./tracker-status.ts";
import { TrackerTable } from "./tracker-table.ts";
import type { TrackerUse } from "./tracker-use.ts";

const use = (name: string, weight = 0, kind: TrackerUse["kind"] = "script"): TrackerUse => ({ kind, name, weight, isReversed: false });
const UP: TrackerStatus = { type: "up" };
const DOWN: TrackerStatus = { type: "down" };

describe("a table of trackers", () => {
    it("tells those to whom news makes a difference, and nobody else", () => {
        const table = new TrackerTable<string>();
        table.enter("A", [use("x", -10)]);
        table.enter("B", [use("x", 10)]);
        table.enter("C", [use("y")]);
        expect(table.tell({ kind: "script", name: "x", status: UP })).toEqual(["B"]);
        expect(table.tell({ kind: "script", name: "x", status: UP })).toEqual([]);
        expect(table.tell({ kind: "script", name: "x", status: DOWN })).toEqual(["A", "B"]);
        expect(table.tell({ kind: "file", name: "x", status: DOWN })).toEqual([]);
        expect(table.standingOf("A")).toEqual({ weight: -10, isUnknown: false });
        expect(table.standingOf("nobody")).toEqual({ weight: 0, isUnknown: false });
    });

    it("names what fails, and knows what it has not heard of", () => {
        const table = new TrackerTable<string>();
        expect(table.enter("A", [use("x"), use("y")])).toEqual({ weight: 0, isUnknown: true });
        table.tell({ kind: "script", name: "y", status: DOWN });
        expect(table.standingOf("A")).toEqual({ weight: 0, isUnknown: true, failed: "script y" });
        table.tell({ kind: "script", name: "x", status: DOWN });
        table.tell({ kind: "script", name: "y", status: UP });
        expect(table.standingOf("A")).toEqual({ weight: 0, isUnknown: false, failed: "script x" });
    });

    it("takes an interface that nobody has told of for one that is not there", () => {
        const table = new TrackerTable<string>();
        expect(table.enter("A", [use("eth1", 0, "interface")])).toEqual({ weight: 0, isUnknown: false, failed: "interface eth1" });
    });

    it("takes a static address of which nobody has complained for one that stands", () => {
        const table = new TrackerTable<string>();
        expect(table.enter("A", [use("TG", 0, "static")])).toEqual({ weight: 0, isUnknown: false });
        expect(table.tell({ kind: "static", name: "TG", status: DOWN })).toEqual(["A"]);
        expect(table.standingOf("A").failed).toBe("static TG");
    });

    it("goes on with what was known when nothing is known any more", () => {
        const table = new TrackerTable<string>();
        table.enter("A", [use("x")]);
        table.tell({ kind: "script", name: "x", status: DOWN });
        expect(table.tell({ kind: "script", name: "x", status: { type: "unknown" } })).toEqual([]);
        expect(table.enter("B", [use("x")])).toMatchObject({ failed: "script x" });
    });

    it("forgets who has left", () => {
        const table = new TrackerTable<string>();
        table.enter("A", [use("x", 10)]);
        table.leave("A", [use("x", 10)]);
        expect(table.tell({ kind: "script", name: "x", status: UP })).toEqual([]);
        expect(table.standingOf("A").weight).toBe(0);
    });

    it("adopts what a predecessor knew, where nothing newer is known", () => {
        const table = new TrackerTable<string>();
        const uses = [use("x", 10), use("y", 10), use("eth1", 10, "interface")];
        table.enter("A", uses);
        table.tell({ kind: "script", name: "x", status: UP });
        table.tell({ kind: "interface", name: "eth1", status: UP });
        expect(table.adopt({ kind: "script", name: "x", status: DOWN })).toEqual([]);
        expect(table.adopt({ kind: "script", name: "y", status: UP })).toEqual(["A"]);
        expect(table.standingOf("A").weight).toBe(30);
        expect(table.newsOf(uses)).toEqual([
            { kind: "script", name: "x", status: UP },
            { kind: "script", name: "y", status: UP },
        ]);
    });

    it("comes to the same as adding everything up anew, whatever happened", () => {
        const names = ["a", "b", "c"];
        const status = fc.oneof(
            fc.constantFrom<TrackerStatus>(UP, DOWN),
            fc.integer({ min: -300, max: 300 }).map((value): TrackerStatus => ({ type: "value", value })),
        );
        const uses = fc.uniqueArray(
            fc.record({
                kind: fc.constant("file" as const),
                name: fc.constantFrom(...names),
                weight: fc.integer({ min: -254, max: 254 }),
                isReversed: fc.boolean(),
            }),
            { selector: ({ name }) => name },
        );
        fc.assert(
            fc.property(uses, fc.array(fc.tuple(fc.constantFrom(...names), status)), (tracked, news) => {
                const table = new TrackerTable<string>();
                table.enter("A", tracked);
                const last = new Map<string, TrackerStatus>();
                for (const [name, now] of news) {
                    table.tell({ kind: "file", name, status: now });
                    last.set(name, now);
                }
                const effects = tracked.map((one) => trackerEffect(one, last.get(one.name) ?? { type: "unknown" }));
                const standing = table.standingOf("A");
                expect(standing.weight).toBe(effects.reduce((sum, { weight }) => sum + weight, 0));
                expect(standing.failed !== undefined).toBe(effects.some(({ isFault }) => isFault));
                expect(standing.isUnknown).toBe(effects.some(({ isUnknown }) => isUnknown));
            }),
        );
    });
});
