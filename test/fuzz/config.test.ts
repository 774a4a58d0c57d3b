// biome-ignore-all lint/suspicious/noTemplateCurlyInString: definitions are used like that.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rejected, success } from "../../src/core/base/result.ts";
import { root } from "../../src/core/config/blocks/root.ts";
import { diagnosticText } from "../../src/core/config/diagnostics-text.ts";
import type { FileTree } from "../../src/core/config/file-tree.ts";
import { type LoadedConfiguration, loadConfiguration } from "../../src/core/config/load.ts";
import type { AnyBlock } from "../../src/core/config/schema.ts";

const LIMITS = { lines: 5_000, characters: 2_000_000, lineLength: 4_096 };

/** Time for one property; what was found is printed with its seed. */
const BUDGET = 25_000;

function treeOf(files: readonly string[]): FileTree {
    return {
        read(path) {
            const text = files[Number(/^f(\d+)$/.exec(path)?.[1] ?? "-1")];
            return text === undefined ? rejected("missing") : success(text);
        },
        list: (folder) => (folder === "" ? files.map((_, index) => `f${index}`) : undefined),
    };
}

function load(files: readonly string[], limits = LIMITS): LoadedConfiguration {
    return loadConfiguration(["f0"], treeOf(files), { configId: "a", random: () => 0.5, limits });
}

/** Every keyword of the language, and the words of entries. */
function spellings(table: AnyBlock): string[] {
    return Object.entries(table.keywords).flatMap(([name, keyword]) => {
        const inner = keyword.kind === "block" ? spellings(keyword.table) : [];
        const options = keyword.kind === "value" || keyword.kind === "list" ? Object.keys(keyword.argument.options ?? {}) : [];
        return [name, ...inner, ...options];
    });
}

const KEYWORDS = [...new Set(spellings(root))];
const PIECES = ["{", "}", "\n", "\n", "\n", " ", "\t", '"', "'", "\\", "\\\n", "#", "!", "$A", "${A}", "${_RANDOM 1 9}", "${_ENV X}", "${"];
const STARTS = [
    "$A=",
    "$A=$A",
    "$B=$A $A",
    "$A= \\\n",
    "@a ",
    "@^a ",
    "@!b ",
    "~SEQ(A,1,9) ",
    "~SEQx(A,1,-1,9)",
    "~LST({A,B},{1,2}) ",
    "~SEQ(A,",
    "include f1",
    "include f*",
    "includea {f1,f2}",
];
const VALUES = [
    "0",
    "1",
    "-1",
    "255",
    "1.5",
    "1e9",
    "10.0.0.1",
    "10.0.0.1/24",
    "::1/64",
    "224.0.0.18",
    "eth0",
    "VI_1",
    "on",
    "MASTER",
    "\0",
    "\u00a0",
    "\ufeff",
    "\u4e2d",
    "\r",
];

const word = fc.oneof(
    fc.constantFrom(...KEYWORDS),
    fc.constantFrom(...VALUES),
    fc.constantFrom(...PIECES),
    fc.constantFrom(...STARTS),
    fc.string({ maxLength: 6 }),
);
const text = fc.array(word, { maxLength: 60 }).map((words) => words.join(" "));
const raw = fc.array(word, { maxLength: 60 }).map((words) => words.join(""));

function check(files: readonly string[]): void {
    const { diagnostics, configuration, sources } = load(files);
    for (const diagnostic of diagnostics) {
        expect(diagnosticText(diagnostic, { hasColours: false })).toContain(diagnostic.code);
        expect(diagnostic.place === undefined || diagnostic.place.line >= 1).toBe(true);
    }
    for (const instance of configuration.vrrp_instance) {
        expect(sources.locate(instance.at)).toBeDefined();
    }
}

describe("a configuration of any words", () => {
    it("is read to its end without an exception, and every diagnostic has its place", () => {
        fc.assert(fc.property(fc.array(fc.oneof(text, raw), { minLength: 1, maxLength: 3 }), check), {
            numRuns: 20_000,
            interruptAfterTimeLimit: BUDGET,
        });
    });

    it("of any characters too", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary", maxLength: 300 }), (one) => check([one])),
            {
                numRuns: 20_000,
                interruptAfterTimeLimit: BUDGET,
            },
        );
    });
});

describe("a hostile configuration", () => {
    const size = 100_000;
    const hostile: Readonly<Record<string, string>> = {
        "opening braces only": "{".repeat(size),
        "closing braces only": "}\n".repeat(size),
        "blocks without end": "vrrp_instance a {\n".repeat(size),
        "lists in lists": "virtual_ipaddress { ".repeat(size),
        "unknown words": "bogus x y z\n".repeat(size),
        "unknown blocks": "bogus {\n".repeat(size),
        "one endless line": "a ".repeat(size),
        "quotes without partner": '"a\n'.repeat(size),
        "quotes on one line": '"'.repeat(size),
        backslashes: 'a "\\"'.repeat(size / 10),
        dollars: "$".repeat(size),
        "open references": "${".repeat(size),
        "a definition that doubles": `$A=$A$A\n${"$A\n".repeat(size / 10)}`,
        "definitions that multiply lines": `${Array.from({ length: 40 }, (_, index) => `$A${index}= \\\n$A${index + 1} \\\n$A${index + 1}`).join("\n")}\n$A0`,
        "sequences of sequences": "~SEQ(A,1,9999) ~SEQ(B,1,9999) ~SEQ(C,1,9999) k",
        "an endless sequence": "~SEQ(A,1,999999999999) k",
        "conditions without end": "@a ".repeat(size),
        "many instances of one name": "vrrp_instance a {\n}\n".repeat(size / 10),
        "includes that multiply": "include f0\ninclude f1\ninclude f1\n",
        "alternatives that multiply": `include ${"{a,b}".repeat(50)}`,
        "a wildcard of stars": `include ${"*a".repeat(200)}b`,
    };

    it.each(Object.entries(hostile))(
        "of %s ends soon",
        (_, one) => {
            const start = performance.now();
            const { diagnostics } = load([one, "include f2\ninclude f2", "x\n".repeat(10), "a".repeat(200)], {
                ...LIMITS,
                lineLength: 2 * size,
            });
            expect(performance.now() - start).toBeLessThan(20_000);
            expect(diagnostics.length).toBeGreaterThan(0);
        },
        60_000,
    );
});
