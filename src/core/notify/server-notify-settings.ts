/** Whom to tell about virtual and real servers, besides what is written beside each of them. */
export interface ServerNotifySettings {
    /** Some named pipe takes lines about servers. */
    readonly hasPipes: boolean;
    /** A mail for each checker that changes its verdict; otherwise only where the server changes with it (`no_checker_emails`). */
    readonly mailsEachCheck: boolean;
    /** `router_id`: stands in the subjects of mails. */
    readonly routerId: string;
}
