import type { Duration } from "../base/instant.ts";
import type { NoticeOrigin } from "../notify/notice.ts";
import type { ScriptCommand } from "../notify/script-command.ts";
import type { ScriptTrackerSettings } from "../track/script-tracker.ts";
import type { ProcessSettings } from "./process-settings.ts";

/** All that the runner is told of the configuration: what it runs by itself, and whom it tells. */
export interface RunnerSettings extends ProcessSettings {
    /** `vrrp_script`: those that somebody tracks. */
    readonly scripts: readonly ScriptTrackerSettings[];
    readonly pipes: readonly NotifyPipeSettings[];
    /** Absent: there is no relay or no recipient. */
    readonly mail?: MailSettings;
    /** Absent: nobody is called. */
    readonly webhooks?: WebhookSettings;
}

/** One named pipe that is told what happens. */
export interface NotifyPipeSettings {
    readonly path: string;
    /** Whose news it takes. */
    readonly origins: readonly NoticeOrigin[];
    /** Who owns it when it is created; absent: whoever the daemon runs as. */
    readonly owner?: { readonly uid: number; readonly gid: number };
    /** Reads it; is given its path as last argument. */
    readonly reader?: ScriptCommand;
}

/** Where alert mails go. */
export interface MailSettings {
    readonly host: string;
    readonly port: number;
    readonly heloName: string;
    readonly from: string;
    readonly recipients: readonly string[];
    readonly connectTimeout: Duration;
    /** `smtp_tls`: not at all, where the relay offers it, by STARTTLS or not at all, from the first byte on. */
    readonly encryption: "off" | "opportunistic" | "starttls" | "tls";
    /** The file of the certificates by which the relay is known. */
    readonly authorities?: string;
    readonly login?: MailLogin;
}

/** How the relay knows us: a password, or the file that holds it. */
export interface MailLogin {
    readonly user: string;
    readonly password?: string;
    readonly passwordFile?: string;
}

/** How webhooks are called. */
export interface WebhookSettings {
    readonly timeout: Duration;
    /** Signs what is sent; absent together with `keyFile`: nothing is signed. */
    readonly key?: string;
    readonly keyFile?: string;
}
