import { explanation } from "./reference.ts";
import { type DocumentedBlock, headSyntax, type Row } from "./walk.ts";

/** The manual page of the configuration file in roff: `man 5 holdfast.conf`. */
export function manPage(blocks: readonly DocumentedBlock[]): string {
    return `${[...OPENING, ...blocks.flatMap(section), ...CLOSING].join("\n")}\n`;
}

const OPENING = [
    '.\\" Generated from the tables in src/core/config/blocks: do not edit.',
    '.TH HOLDFAST.CONF 5 "" "Holdfast" "File formats"',
    ".SH NAME",
    "holdfast.conf, keepalived.conf \\- configuration of Holdfast",
    ".SH DESCRIPTION",
    "Words at the start of a line are keywords; what follows belongs to them.",
    "Braces hold blocks, and lists with one entry a line.",
    "A # or ! begins a comment unless it stands in quotes or behind a backslash.",
    "The language is that of Keepalived: an existing file is read unchanged.",
];

const CLOSING = [".SH SEE ALSO", ".BR holdfast (8)"];

function section(block: DocumentedBlock): readonly string[] {
    const title = block.path.length === 0 ? "OUTSIDE OF ALL BLOCKS" : block.path.join(" / ").toUpperCase();
    const opening =
        block.path.length === 0
            ? []
            : [".PP", `.B ${escaped([block.path.at(-1), headSyntax(block.table), "{"].filter((part) => part !== "").join(" "))}`];
    const entries = block.entries.flatMap(({ lists, syntax, rows }) => [
        `.SS ${escaped(`Entries of ${lists.join(", ")}`)}`,
        ...(syntax === "" ? [] : [escaped(`${syntax}, then any of`)]),
        ...rows.flatMap(paragraph),
    ]);
    return [`.SH "${escaped(title)}"`, escaped(block.table.documentation), ...opening, ...block.rows.flatMap(paragraph), ...entries];
}

function paragraph(row: Row): readonly string[] {
    const standard = row.default === undefined ? "" : ` Default: ${row.default}.`;
    const term = row.syntax === "" ? `.B ${escaped(row.name)}` : `.BI "${escaped(row.name)} " "${escaped(row.syntax)}"`;
    return [".TP", term, escaped(`${explanation(row).replaceAll("`", "")}${standard}`)];
}

/** Text that roff prints as it is. */
function escaped(text: string): string {
    const safe = text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll('"', "\\(dq").replaceAll("…", "\\&...");
    return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}
