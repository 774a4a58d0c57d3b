/** What has `notify_webhook`. */
interface WithWebhooks {
    readonly notify_webhook: readonly string[] | undefined;
}

const NONE: readonly never[] = Object.freeze([]);

/** The URLs that are told of something: those written beside it, and those written around it; none twice. */
export function webhooksOf(...blocks: readonly (WithWebhooks | undefined)[]): readonly string[] {
    if (!blocks.some((written) => written?.notify_webhook !== undefined && written.notify_webhook.length > 0)) {
        return NONE;
    }
    return [...new Set(blocks.flatMap((written) => written?.notify_webhook ?? []))];
}
