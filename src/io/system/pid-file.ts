import { fchmodSync, fstatSync, ftruncateSync, lstatSync, mkdirSync, type Stats, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { type Result, rejected, success } from "../../core/base/result.ts";
import type { NativeAddon } from "../native/addon.ts";

/** Why there is no pid file: another process holds it, or the errno's name. */
export type PidFileFailure = { readonly type: "held" } | { readonly type: "refused"; readonly code: string };

const MODE = 0o644;
const ATTEMPTS = 5;

/**
 * A pid file that this process holds by a lock as long as it lives: a stale file of a dead process is harmless, two daemons at once are
 * not possible. A link in its place is never followed.
 */
export class PidFile {
    readonly path: string;
    readonly #system: NativeAddon;
    readonly #fd: number;

    private constructor(system: NativeAddon, path: string, fd: number) {
        this.#system = system;
        this.path = path;
        this.#fd = fd;
    }

    /** Makes the file where there is none, and takes its lock. Its content stays until `write`. */
    static claim(system: NativeAddon, path: string): Result<PidFile, PidFileFailure> {
        try {
            mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
        } catch {
            // Opening the file says what is wrong.
        }
        // The holder may remove the file between our opening and our locking it: then the lock is on nothing, and is taken anew.
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
            const claimed = PidFile.#claimOnce(system, path);
            if (claimed !== undefined) {
                return claimed;
            }
        }
        return rejected({ type: "held" });
    }

    static #claimOnce(system: NativeAddon, path: string): Result<PidFile, PidFileFailure> | undefined {
        const { constants } = system;
        const fd = system.open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, MODE);
        if (fd < 0) {
            return rejected({ type: "refused", code: system.errnoNames[-fd] ?? String(fd) });
        }
        const locked = system.lock(fd, constants.F_WRLCK);
        const file = new PidFile(system, path, fd);
        if (locked === 0 && file.isInPlace) {
            return success(file);
        }
        system.close(fd);
        if (locked === 0) {
            return undefined;
        }
        const code = system.errnoNames[-locked] ?? String(locked);
        return rejected(code === "EAGAIN" || code === "EACCES" ? { type: "held" } : { type: "refused", code });
    }

    /** Goes on with one that another program in this process has claimed. */
    static adopt(system: NativeAddon, path: string, fd: number): PidFile {
        return new PidFile(system, path, fd);
    }

    /** The descriptor that holds the lock. */
    get fd(): number {
        return this.#fd;
    }

    /** Whether it is still found by its name. */
    get isInPlace(): boolean {
        const mine = fstatSync(this.#fd);
        const there: Stats | undefined = lstatSync(this.path, { throwIfNoEntry: false });
        return there !== undefined && there.ino === mine.ino && there.dev === mine.dev;
    }

    /** Says which process it is. */
    write(pid: number): void {
        fchmodSync(this.#fd, MODE);
        ftruncateSync(this.#fd, 0);
        writeSync(this.#fd, `${pid}\n`, 0);
    }

    /** Removes the file, unless somebody has put another in its place, and gives the lock back. */
    release(): void {
        if (this.isInPlace) {
            unlinkSync(this.path);
        }
        this.#system.close(this.#fd);
    }
}
