import { seconds } from "../../base/instant.ts";
import { ip, port } from "../arguments/addresses.ts";
import { command } from "../arguments/commands.ts";
import { oneOrMore, optional, sequence } from "../arguments/composites.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { orElse } from "../arguments/or-else.ts";
import { pattern } from "../arguments/pattern.ts";
import { forwarding, service } from "../arguments/services.ts";
import { webAddress } from "../arguments/web-address.ts";
import { bool, oneOf, text } from "../arguments/words.ts";
import { block, flag, keyword, obsolete, subBlocks } from "../schema.ts";
import { realServer } from "./real-server.ts";

/** `virtual_server … { … }` */
export const virtualServer = block({
    documentation: "One service of the load balancer.",
    head: { service: service },
    keywords: {
        ip_family: keyword(oneOf(["inet", "inet6"]), {
            documentation: "Address family, for firewall marks and groups that do not show it.",
            defaultText: "by the addresses",
            status: "acts",
        }),
        retry: keyword(integer({ minimum: 1 }), {
            documentation: "Further tries of a check before a server counts as down.",
            defaultText: "the checker's",
            status: "acts",
        }),
        delay_before_retry: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Pause between tries.",
            defaultText: "the checker's",
            status: "acts",
        }),
        warmup: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Longest random delay of the first check.",
            defaultText: "delay_loop",
            status: "acts",
        }),
        connect_timeout: keyword(timer({ minimum: seconds(0.000001) }), {
            documentation: "How long a check waits for a connection.",
            defaultText: "5",
            status: "acts",
        }),
        delay_loop: keyword(timer({ minimum: seconds(0.000001) }), {
            documentation: "Time from one check to the next.",
            defaultText: "60",
            status: "acts",
        }),
        inhibit_on_failure: keyword(bool(), {
            documentation: "Gives a dead server the weight 0 in place of removing it.",
            defaultText: "off",
            status: "acts",
        }),
        lb_algo: keyword(oneOf(["rr", "wrr", "lc", "wlc", "lblc", "sh", "mh", "dh", "fo", "ovf", "lblcr", "sed", "nq", "twos"]), {
            documentation: "How the kernel chooses a real server.",
            defaultText: "wlc",
            aliases: ["lvs_sched"],
            status: "acts",
        }),
        hashed: flag({ documentation: "Kept for old files: the kernel always hashes.", status: "acts" }),
        ops: flag({ documentation: "Schedules every UDP packet by itself.", status: "acts" }),
        "flag-1": flag({ documentation: "First flag of the scheduler.", status: "acts" }),
        "flag-2": flag({ documentation: "Second flag of the scheduler.", status: "acts" }),
        "flag-3": flag({ documentation: "Third flag of the scheduler.", status: "acts" }),
        "sh-port": flag({ documentation: "The scheduler sh hashes the port too.", status: "acts" }),
        "sh-fallback": flag({ documentation: "The scheduler sh passes over servers without weight.", status: "acts" }),
        "mh-port": flag({ documentation: "The scheduler mh hashes the port too.", status: "acts" }),
        "mh-fallback": flag({ documentation: "The scheduler mh passes over servers without weight.", status: "acts" }),
        lb_kind: keyword(forwarding, {
            documentation: "How packets reach the real server.",
            defaultText: "NAT",
            aliases: ["lvs_method"],
            status: "acts",
        }),
        persistence_engine: keyword(text("NAME"), {
            documentation: "Protocol by which a client is recognised, such as sip.",
            status: "acts",
        }),
        persistence_timeout: keyword(orElse(timer({ minimum: seconds(1), maximum: seconds(2_678_400) }), seconds(360)), {
            documentation: "How long a client keeps its server, in seconds.",
            defaultText: "off; 360 without a number",
            status: "acts",
        }),
        persistence_granularity: keyword(pattern("NETMASK|1..128", /^(\d{1,3}|\d{1,3}(\.\d{1,3}){3})$/), {
            documentation: "How large a network counts as one client.",
            defaultText: "single clients",
            status: "acts",
        }),
        protocol: keyword(oneOf(["TCP", "UDP", "SCTP"], { ignoreCase: true }), {
            documentation: "Transport protocol.",
            defaultText: "UDP",
            status: "acts",
        }),
        ha_suspend: flag({ documentation: "Checks only while the virtual server's address stands here.", status: "acts" }),
        slow_start: keyword(timer({ minimum: seconds(0) }), {
            documentation:
                "Time in which a real server's weight grows from 1 to all of it when it comes up again. An addition of Holdfast.",
            defaultText: "0",
            status: "acts",
        }),
        smtp_alert: keyword(bool(), {
            documentation: "Mails when the quorum is lost or gained.",
            status: "acts",
            defaultText: "smtp_alert_checker",
        }),
        virtualhost: keyword(text("NAME"), { documentation: "Host name that HTTP checks ask for.", status: "acts" }),
        snmp_name: keyword(text("NAME"), { documentation: "Name shown by SNMP.", since: "2.2.3" }),
        alpha: keyword(bool(), {
            documentation: "Takes real servers to be down until a check succeeds.",
            defaultText: "off",
            status: "acts",
        }),
        omega: keyword(bool(), { documentation: "Tells of all servers as down at the end.", status: "acts", defaultText: "off" }),
        notify_webhook: keyword(oneOrMore(webAddress()), {
            documentation: "Called by POST with JSON when the quorum or one of its real servers changes, besides those in global_defs.",
            status: "acts",
        }),
        quorum_up: keyword(command({ withUser: true }), {
            documentation: "Run when enough real servers are alive again.",
            status: "acts",
            firstWins: true,
        }),
        quorum_down: keyword(command({ withUser: true }), {
            documentation: "Run when too few real servers are alive.",
            status: "acts",
            firstWins: true,
        }),
        quorum: keyword(integer({ minimum: 1, maximum: 4_294_967_295, otherwise: 1 }), {
            documentation: "Sum of weights that must be alive.",
            defaultText: "1",
            status: "acts",
        }),
        hysteresis: keyword(integer({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Margin around the quorum, less than it.",
            defaultText: "0",
            status: "acts",
        }),
        weight: keyword(integer({ minimum: 1, maximum: 2_147_483_647 }), {
            documentation: "Weight of real servers that name none.",
            defaultText: "1",
            status: "acts",
        }),
        sorry_server: keyword(sequence({ address: ip(), port: optional(port(0)) }), {
            documentation: "Server used while there is no quorum.",
            status: "acts",
        }),
        sorry_server_inhibit: flag({ documentation: "Gives the sorry server weight 0 in place of removing it.", status: "acts" }),
        sorry_server_lvs_method: keyword(forwarding, {
            documentation: "How packets reach the sorry server.",
            defaultText: "lb_kind",
            status: "acts",
        }),
        nat_mask: obsolete("is gone: the kernel never looked at it; remove it"),
        real_server: subBlocks(realServer, { documentation: "One server behind the service.", status: "acts" }),
    },
});
