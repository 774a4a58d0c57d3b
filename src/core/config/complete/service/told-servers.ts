import type { VirtualServerSettings } from "../../../service/virtual-server.ts";

/** Whether a server is checked by a program. */
export function hasScriptChecks({ realServers }: VirtualServerSettings): boolean {
    return realServers.some(({ checks }) => checks.some((check) => "probe" in check && check.probe.kind === "script"));
}

/** Whether somebody is told of a virtual server or of one of its real servers by a script, by mail or by a webhook. */
export function isTold({ quorumUp, quorumDown, mailsQuorum, webhooks, realServers }: VirtualServerSettings): boolean {
    return (
        mailsQuorum ||
        webhooks !== undefined ||
        quorumUp !== undefined ||
        quorumDown !== undefined ||
        realServers.some(
            (server) => server.mails || server.webhooks !== undefined || server.notifyUp !== undefined || server.notifyDown !== undefined,
        )
    );
}
