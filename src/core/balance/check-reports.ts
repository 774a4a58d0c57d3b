import type { CheckEffect } from "../health/check.ts";
import { aboutOf, kindOf } from "../service/check-settings.ts";
import type { RosteredCheck } from "./check-roster.ts";
import type { BalanceReport } from "./reports.ts";

/** What is worth telling of a try: the first one, a change, the failure that counts, and all where that is asked for. */
export function checkReports(
    service: string,
    { server, settings }: RosteredCheck,
    { outcome, latency, retries, isChange, isFirst }: CheckEffect & { readonly type: "tried" },
): readonly BalanceReport[] {
    const [kind, about] = [kindOf(settings), aboutOf(settings)];
    const logsAllFailures = "schedule" in settings && settings.schedule.logsAllFailures;
    if (outcome.type === "impossible") {
        return [{ type: "check-impossible", service, server, kind, reason: outcome.reason }];
    }
    const isTold = isChange || isFirst || (outcome.type === "failure" && logsAllFailures);
    const reason = outcome.type === "failure" ? outcome.reason : "";
    return isTold
        ? [
              {
                  type: "check",
                  service,
                  server,
                  kind,
                  ...(about !== undefined && { about }),
                  outcome: outcome.type,
                  reason,
                  latency,
                  retries,
                  isChange,
              },
          ]
        : [];
}
