import type { Family } from "../../base/ip.ts";

/** The kernel's limit, without the zero behind it. */
const LONGEST = 15;

/** Whom a virtual link is made for. */
export interface LinkOrigin {
    readonly kind: "own" | "address";
    readonly vrid: number;
    readonly family: Family;
}

/** Names of virtual links: the written ones, and those that are made up as Keepalived does, which scripts and dashboards know. */
export class LinkNames {
    readonly #prefixes: Readonly<Record<LinkOrigin["kind"], string>>;
    /** By name: what it is used for. */
    readonly #used = new Map<string, string>();

    constructor(prefixes: Readonly<Record<LinkOrigin["kind"], string>>) {
        this.#prefixes = prefixes;
    }

    /** That name is written for this use. The first one counts. */
    reserve(name: string, use: string): void {
        if (!this.#used.has(name)) {
            this.#used.set(name, use);
        }
    }

    /** Whether that name is written for this use, and for no other one. */
    belongsTo(name: string, use: string): boolean {
        return this.#used.get(name) === use;
    }

    /** `vrrp.51`; where that is taken, `vrrp6.51` for IPv6; and then `vrrp1.51`, `vrrp2.51`. */
    next({ kind, vrid, family }: LinkOrigin, use: string): string {
        const prefix = this.#prefixes[kind];
        let number = 0;
        let name = nameOf(prefix, "", vrid);
        if (this.#used.has(name) && family === 6) {
            name = nameOf(prefix, "6", vrid);
        }
        while (this.#used.has(name)) {
            number += 1;
            name = nameOf(prefix, String(number), vrid);
        }
        this.#used.set(name, use);
        return name;
    }
}

function nameOf(prefix: string, middle: string, vrid: number): string {
    const end = `${middle}.${vrid}`;
    return `${prefix.slice(0, LONGEST - end.length)}${end}`;
}
