import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { ChangedParameter, KernelParameter } from "../../core/link/link-parameters.ts";

const FOLDER = "/proc/sys/net";
const IPV4 = "ipv4/conf";

/** Parameters of the kernel's networking: sets what is wanted and puts back what was there before, unless somebody else has changed it since. */
export class KernelParameters {
    readonly #changed = new Map<string, ChangedParameter>();

    /** What was changed and not put back yet: a successor has to know. */
    get changed(): readonly ChangedParameter[] {
        return [...this.#changed.values()];
    }

    /** Takes over what a predecessor changed. */
    adopt(changed: readonly ChangedParameter[]): void {
        for (const one of changed) {
            this.#changed.set(one.path, one);
        }
    }

    /** Sets these, and puts all others back. @returns those that the kernel refuses; what is not there is passed over */
    want(wanted: readonly KernelParameter[]): readonly KernelParameter[] {
        const paths = new Set(wanted.map(({ path }) => path));
        for (const one of this.changed) {
            if (!paths.has(one.path)) {
                this.#putBack(one);
            }
        }
        return wanted.filter((one) => !this.#change(one));
    }

    #change(wanted: KernelParameter): boolean {
        const present = readParameter(wanted.path);
        if (present === undefined || present === wanted.value) {
            return true;
        }
        if (!setParameter(wanted)) {
            return false;
        }
        this.#changed.set(wanted.path, { ...wanted, before: present });
        return true;
    }

    #putBack({ path, before, value }: ChangedParameter): void {
        this.#changed.delete(path);
        if (readParameter(path) === value) {
            setParameter({ path, value: before });
        }
    }
}

/** Sets one for good; false where the kernel refuses. */
export function setParameter(parameter: KernelParameter): boolean {
    try {
        writeFileSync(`${FOLDER}/${parameter.path}`, String(parameter.value));
        return true;
    } catch {
        return false;
    }
}

/** `rp_filter` of all interfaces, and of `all` and `default`. */
export function reversePathFilters(): ReadonlyMap<string, number> {
    const names = readdirSync(`${FOLDER}/${IPV4}`);
    return new Map(
        names.flatMap((name) => {
            const value = readParameter(`${IPV4}/${name}/rp_filter`);
            return value === undefined ? [] : [[name, value] as const];
        }),
    );
}

/** One value; undefined while there is no such interface, or the kernel does not know it. */
export function readParameter(path: string): number | undefined {
    try {
        return Number(readFileSync(`${FOLDER}/${path}`, "utf8"));
    } catch {
        return undefined;
    }
}
