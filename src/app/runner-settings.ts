import { hostname, userInfo } from "node:os";
import { seconds } from "../core/base/instant.ts";
import type { CompletedConfiguration } from "../core/config/complete/complete.ts";
import type { Globals } from "../core/config/complete/globals.ts";
import type { Configuration } from "../core/config/complete/scope.ts";
import type { MailSettings, RunnerSettings, WebhookSettings } from "../core/supervise/runner-settings.ts";
import type { DaemonOptions } from "./command-line.ts";

/** Whether a configuration has anything for the runner to do. */
export function needsRunner({ notifications, trackScripts, serverTraits }: CompletedConfiguration): boolean {
    const tellsRouters = notifications.vrrp !== undefined || notifications.pipes.length > 0;
    return trackScripts.length > 0 || tellsRouters || serverTraits.areTold || serverTraits.haveScriptChecks;
}

/** What the runner is to be told of a configuration and a command line. */
export function runnerProcessSettings(
    configuration: Configuration,
    { notifications, trackScripts }: CompletedConfiguration,
    options: DaemonOptions,
): RunnerSettings {
    const mail = mailSettings(configuration.global_defs);
    return {
        scripts: trackScripts,
        pipes: notifications.pipes,
        ...(mail !== undefined && { mail }),
        webhooks: webhookSettings(configuration.global_defs),
        // Scripts are nobody's real-time work.
        scheduling: {},
        allowsCoreFiles: options.allowsCoreFiles,
        ...(configuration.global_defs?.process_names === true && { processName: "keepalived_runner" }),
    };
}

const SMTP_PORT = 25;
const USUAL_TIMEOUT = seconds(30);
const WEBHOOK_TIMEOUT = seconds(10);

/** Where mails go; undefined without a relay or without anybody to write to. */
function mailSettings(globals: Globals | undefined): MailSettings | undefined {
    const recipients = globals?.notification_email ?? [];
    if (globals?.smtp_server === undefined || recipients.length === 0) {
        return undefined;
    }
    const { smtp_server: server, smtp_helo_name: heloName, notification_email_from: from } = globals;
    return {
        host: server.host,
        port: server.port ?? SMTP_PORT,
        heloName: heloName ?? hostname(),
        from: from ?? `${userInfo().username}@${hostname()}`,
        recipients,
        connectTimeout: globals.smtp_connect_timeout ?? USUAL_TIMEOUT,
        // A password never goes in the clear unless somebody says so.
        encryption: globals.smtp_tls ?? (globals.smtp_user === undefined ? "opportunistic" : "starttls"),
        ...(globals.smtp_tls_ca !== undefined && { authorities: globals.smtp_tls_ca }),
        ...loginOf(globals),
    };
}

function loginOf({ smtp_user: user, smtp_password: password, smtp_password_file: passwordFile }: Globals): Pick<MailSettings, "login"> {
    return user === undefined
        ? {}
        : { login: { user, ...(password !== undefined && { password }), ...(passwordFile !== undefined && { passwordFile }) } };
}

function webhookSettings(globals: Globals | undefined): WebhookSettings {
    const { notify_webhook_key: key, notify_webhook_key_file: keyFile } = globals ?? {};
    return {
        timeout: globals?.notify_webhook_timeout ?? WEBHOOK_TIMEOUT,
        ...(key !== undefined && { key }),
        ...(keyFile !== undefined && { keyFile }),
    };
}
