import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfiguration } from "../../src/core/config/load.ts";
import { DiskFiles } from "../../src/io/files/disk-files.ts";
import { type Comparison, compare, corpusNumbers } from "./comparison.ts";
import { corpusFolder } from "./corpus-folder.ts";
import { agreesOnAcceptance, differencesPage, unexplained } from "./differences.ts";
import { EXIT_REASONS } from "./reasons.ts";

const folder = corpusFolder();
const root = resolve(import.meta.dirname, "../..");

/** Far above what the slowest file takes: this is about hanging, not about speed. */
const HANGS = 60_000;

if (folder === undefined) {
    console.warn("SKIPPED: the corpus of real configurations is not here. Set HOLDFAST_CORPUS to its folder.");
}

describe.skipIf(folder === undefined)("the corpus of real configurations", () => {
    const comparisons: Comparison[] = [];
    const numbers = folder === undefined ? [] : corpusNumbers(folder);

    it.each(numbers)(
        "%s is read to its end, and every complaint of Keepalived's has one of ours or a reason",
        (number) => {
            const comparison = compare(folder as string, number);
            comparisons.push(comparison);
            expect(comparison.duration).toBeLessThan(HANGS);
            expect(unexplained(comparison)).toEqual([]);
            expect(agreesOnAcceptance(comparison) || EXIT_REASONS[number] !== undefined).toBe(true);
        },
        HANGS,
    );

    it("differs as the page of differences says", () => {
        expect(differencesPage(comparisons)).toBe(readFileSync(join(root, "docs/guide/corpus-differences.md"), "utf8"));
    });

    it("has no reason for a file that needs none", () => {
        const needed = comparisons.filter((comparison) => !agreesOnAcceptance(comparison)).map(({ number }) => number);
        expect(needed).toEqual(Object.keys(EXIT_REASONS).sort());
    });
});

const examples = resolve(root, "../shared/examples");

describe.skipIf(!existsSync(examples))("operators' own set-ups", () => {
    const names = existsSync(examples) ? readdirSync(examples).filter((name) => name.endsWith(".conf")) : [];

    it.each(names)("%s runs: nothing but advice is said, and its virtual router is there", (name) => {
        const { diagnostics, completed } = loadConfiguration([join(examples, name)], new DiskFiles(), {
            configId: "host",
            random: () => 0.5,
        });
        expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
        expect(completed.routers).toHaveLength(1);
    });
});
