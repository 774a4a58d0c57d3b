import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AnyBlock, Keyword } from "../schema.ts";
import { addressEntry } from "./address-entry.ts";
import { root } from "./root.ts";
import { routeEntry } from "./route-entry.ts";
import { ruleEntry } from "./rule-entry.ts";

/** What stands in the list of facts for words that a table knows by their place. */
const BY_PLACE = new Set(["IPADDR[/MASK]", "DESTINATION", "default", "IPADDR[/MASK|-RANGE]"]);

const FACTS = readFileSync(new URL("./known-keywords.tsv", import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t") as [string, string]);

function spellings(keywords: Readonly<Record<string, Keyword>>): ReadonlySet<string> {
    const names = Object.entries(keywords).flatMap(([name, { about }]) => [
        name,
        ...(about.aliases ?? []),
        ...(about.deprecatedAliases ?? []),
    ]);
    return new Set(names);
}

/** All tables by the names of the list: a block within another is known by its own name, or where that is not unique with the outer one's. */
function tablesOf(block: AnyBlock, path: string, found: Map<string, ReadonlySet<string>>): Map<string, ReadonlySet<string>> {
    found.set(path, spellings(block.keywords));
    for (const [name, keyword] of Object.entries(block.keywords)) {
        if (keyword.kind === "block") {
            const isNested = ["authentication", "auth_hmac", "url", "host"].includes(name);
            for (const spelling of [name, ...(keyword.about.deprecatedAliases ?? [])]) {
                tablesOf(keyword.table, isNested ? `${path}/${spelling}` : spelling, found);
            }
        }
    }
    return found;
}

const TABLES = tablesOf(root, "root", new Map())
    .set("address-entry", spellings(addressEntry.options ?? {}))
    .set("route-entry", spellings(routeEntry.options ?? {}))
    .set("rule-entry", spellings(ruleEntry.options ?? {}))
    .set("virtual_server_group", new Set(["fwmark"]));

describe("the tables", () => {
    it("know every block of the language", () => {
        const missing = [...new Set(FACTS.map(([block]) => block))].filter((block) => !TABLES.has(block));
        expect(missing).toEqual([]);
    });

    it(`know all ${FACTS.length} keywords of the language`, () => {
        const missing = FACTS.filter(([block, keyword]) => !BY_PLACE.has(keyword) && !TABLES.get(block)?.has(keyword));
        expect(missing).toEqual([]);
    });

    it("say in one line what each keyword is for", () => {
        const bad: string[] = [];
        const visit = (block: AnyBlock): void => {
            for (const [name, keyword] of Object.entries(block.keywords)) {
                if (!/^[A-Z`].{5,170}\.$/.test(keyword.about.documentation)) {
                    bad.push(name);
                }
                if (keyword.kind === "block") {
                    visit(keyword.table);
                }
            }
        };
        visit(root);
        expect(bad).toEqual([]);
    });
});
