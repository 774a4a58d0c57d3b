import { GENERATED } from "./reference.ts";
import { acts, type DocumentedBlock, type Row } from "./walk.ts";

/** How much of the language the daemon acts upon, block by block, and which keywords it only reads so far. */
export function coveragePage(blocks: readonly DocumentedBlock[]): string {
    const lines = [...blocks.map((block) => ({ name: blockName(block), rows: countable(block.rows) })), ...entryLines(blocks)];
    const all = lines.flatMap((line) => line.rows);
    const table = [
        "| block | acts | read | all |",
        "|---|---|---|---|",
        ...lines.map(({ name, rows }) => countRow(name, rows)),
        countRow("sum", all),
    ];
    const sections = lines.map(({ name, rows }) => readSection(name, rows)).filter((section) => section !== "");
    const parts = [
        "# Coverage of the configuration language",
        GENERATED,
        INTRODUCTION,
        table.join("\n"),
        "## Read, not acted upon yet",
        ...sections,
    ];
    return `${parts.join("\n\n")}\n`;
}

const INTRODUCTION = [
    "Every keyword of the language is known, checked and kept. One that *acts* does what it says; one that is only *read* says so once at the start",
    "of the daemon. Other spellings of a keyword are not counted; the words within a list's entries are, once for each kind of entry.",
].join("\n");

interface Line {
    readonly name: string;
    readonly rows: readonly Row[];
}

/** The words of each kind of entry, where the first list of the kind stands. */
function entryLines(blocks: readonly DocumentedBlock[]): readonly Line[] {
    const kinds = new Map<string, Line>();
    for (const { lists, rows } of blocks.flatMap((block) => block.entries)) {
        const words = rows.map((row) => row.name).join(" ");
        if (!kinds.has(words)) {
            kinds.set(words, { name: `an entry of \`${lists.join("`, `")}\``, rows: countable(rows) });
        }
    }
    return [...kinds.values()];
}

/** Obsolete words never act, so they say nothing of what is missing. */
function countable(rows: readonly Row[]): readonly Row[] {
    return rows.filter((row) => row.keyword.kind !== "obsolete");
}

function blockName(block: DocumentedBlock): string {
    return block.path.length === 0 ? "outside of all blocks" : `\`${block.path.join(" / ")}\``;
}

function countRow(name: string, rows: readonly Row[]): string {
    const acting = rows.filter(acts).length;
    return `| ${name} | ${acting} | ${rows.length - acting} | ${rows.length} |`;
}

function readSection(name: string, rows: readonly Row[]): string {
    const names = rows.filter((row) => !acts(row)).map((row) => `\`${row.name}\``);
    return names.length === 0 ? "" : `**${name}**: ${names.join(", ")}`;
}
