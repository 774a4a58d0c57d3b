import type { Link } from "../vrrp/events.ts";

/** Kinds of links that stand upon another one of the same machine. */
const UPON_OTHERS: ReadonlySet<string> = new Set(["vlan", "macvlan", "ipvlan"]);

/** Of what kind interfaces were, and upon which others, when they were seen first: without `allow_if_changes` they have to stay so. */
export class LinkForms {
    readonly #first = new Map<string, string>();
    #steady: ReadonlySet<string> = new Set();

    /** The names of those that may not change. */
    keep(steady: readonly string[]): void {
        this.#steady = new Set(steady);
        for (const name of [...this.#first.keys()].filter((known) => !this.#steady.has(known))) {
            this.#first.delete(name);
        }
    }

    /** What it was, when it may not become what it is now; undefined otherwise. @param baseName what it stands upon */
    formerly(link: Link, baseName: string | undefined): string | undefined {
        if (!this.#steady.has(link.name)) {
            return undefined;
        }
        const form = formOf(link, baseName);
        const first = this.#first.get(link.name) ?? form;
        this.#first.set(link.name, first);
        return first === form ? undefined : first;
    }
}

/** "vlan on eth0"; what has no kind is a device of its own. */
export function formOf({ kind = "device" }: Link, baseName: string | undefined): string {
    return UPON_OTHERS.has(kind) ? `${kind} on ${baseName ?? "another one"}` : kind;
}
