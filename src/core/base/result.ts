/**
 * The outcome of something that may fail by a peer's, a user's or a kernel's fault: data, never an exception.
 *
 * A failure carries a stable code to count and to test by; words are made of it elsewhere.
 */
export type Result<Value, Failure> = Success<Value> | Rejected<Failure>;

/** It worked. */
export interface Success<Value> {
    readonly ok: true;
    readonly value: Value;
}

/** It did not, and this is why. */
export interface Rejected<Failure> {
    readonly ok: false;
    readonly error: Failure;
}

/** Wraps a value that is there. */
export function success<Value>(value: Value): Success<Value> {
    return { ok: true, value };
}

/** Wraps the reason why there is none. */
export function rejected<Failure>(error: Failure): Rejected<Failure> {
    return { ok: false, error };
}

/** For the end of an exhaustive switch: the compiler refuses a case that was forgotten. */
export function unreachable(value: never): never {
    throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
