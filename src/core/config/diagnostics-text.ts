import type { Severity } from "./complaint.ts";
import type { Diagnostic } from "./diagnostics.ts";

/** How a text looks. */
export interface TextOptions {
    /** With the escape sequences of a terminal. */
    readonly hasColours: boolean;
}

const COLOURS: Readonly<Record<Severity | "strong" | "faint", string>> = {
    error: "\x1b[31;1m",
    warning: "\x1b[33;1m",
    note: "\x1b[36m",
    strong: "\x1b[1m",
    faint: "\x1b[2m",
};
const PLAIN = "\x1b[0m";

/** Longer source lines are cut around the caret. */
const WIDEST = 160;

/** One diagnostic for people: place and message, the line with a caret, what is allowed and what happens now. */
export function diagnosticText(diagnostic: Diagnostic, { hasColours }: TextOptions): string {
    const paint = (text: string, colour: keyof typeof COLOURS): string => (hasColours ? `${COLOURS[colour]}${text}${PLAIN}` : text);
    const { place, severity, message, code, allowed, consequence, suggestion, made } = diagnostic;
    const where = place === undefined ? "" : `${place.file}:${place.line}:${place.column}: `;
    const lines = [`${paint(where, "strong")}${paint(severity, severity)}: ${printable(message)} ${paint(`[${code}]`, "faint")}`];
    if (place !== undefined) {
        lines.push(...excerpt(String(place.line), diagnostic.source, place.column));
    }
    if (made !== undefined) {
        lines.push("  of which definitions make:", ...excerpt("", made.text, made.column));
    }
    if (allowed !== undefined) {
        lines.push(`  right would be: ${printable(allowed)}`);
    }
    if (suggestion !== undefined) {
        lines.push(`  did you mean '${printable(suggestion)}'?`);
    }
    if (consequence !== undefined) {
        lines.push(`  now: ${printable(consequence)}`);
    }
    return lines.join("\n");
}

/** A source line and a caret below the column (from 1). */
function excerpt(number: string, source: string, column: number): string[] {
    const start = source.length > WIDEST ? Math.max(0, column - 1 - WIDEST / 2) : 0;
    const shown = source.slice(start, start + WIDEST);
    const margin = " ".repeat(Math.max(5, number.length + 1));
    const under = shown.slice(0, column - 1 - start).replace(/[^\t]/g, " ");
    return [`${number.padStart(margin.length)} | ${printable(shown)}`, `${margin} | ${under}^`];
}

/** What a terminal might take for a command is shown as a question mark; tabs stay. */
function printable(text: string): string {
    return text.replace(/[^\P{Cc}\t]/gu, "?");
}
