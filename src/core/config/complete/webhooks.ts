/** What has `notify_webhook`. */
interface WithWebhooks {
    readonly notify_webhook: readonly string[] | undefined;
}

/** The URLs that are told of something: those written beside it, and those written around it; none twice. */
export function webhooksOf(...blocks: readonly (WithWebhooks | undefined)[]): readonly string[] {
    return [...new Set(blocks.flatMap((written) => written?.notify_webhook ?? []))];
}
