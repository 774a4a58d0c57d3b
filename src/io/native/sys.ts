import type { NativeAddon } from "./addon.ts";

/** A system call was refused, in a place where that ends what was being done. */
export class SystemError extends Error {
    /** Positive. */
    readonly errno: number;
    /** "EADDRINUSE"; "E12345" for a number without a name. */
    readonly code: string;
    readonly syscall: string;

    constructor(code: string, errno: number, syscall: string) {
        super(`${syscall}: ${code}`);
        this.name = "SystemError";
        this.errno = errno;
        this.code = code;
        this.syscall = syscall;
    }
}

/** Passes a result on. @param syscall what was tried, in a few words @throws SystemError when the result is -errno */
export function check(system: Pick<NativeAddon, "errnoNames">, result: number, syscall: string): number {
    return result < 0 ? refuse(system, result, syscall) : result;
}

/** What `check` does with a `-errno`: for calls that answer with something else than a number when they succeed. @throws SystemError */
export function refuse(system: Pick<NativeAddon, "errnoNames">, result: number, syscall: string): never {
    throw new SystemError(errnoName(system, result), -result, syscall);
}

/** The name of a `-errno`: "EAGAIN" for -11. */
export function errnoName(system: Pick<NativeAddon, "errnoNames">, result: number): string {
    return system.errnoNames[-result] ?? `E${-result}`;
}
