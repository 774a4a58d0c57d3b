/** As whom a script runs. */
export interface ScriptUser {
    readonly uid: number;
    readonly gid: number;
    /** Supplementary groups. */
    readonly groups: readonly number[];
}

/** A program with its arguments, found and judged: ready to be run. */
export interface ScriptCommand {
    readonly path: string;
    /** The first is what the program sees as its own name. */
    readonly words: readonly string[];
    /** Absent: as the daemon itself. */
    readonly user?: ScriptUser;
}

/** How a run came to its end. */
export type ScriptOutcome =
    | { readonly type: "exit"; readonly status: number }
    | { readonly type: "signal"; readonly signal: number }
    /** It never ran: the errno's name. */
    | { readonly type: "not-started"; readonly code: string };

/** The command as people write it. */
export function commandText({ words }: ScriptCommand): string {
    return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/** How a run ended, in words that follow the script's name. */
export function outcomeText(outcome: ScriptOutcome): string {
    switch (outcome.type) {
        case "exit":
            return `exited with status ${outcome.status}`;
        case "signal":
            return `ended by signal ${outcome.signal}`;
        case "not-started":
            return `cannot be run: ${outcome.code}`;
    }
}
