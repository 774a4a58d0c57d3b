import { seconds } from "../../base/instant.ts";
import { ip } from "../arguments/addresses.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { bool, interfaceName } from "../arguments/words.ts";
import { keyword } from "../schema.ts";

/** Keywords of every checker that opens a connection. */
export const CONNECTION = {
    connect_ip: keyword(ip(), { documentation: "Address that is checked.", defaultText: "the real server's", status: "acts" }),
    connect_port: keyword(integer({ minimum: 1, maximum: 65_535 }), {
        documentation: "Port that is checked.",
        defaultText: "the real server's",
        status: "acts",
    }),
    bindto: keyword(ip(), { documentation: "Source address of the check.", status: "acts" }),
    bind_port: keyword(integer({ minimum: 1, maximum: 65_535 }), {
        documentation: "Source port of the check.",
        defaultText: "any",
        status: "acts",
    }),
    bind_if: keyword(interfaceName(), { documentation: "Interface through which the check goes.", status: "acts" }),
    connect_timeout: keyword(timer({ minimum: seconds(0.000001) }), {
        documentation: "How long to wait for a connection or a reply.",
        defaultText: "the real server's",
        status: "acts",
    }),
    fwmark: keyword(integer({ minimum: 0, maximum: 4_294_967_295 }), {
        documentation: "Firewall mark of the check's packets.",
        defaultText: "0",
        status: "acts",
    }),
} as const;

/** Keywords of every checker that runs at intervals. */
export const CHECK = {
    retry: keyword(integer({ minimum: 0 }), {
        documentation: "Further tries before the server counts as down.",
        defaultText: "the real server's",
        status: "acts",
    }),
    delay_before_retry: keyword(timer({ minimum: seconds(0) }), {
        documentation: "Pause between tries.",
        defaultText: "the real server's",
        status: "acts",
    }),
    warmup: keyword(timer({ minimum: seconds(0) }), {
        documentation: "Longest random delay of the first check.",
        defaultText: "the real server's",
        status: "acts",
    }),
    delay_loop: keyword(timer({ minimum: seconds(0.000001) }), {
        documentation: "Time from one check to the next.",
        defaultText: "the real server's",
        status: "acts",
    }),
    alpha: keyword(bool(), {
        documentation: "Takes the server to be down until this check succeeds.",
        defaultText: "the real server's",
        status: "acts",
    }),
    log_all_failures: keyword(bool(), { documentation: "Logs every failed try.", defaultText: "checker_log_all_failures", status: "acts" }),
} as const;

/** As `CHECK`, with the old name of `retry`. */
export const CHECK_WITH_OLD_RETRY = {
    ...CHECK,
    retry: keyword(integer({ minimum: 0 }), {
        documentation: "Further tries before the server counts as down.",
        defaultText: "the real server's",
        deprecatedAliases: ["nb_get_retry"],
        status: "acts",
    }),
} as const;
