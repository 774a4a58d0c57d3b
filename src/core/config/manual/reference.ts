import type { ReloadEffect } from "../schema.ts";
import { acts, type DocumentedBlock, type DocumentedEntries, headSyntax, type Row } from "./walk.ts";

const RELOAD_WORDS: Readonly<Record<ReloadEffect, string>> = {
    applied: "taken over",
    "restarts-object": "starts its block anew",
    "next-start": "from the next start on",
    "refuses-reload": "the reload is refused",
};

/** The page of one outermost block with everything inside it, in Markdown. */
export function referencePage(title: string, blocks: readonly DocumentedBlock[]): string {
    return `${[`# ${title}`, GENERATED, ...blocks.map((block) => blockSection(block))].join("\n\n")}\n`;
}

/** Says that nobody should edit the file. */
export const GENERATED = "<!-- Generated from the tables in src/core/config/blocks: do not edit. -->";

function blockSection(block: DocumentedBlock): string {
    const heading = block.path.length > 1 ? [`## ${block.path.slice(1).join(" / ")}`] : [];
    const opening =
        block.path.length === 0
            ? []
            : [`\`${[block.path.at(-1), headSyntax(block.table), "{ … }"].filter((part) => part !== "").join(" ")}\``];
    return [...heading, block.table.documentation, ...opening, rowTable(block.rows), ...block.entries.map(entrySection)].join("\n\n");
}

function entrySection(entries: DocumentedEntries): string {
    const places = entries.syntax === "" ? "" : ` \`${entries.syntax}\`, then`;
    return [
        `### Entries of ${entries.lists.map((name) => `\`${name}\``).join(", ")}`,
        `One a line:${places} any of these words.`,
        rowTable(entries.rows),
    ].join("\n\n");
}

function rowTable(rows: readonly Row[]): string {
    const head = "| keyword | arguments | what it is for | default | at reload | status |\n|---|---|---|---|---|---|";
    return [head, ...rows.map(tableRow)].join("\n");
}

function tableRow(row: Row): string {
    const cells = [
        `\`${row.name}\``,
        row.syntax === "" ? "" : `\`${row.syntax}\``,
        explanation(row),
        row.default ?? "",
        RELOAD_WORDS[row.about.reload ?? "applied"],
        acts(row) ? "acts" : "read",
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** What a keyword is for, and since when and by which other names it is known. */
export function explanation({ about }: Row): string {
    const remarks = [
        about.deprecated === undefined ? "" : `Deprecated: ${about.deprecated}.`,
        about.aliases === undefined ? "" : `Also \`${about.aliases.join("`, `")}\`.`,
        about.deprecatedAliases === undefined ? "" : `Formerly \`${about.deprecatedAliases.join("`, `")}\`.`,
        about.since === undefined ? "" : `Since Keepalived ${about.since}.`,
    ];
    return [about.documentation, ...remarks].filter((part) => part !== "").join(" ");
}
