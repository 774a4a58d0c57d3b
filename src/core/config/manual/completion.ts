import type { Completion, Keyword } from "../schema.ts";
import type { DocumentedBlock } from "./walk.ts";

/** What a shell or an editor needs to complete and explain keywords, as JSON: by block and keyword. */
export function completionData(blocks: readonly DocumentedBlock[]): string {
    const data = Object.fromEntries(
        blocks.map((block) => [
            block.path.join("/"),
            Object.fromEntries(block.rows.map(({ name, keyword, syntax }) => [name, item(keyword, syntax)])),
        ]),
    );
    return `${JSON.stringify(data, undefined, 1)}\n`;
}

function item(keyword: Keyword, syntax: string): Completion & { readonly syntax: string; readonly documentation: string } {
    const completion = keyword.kind === "value" || keyword.kind === "list" ? keyword.argument.completion : {};
    return { syntax, documentation: keyword.about.documentation, ...completion };
}
