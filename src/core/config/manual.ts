import { completionData } from "./manual/completion.ts";
import { coveragePage } from "./manual/coverage.ts";
import { manPage } from "./manual/man-page.ts";
import { GENERATED, referencePage } from "./manual/reference.ts";
import { type DocumentedBlock, walkBlocks } from "./manual/walk.ts";
import type { AnyBlock } from "./schema.ts";

/** All documents that are made from the tables: path below `docs` → contents. */
export function documentsOf(root: AnyBlock): ReadonlyMap<string, string> {
    const blocks = walkBlocks(root);
    const pages = new Map([["reference/top-level.md", referencePage("Outside of all blocks", blocks.slice(0, 1))]]);
    const titles = [...new Set(blocks.slice(1).map((block) => block.path[0] ?? ""))];
    for (const title of titles) {
        pages.set(
            `reference/${title}.md`,
            referencePage(
                title,
                blocks.filter((block) => block.path[0] === title),
            ),
        );
    }
    return new Map([
        ...pages,
        ["reference/README.md", indexPage(titles, blocks)],
        ["reference/coverage.md", coveragePage(blocks)],
        ["reference/completion.json", completionData(blocks)],
        ["man/holdfast.conf.5", manPage(blocks)],
    ]);
}

function indexPage(titles: readonly string[], blocks: readonly DocumentedBlock[]): string {
    const documentation = (title: string): string =>
        blocks.find((block) => block.path.length === 1 && block.path[0] === title)?.table.documentation ?? "";
    const lines = [
        "- [Outside of all blocks](top-level.md)",
        ...titles.map((title) => `- [${title}](${title}.md): ${documentation(title)}`),
        "- [Coverage](coverage.md): which keywords act, and which are only read so far.",
    ];
    return `${["# Reference of the configuration language", GENERATED, lines.join("\n")].join("\n\n")}\n`;
}
