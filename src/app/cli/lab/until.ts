/** What was waited for did not come about within the limit. */
export class NotInTime extends Error {
    override readonly name = "NotInTime";
}

/** How often and how long to look. */
export interface Patience {
    /** What is waited for, in words: it stands in the error. */
    readonly what: string;
    /** Give up after this many milliseconds. */
    readonly limit: number;
    /** Look each so many milliseconds; 10 if not said. */
    readonly every?: number;
}

/**
 * Looks again and again until `look` answers with something else than undefined or false, and returns that.
 *
 * @throws NotInTime after the limit
 */
export async function until<Found>(look: () => Found | undefined | false, patience: Patience): Promise<Found> {
    const start = performance.now();
    for (;;) {
        const found = look();
        if (found !== undefined && found !== false) {
            return found;
        }
        if (performance.now() - start > patience.limit) {
            throw new NotInTime(`not within ${patience.limit} ms: ${patience.what}`);
        }
        await pause(patience.every ?? 10);
    }
}

/** Lets `span` milliseconds pass: for watching that something does not happen, and between two looks. */
export function pause(span: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, span));
}
