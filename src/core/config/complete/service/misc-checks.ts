import { seconds } from "../../../base/instant.ts";
import type { CheckSettings } from "../../../service/check-settings.ts";
import { type CheckedServer, type CheckerDefaults, DELAY_LOOP, scheduleOf } from "./checked-server.ts";

const RUNNING: CheckerDefaults = { retry: 0, delayBeforeRetry: seconds(1) };

/** `MISC_CHECK`: those whose program may be run. */
export function miscChecks(server: CheckedServer): readonly CheckSettings[] {
    const { name, scripts, report, virtualServer } = server;
    return server.written.MISC_CHECK.flatMap((written) => {
        if (written.misc_path === undefined) {
            report(written.at, {
                code: "no-script",
                errorClass: "general",
                message: `MISC_CHECK of ${name} has no misc_path`,
                consequence: "the checker is left out",
            });
            return [];
        }
        const at = written.positions.misc_path ?? written.at;
        const command = scripts.resolve({ ...written.misc_path, ...written.user }, at, `${name} MISC_CHECK`);
        return command === undefined
            ? []
            : [
                  {
                      schedule: scheduleOf(written, server, RUNNING),
                      timeout: written.misc_timeout ?? virtualServer.delay_loop ?? DELAY_LOOP,
                      probe: { kind: "script", command, setsWeight: written.misc_dynamic },
                  },
              ];
    });
}
