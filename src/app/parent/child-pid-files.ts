import type { HandedChildPidFile } from "../../core/supervise/hand-over.ts";
import type { Role } from "../../core/supervise/messages.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { PidFile, type PidFileFailure } from "../../io/system/pid-file.ts";

/** What stood in the way of a pid file. */
export interface PidFileRefused {
    readonly path: string;
    readonly failure: PidFileFailure;
}

/** A role without a path has no file. */
type Paths = Readonly<Partial<Record<Role, string>>>;

/** The pid files of the daemon's children: of those that there are, or were. A process that is not wanted has none, and is in nobody's way. */
export class ChildPidFiles {
    readonly #system: NativeAddon;
    readonly #paths: Paths;
    readonly #claimed = new Map<Role, PidFile>();

    /** @param inherited claimed by another program in this process */
    constructor(system: NativeAddon, paths: Paths, inherited: readonly HandedChildPidFile[] = []) {
        this.#system = system;
        this.#paths = paths;
        for (const { role, file } of inherited) {
            this.#claimed.set(role, PidFile.adopt(system, file.path, file.fd));
        }
    }

    /** All that are claimed, for another program in this process. */
    handOver(): readonly HandedChildPidFile[] {
        return Array.from(this.#claimed, ([role, { path, fd }]) => ({ role, file: { path, fd } }));
    }

    /** Takes the files of these roles. @returns the first that cannot be had */
    claim(roles: readonly Role[]): PidFileRefused | undefined {
        for (const role of roles.filter((one) => !this.#claimed.has(one))) {
            const path = this.#paths[role];
            const file = path === undefined ? undefined : PidFile.claim(this.#system, path);
            if (path !== undefined && file?.ok === false) {
                return { path, failure: file.error };
            }
            if (file?.ok) {
                this.#claimed.set(role, file.value);
            }
        }
        return undefined;
    }

    /** Says which process has that role now. */
    write(role: Role, pid: number): PidFileRefused | undefined {
        const former = this.#claimed.get(role);
        if (former?.isInPlace === false) {
            // Somebody has removed it: nobody would find what is written there.
            former.release();
            this.#claimed.delete(role);
        }
        const refused = this.claim([role]);
        this.#claimed.get(role)?.write(pid);
        return refused;
    }

    /** Removes them all. */
    release(): void {
        for (const file of this.#claimed.values()) {
            file.release();
        }
        this.#claimed.clear();
    }
}
