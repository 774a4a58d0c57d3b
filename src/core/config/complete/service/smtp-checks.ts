import type { CheckSettings } from "../../../service/check-settings.ts";
import { type CheckedServer, connectingCheck, type WrittenConnectingCheck } from "./checked-server.ts";

const HELO_NAME = "smtpchecker.keepalived.org";

/** `SMTP_CHECK`: one check each; with `host` blocks one for each of them, which says what the checker does not. */
export function smtpChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.SMTP_CHECK.flatMap((written) => {
        const heloName = written.helo_name ?? HELO_NAME;
        const places: readonly WrittenConnectingCheck[] = written.host.length === 0 ? [written] : written.host;
        return places.map((place) =>
            connectingCheck({ ...written, ...onlyWritten(place) }, server, { probe: (endpoint) => ({ kind: "smtp", endpoint, heloName }) }),
        );
    });
}

/** Without keywords that are not there, so that those do not hide what they are laid over. */
function onlyWritten(place: WrittenConnectingCheck): Partial<WrittenConnectingCheck> {
    return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}
