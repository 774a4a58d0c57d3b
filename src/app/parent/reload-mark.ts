import { closeSync, constants, openSync, unlinkSync } from "node:fs";

/** `reload_file`: a file that is there while a reload is under way. */
export class ReloadMark {
    readonly #path: () => string | undefined;
    #made: string | undefined;

    constructor(path: () => string | undefined) {
        this.#path = path;
    }

    set(): void {
        const path = this.#path();
        if (path === undefined) {
            return;
        }
        try {
            closeSync(openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW, 0o644));
            this.#made = path;
        } catch {
            // Whoever waits for the file sees none; the reload goes on.
        }
    }

    /** The reload is over. */
    clear(): void {
        if (this.#made !== undefined) {
            remove(this.#made);
            this.#made = undefined;
        }
    }

    /** The daemon starts: a reload in the middle of which a former one was killed has come to its end. */
    clearFormer(): void {
        const path = this.#path();
        if (path !== undefined) {
            remove(path);
        }
    }
}

function remove(path: string): void {
    try {
        unlinkSync(path);
    } catch {
        // Somebody was faster, or it is no file at all.
    }
}
