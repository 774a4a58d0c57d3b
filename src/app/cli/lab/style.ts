import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Makes text stand out on a terminal; leaves it alone elsewhere. */
export type Style = (format: Format, text: string) => string;

/** Colours if a person is looking: the output is a terminal and NO_COLOR is not set. */
export function styleFor(stream: { readonly isTTY?: boolean }, environment: Readonly<Record<string, string | undefined>>): Style {
    const isColoured = stream.isTTY === true && (environment["NO_COLOR"] ?? "") === "";
    return isColoured ? (format, text) => styleText(format, text) : (_format, text) => text;
}
