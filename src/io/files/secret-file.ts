import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { type Result, rejected, success } from "../../core/base/result.ts";

/** What a file of a secret holds, and what is unsafe about it. */
export interface Secret {
    readonly bytes: Uint8Array;
    /** In words; undefined when only its owner, who is root or ourselves, can read and change it. */
    readonly warning: string | undefined;
}

/** Larger files hold no key. */
const LARGEST = 64 * 1024;
const OTHERS = 0o077;

/** Reads a file that should be readable for its owner only. The reason of a failure is an errno's name or a few words. */
export function readSecret(path: string): Result<Secret, string> {
    let descriptor: number;
    try {
        // A pipe without a writer would block a plain open for ever.
        descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
        return rejected((error as NodeJS.ErrnoException).code ?? "unreadable");
    }
    try {
        const status = fstatSync(descriptor);
        if (!status.isFile() || status.size > LARGEST) {
            return rejected(status.isFile() ? "too large" : "not a regular file");
        }
        return success({ bytes: new Uint8Array(readFileSync(descriptor)), warning: unsafeness(status) });
    } catch (error) {
        return rejected((error as NodeJS.ErrnoException).code ?? "unreadable");
    } finally {
        closeSync(descriptor);
    }
}

function unsafeness({ mode, uid }: { readonly mode: number; readonly uid: number }): string | undefined {
    if (uid !== 0 && uid !== process.geteuid?.()) {
        return `belongs to user ${uid}`;
    }
    return (mode & OTHERS) === 0 ? undefined : `is open to group or others (mode ${(mode & 0o7777).toString(8).padStart(4, "0")})`;
}
