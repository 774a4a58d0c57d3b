import type { VirtualServerSettings } from "../../../service/virtual-server.ts";

/** Whether a server is checked by a program. */
export function hasScriptChecks({ realServers }: VirtualServerSettings): boolean {
    return realServers.some(({ checks }) => checks.some((check) => "probe" in check && check.probe.kind === "script"));
}

/** Whether somebody is told of a virtual server or of one of its real servers by a script or by mail. */
export function isTold({ quorumUp, quorumDown, mailsQuorum, realServers }: VirtualServerSettings): boolean {
    return (
        mailsQuorum ||
        quorumUp !== undefined ||
        quorumDown !== undefined ||
        realServers.some(({ notifyUp, notifyDown, mails }) => mails || notifyUp !== undefined || notifyDown !== undefined)
    );
}
