import { readFileSync, writeFileSync } from "node:fs";

/**
 * `promote_secondaries` of interfaces: without it the kernel takes all IPv4 addresses of a subnet down together with the first one. It is switched on where
 * that is wanted, and put back where it was off before.
 */
export class PromotedSecondaries {
    readonly #changed = new Set<string>();
    #wanted: ReadonlySet<string> = new Set();

    /** Switches it on on these interfaces, and back on those that are no longer wanted. @returns the ones that refuse; one that is missing does not */
    want(interfaces: ReadonlySet<string>): readonly string[] {
        this.#wanted = interfaces;
        for (const name of [...this.#changed].filter((one) => !interfaces.has(one))) {
            this.#put(name, "0");
            this.#changed.delete(name);
        }
        return [...interfaces].filter((name) => !this.#switchOn(name));
    }

    /** This interface is there, perhaps anew. */
    linkSeen(name: string): void {
        if (this.#wanted.has(name)) {
            this.#switchOn(name);
        }
    }

    /** Switches it off where it was off before. */
    restore(): void {
        this.want(new Set());
    }

    #switchOn(name: string): boolean {
        const before = settingOf(name);
        if (before !== "0") {
            return true;
        }
        this.#changed.add(name);
        return this.#put(name, "1");
    }

    #put(name: string, value: "0" | "1"): boolean {
        try {
            writeFileSync(pathOf(name), value);
            return true;
        } catch {
            return false;
        }
    }
}

function pathOf(name: string): string {
    return `/proc/sys/net/ipv4/conf/${name}/promote_secondaries`;
}

/** Undefined while there is no such interface. */
function settingOf(name: string): string | undefined {
    try {
        return readFileSync(pathOf(name), "utf8").trim();
    } catch {
        return undefined;
    }
}
