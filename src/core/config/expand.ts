import type { Complaint } from "./complaint.ts";

/** What predefined definitions are made of. */
export interface ExpandOptions {
    /** `-i NAME`, or the host's name up to the first dot: `${_INSTANCE}` and `@NAME`. */
    readonly configId: string;
    /** `${_ENV NAME}`; undefined when there is none. */
    readonly environment: (name: string) => string | undefined;
    /** For `${_RANDOM}`, from 0 up to but not 1. */
    readonly random: () => number;
    /** Bounds against definitions and generators that explode. */
    readonly limits: ExpandLimits;
}

export interface ExpandLimits {
    /** Lines that definitions and generators may make in all. */
    readonly lines: number;
    /** Characters that replacing may move in all. */
    readonly characters: number;
    /** The longest line. */
    readonly lineLength: number;
}

/** As much as the largest generated configurations need, several times over. */
export const USUAL_LIMITS: ExpandLimits = { lines: 4_000_000, characters: 1_000_000_000, lineLength: 65_536 };

/** Replacements in one line; more is a definition that uses itself. */
const MOST_REPLACEMENTS = 1000;

/** `$NAME=VALUE` at the start of a line. */
const DEFINITION = /^\s*\$([A-Za-z_][A-Za-z0-9_]*)=\s*/;

/** A definition's value: one line, or several when it was continued with `\`. */
type Value = string | readonly string[];

/** The definitions of a configuration, and putting them in. They are global over all files and are read at use. */
export class Definitions {
    readonly #values = new Map<string, Value>();
    readonly #options: ExpandOptions;
    readonly #complain: (complaint: Complaint, column: number) => void;
    #random: () => number;
    #folder = "";
    #moved = 0;

    constructor(options: ExpandOptions, complain: (complaint: Complaint, column: number) => void) {
        this.#options = options;
        this.#complain = complain;
        this.#random = options.random;
    }

    /** The folder of the file being read, `${_PWD}`, until the one before is entered again. Returns that one. */
    enterFolder(folder: string): string {
        const before = this.#folder;
        this.#folder = folder === "" ? "." : folder;
        return before;
    }

    /** `random_seed N`: from here on `${_RANDOM}` is the same in every run. */
    seed(seed: number): void {
        let state = seed >>> 0;
        this.#random = () => {
            state = (state + 0x6d2b79f5) >>> 0;
            let mixed = Math.imul(state ^ (state >>> 15), state | 1);
            mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
            return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
        };
    }

    get(name: string): Value | undefined {
        return this.#values.get(name);
    }

    /** Sets a value; undefined removes it. */
    set(name: string, value: Value | undefined): void {
        if (value === undefined) {
            this.#values.delete(name);
        } else {
            this.#values.set(name, value);
        }
    }

    /**
     * The lines that a line becomes: one, unless it ends with a definition of several. Undefined when it explodes, which has been
     * complained about. A name that is not defined stays as it is.
     */
    expand(line: string): readonly string[] | undefined {
        let text = line;
        let from = 0;
        for (let count = 0; ; count++) {
            const use = findUse(text, from);
            if (use === undefined) {
                return [text];
            }
            const value = this.#valueOf(use);
            if (value === undefined || (typeof value !== "string" && text.slice(use.end).trim() !== "")) {
                from = use.end;
                continue;
            }
            if (typeof value !== "string") {
                return value.length === 0 ? [text.slice(0, use.start)] : [text.slice(0, use.start) + value[0], ...value.slice(1)];
            }
            text = text.slice(0, use.start) + value + text.slice(use.end);
            from = use.start;
            this.#moved += text.length;
            if (
                count >= MOST_REPLACEMENTS ||
                text.length > this.#options.limits.lineLength ||
                this.#moved > this.#options.limits.characters
            ) {
                this.#complain(explosion(use.name), use.start);
                return undefined;
            }
        }
    }

    #valueOf({ name, parameters }: Use): Value | undefined {
        const own = parameters === "" ? this.#values.get(name) : undefined;
        if (own !== undefined || !name.startsWith("_")) {
            return own;
        }
        switch (name) {
            case "_PWD":
                return this.#folder;
            case "_INSTANCE":
                return this.#options.configId;
            case "_HASH":
                return "#";
            case "_BANG":
                return "!";
            case "_ENV":
                return this.#options.environment(parameters);
            case "_RANDOM":
                return this.#randomBetween(parameters);
            default:
                return undefined;
        }
    }

    #randomBetween(parameters: string): string | undefined {
        const [minimum = 0, maximum = 32767] = parameters === "" ? [] : parameters.split(/\s+/).map(Number);
        if (!Number.isSafeInteger(minimum) || !Number.isSafeInteger(maximum) || minimum < 0 || minimum > maximum) {
            return undefined;
        }
        return String(minimum + Math.floor(this.#random() * (maximum - minimum + 1)));
    }
}

/** One use of a definition in a line. */
interface Use {
    readonly name: string;
    /** What follows the name within braces. */
    readonly parameters: string;
    readonly start: number;
    readonly end: number;
}

const BARE_USE = /\$([A-Za-z_][A-Za-z0-9_]*)(?=[\s,)]|$)/y;
const BRACED_USE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?:\s+([^{}]*?))?\s*\}/y;

function findUse(text: string, from: number): Use | undefined {
    for (let start = text.indexOf("$", from); start >= 0; start = text.indexOf("$", start + 1)) {
        const pattern = text[start + 1] === "{" ? BRACED_USE : BARE_USE;
        pattern.lastIndex = start;
        const match = pattern.exec(text);
        if (match !== null) {
            return { name: match[1] as string, parameters: match[2] ?? "", start, end: pattern.lastIndex };
        }
    }
    return undefined;
}

function explosion(name: string): Complaint {
    return {
        code: "definition-explodes",
        errorClass: "general",
        message: `$${name} uses itself, or grows beyond all bounds`,
        consequence: "the line is ignored",
    };
}

/** The name that a line defines and its value as far as it stands on that line; undefined when it defines none. */
export function parseDefinition(line: string): { readonly name: string; readonly value: string } | undefined {
    const match = line.includes("$") ? DEFINITION.exec(line) : null;
    return match === null ? undefined : { name: match[1] as string, value: line.slice(match[0].length) };
}
