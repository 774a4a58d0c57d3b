import { checkServerIdentity, type TLSSocket } from "node:tls";
import type { TlsSettings } from "../../../core/service/probe/tls-settings.ts";

const DAY = 86_400_000;

/** What is wrong with the certificate that a server has shown, as far as anybody wants to know; in words for people. */
export function complaintAboutCertificate(socket: TLSSocket, { verifiedName, leastDays }: TlsSettings): string | undefined {
    if (verifiedName === undefined && leastDays === undefined) {
        return undefined;
    }
    const shown = socket.getPeerCertificate();
    if (verifiedName !== undefined && !socket.authorized) {
        return `certificate: ${codeOf(socket.authorizationError)}`;
    }
    const mismatch = verifiedName === undefined ? undefined : checkServerIdentity(verifiedName, shown);
    if (mismatch !== undefined) {
        return `certificate is not for ${verifiedName}`;
    }
    const days = Math.floor((Date.parse(shown.valid_to) - Date.now()) / DAY);
    return leastDays !== undefined && !(days >= leastDays) ? `certificate expires in ${days} days` : undefined;
}

function codeOf(error: unknown): string {
    return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
}
