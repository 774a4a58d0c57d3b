import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { success } from "../base/result.ts";
import { type FileText, type FileTree, NO_FILES } from "./file-tree.ts";
import { type LoadedConfiguration, loadConfiguration, ReadingMemory } from "./load.ts";

const OPTIONS = { configId: "n", random: () => 0.5 };

/** Files whose texts hold until the next one is read, and those that were kept until their memory is given away. */
function treeOf(files: Readonly<Record<string, string>>): FileTree {
    let last: LentText | undefined;
    return {
        list: () => Object.keys(files),
        read: (path) => {
            if (files[path] === undefined) {
                return NO_FILES.read(path);
            }
            last?.end();
            last = new LentText(files[path]);
            return success(last);
        },
    };
}

class LentText implements FileText {
    readonly #text: string;
    #hasEnded = false;

    constructor(text: string) {
        this.#text = text;
    }

    get length(): number {
        return this.#text.length;
    }

    slice(start: number, end: number): string {
        if (this.#hasEnded) {
            throw new Error("this text is somebody else's by now");
        }
        return this.#text.slice(start, end);
    }

    keep(former: FileText | undefined): LentText {
        (former as LentText | undefined)?.end();
        return new LentText(this.#text);
    }

    end(): void {
        this.#hasEnded = true;
    }
}

function load(files: Readonly<Record<string, string>>, memory?: ReadingMemory): LoadedConfiguration {
    return loadConfiguration(["a"], treeOf(files), OPTIONS, memory);
}

function service(number: number, weight = 1): string {
    return `virtual_server 10.0.0.${number} 80 {\n    protocol TCP\n    real_server 10.1.0.${number} 80 {\n        weight ${weight}\n    }\n}\n`;
}

/** What was read first, and what is read then of a changed text with and without memory of the first. */
function reread(before: string, after: string, more: Readonly<Record<string, string>> = {}) {
    const memory = new ReadingMemory();
    const first = load({ ...more, a: before }, memory);
    return { first, again: load({ ...more, a: after }, memory), fresh: load({ ...more, a: after }) };
}

/** That nobody can tell the difference. */
function expectSame(again: LoadedConfiguration, fresh: LoadedConfiguration): void {
    expect(again.completed).toEqual(fresh.completed);
    expect(again.diagnostics).toEqual(fresh.diagnostics);
    expect(again.unacted).toEqual(fresh.unacted);
    expect(again.configuration.virtual_server.map(({ at }) => at)).toEqual(fresh.configuration.virtual_server.map(({ at }) => at));
}

describe("reading again what has changed", () => {
    test("gives the same objects for all that stands as it did, and what is written for the rest", () => {
        const { first, again, fresh } = reread(service(1) + service(2) + service(3), service(1) + service(2, 7) + service(3));
        expectSame(again, fresh);
        const same = again.completed.virtualServers.map((server, index) => server === first.completed.virtualServers[index]);
        expect(same).toEqual([true, false, true]);
        expect(again.completed.virtualServers[1]?.realServers[0]?.weight).toBe(7);
    });

    test("tells again of keywords that are not acted upon", () => {
        const named = service(1).replace("    protocol", "    snmp_name a\n    protocol");
        const { again, fresh } = reread(named + service(2), named + service(2, 7));
        expectSame(again, fresh);
        expect(again.unacted).toEqual(["virtual_server/snmp_name"]);
    });

    test("knows what has moved", () => {
        const { first, again, fresh } = reread(service(1) + service(2), `\n# new\n${service(3)}${service(1)}${service(2)}`);
        expectSame(again, fresh);
        expect(again.completed.virtualServers.slice(1)).toEqual(first.completed.virtualServers);
        expect(again.completed.virtualServers[1]).toBe(first.completed.virtualServers[0]);
    });

    test.each([
        ["another meaning of all", "global_defs {\n    checker_log_all_failures\n}\n", "global_defs {\n}\n"],
        ["a mistake before them", "", "global_defs {\n    rooter_id x\n}\n"],
        ["a brace too few before them", "", "global_defs {\n"],
    ])("reads everything again after %s", (_what, before, after) => {
        const check = service(1).replace("weight 1", "TCP_CHECK {\n}");
        const { first, again, fresh } = reread(before + check, after + check);
        expectSame(again, fresh);
        expect(again.configuration.virtual_server[0]).not.toBe(first.configuration.virtual_server[0]);
    });

    test("complains again of what was complained of", () => {
        const odd = service(1).replace("protocol TCP\n", "\n");
        const { again, fresh } = reread(odd + service(2), odd + service(2, 3));
        expectSame(again, fresh);
        expect(again.diagnostics.map(({ code }) => code)).toEqual(["no-protocol"]);
    });

    test.each([
        ["a definition", "$W=7\n", service(1).replace("weight 1", "weight $W")],
        ["a word that grows into an include", "include", service(1)],
    ])("reads a file anew that has come to hold %s", (_what, before, rest) => {
        const memory = new ReadingMemory();
        const files = { b: service(8) };
        const texts = [`# \n${service(2)}${service(1)}`, `# \n${service(2)}${before}${rest}`, `# \n${service(2)}${before} b\n${rest}`];
        for (const a of [...texts, ...texts.toReversed()]) {
            expectSame(load({ ...files, a }, memory), load({ ...files, a }));
        }
    });

    test("knows the blocks of included files", () => {
        const { first, again, fresh } = reread("include b\n", "# more\ninclude b\n", { b: service(1) + service(2) });
        expectSame(again, fresh);
        expect(again.completed.virtualServers[0]).toBe(first.completed.virtualServers[0]);
    });

    test("reads a long text in parts, of which no block is lost", () => {
        const text = Array.from({ length: 250 }, (_, index) => service(index)).join("");
        const { first, again, fresh } = reread(text, text.replace("10.0.0.200", "10.0.1.200"));
        expectSame(again, fresh);
        const known = again.completed.virtualServers.filter((server, index) => server === first.completed.virtualServers[index]);
        expect(known.length).toBe(249);
    });

    test("reads a line that is longer than a part", () => {
        const text = `${service(1)}# ${"x".repeat(50_000)}\n${service(2)}`;
        const { again, fresh } = reread(text, text.replace("10.0.0.2", "10.0.1.2"));
        expectSame(again, fresh);
        expect(again.completed.virtualServers.length).toBe(2);
    });

    test("differs from reading everything in nothing, whatever is edited", () => {
        const pieces = [
            "{",
            "}",
            "\n",
            "#",
            " ",
            '"',
            "weight 5",
            service(9),
            "virtual_server 10.0.0.1 80 {",
            "include b\n",
            "\ninclude b\ninclude b\n",
            "}}",
            "$A",
            "persistence_timeout 5",
        ];
        const edit = fc.record({ at: fc.nat(700), remove: fc.oneof(fc.constant(0), fc.nat(40)), insert: fc.constantFrom("", ...pieces) });
        const text =
            `router_id\nglobal_defs {\n}\n${service(1)}\n${service(2).replace("protocol TCP", "persistence_timeout 7")}${service(3)}# end\n${service(4)}`.slice(
                10,
            );
        fc.assert(
            fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
                const memory = new ReadingMemory();
                let now = text;
                load({ a: now, b: service(8) }, memory);
                for (const { at, remove, insert } of edits) {
                    now = now.slice(0, at) + insert + now.slice(at + remove);
                    expectSame(load({ a: now, b: service(8) }, memory), load({ a: now, b: service(8) }));
                }
            }),
            { numRuns: 500 },
        );
    });
});
