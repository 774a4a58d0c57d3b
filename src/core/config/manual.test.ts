import { describe, expect, it } from "vitest";
import { integer } from "./arguments/numbers.ts";
import { text } from "./arguments/words.ts";
import { documentsOf } from "./manual.ts";
import { block, flag, keyword, list, subBlocks } from "./schema.ts";

const colour = block({
    documentation: "One colour.",
    head: { name: text("NAME") },
    keywords: {
        depth: keyword(integer({ minimum: 1, maximum: 9 }), {
            documentation: "How deep it is.",
            default: 3,
            since: "2.2.0",
            aliases: ["deepness"],
            reload: "restarts-object",
            status: "acts",
        }),
        bright: flag({ documentation: "Shines." }),
        shades: list(text("A|B"), { documentation: "Its shades." }),
    },
});
const documents = documentsOf(
    block({ documentation: "Everything.", keywords: { colour: subBlocks(colour, { documentation: "A colour.", status: "acts" }) } }),
);

describe("the documents", () => {
    it("are one page a block, an index, coverage, completion and the manual page", () => {
        expect([...documents.keys()].sort()).toEqual([
            "man/holdfast.conf.5",
            "reference/README.md",
            "reference/colour.md",
            "reference/completion.json",
            "reference/coverage.md",
            "reference/top-level.md",
        ]);
    });

    it("tell all that a table says of a keyword", () => {
        expect(documents.get("reference/colour.md")).toContain(
            "| `depth` | `N 1..9` | How deep it is. Also `deepness`. Since Keepalived 2.2.0. | 3 | starts its block anew | acts |",
        );
        expect(documents.get("reference/colour.md")).toContain("| `shades` | `{ A\\|B … }` | Its shades. |  | taken over | read |");
    });

    it("count what acts and name what is only read", () => {
        expect(documents.get("reference/coverage.md")).toContain("| `colour` | 1 | 2 | 3 |");
        expect(documents.get("reference/coverage.md")).toContain("**`colour`**: `bright`, `shades`");
    });

    it("escape what roff would take for itself", () => {
        expect(documents.get("man/holdfast.conf.5")).toContain(
            '.BI "depth " "N 1..9"\nHow deep it is. Also deepness. Since Keepalived 2.2.0. Default: 3.',
        );
    });
});
