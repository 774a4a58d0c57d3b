import { seconds } from "../../base/instant.ts";
import { ipOrHost, port } from "../arguments/addresses.ts";
import { command } from "../arguments/commands.ts";
import { oneOrMore, optional } from "../arguments/composites.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { orElse } from "../arguments/or-else.ts";
import { forwarding } from "../arguments/services.ts";
import { webAddress } from "../arguments/web-address.ts";
import { bool, text } from "../arguments/words.ts";
import { block, keyword, subBlocks } from "../schema.ts";
import { agentCheck } from "./agent-check.ts";
import { bfdCheck } from "./bfd-check.ts";
import { dnsCheck } from "./dns-check.ts";
import { fileCheck } from "./file-check.ts";
import { grpcCheck } from "./grpc-check.ts";
import { httpGet, sslGet } from "./http-get.ts";
import { miscCheck } from "./misc-check.ts";
import { pingCheck } from "./ping-check.ts";
import { smtpCheck } from "./smtp-check.ts";
import { tcpCheck } from "./tcp-check.ts";
import { udpCheck } from "./udp-check.ts";

/** `real_server IP|NAME [PORT] { … }` */
export const realServer = block({
    documentation: "One server behind a service; by a name, an addition of Holdfast, one at each address to which it leads.",
    head: { address: ipOrHost(), port: optional(port(0)) },
    keywords: {
        weight: keyword(integer({ minimum: 0, maximum: 2_147_483_647 }), {
            documentation: "Share of the work.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        lvs_method: keyword(forwarding, {
            documentation: "How packets reach this server.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        uthreshold: keyword(integer({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Connections at which it gets no new ones; 0 means no limit.",
            defaultText: "0",
            status: "acts",
        }),
        lthreshold: keyword(integer({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Connections below which it gets new ones again.",
            defaultText: "0",
            status: "acts",
        }),
        inhibit_on_failure: keyword(bool(), {
            documentation: "Gives it the weight 0 when dead in place of removing it.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        notify_webhook: keyword(oneOrMore(webAddress()), {
            documentation: "Called by POST with JSON when it comes up or goes down, besides those of the virtual server.",
            status: "acts",
        }),
        notify_up: keyword(command({ withUser: true }), { documentation: "Run when it comes up.", status: "acts", firstWins: true }),
        notify_down: keyword(command({ withUser: true }), { documentation: "Run when it goes down.", status: "acts", firstWins: true }),
        alpha: keyword(bool(), {
            documentation: "Takes it to be down until a check succeeds.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        retry: keyword(integer({ minimum: 1 }), {
            documentation: "Further tries of a check before it counts as down.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        delay_before_retry: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Pause between tries.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        warmup: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Longest random delay of the first check.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        connect_timeout: keyword(timer({ minimum: seconds(0.000001) }), {
            documentation: "How long a check waits for a connection.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        delay_loop: keyword(timer({ minimum: seconds(0.000001) }), {
            documentation: "Time from one check to the next.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        drain: keyword(orElse(timer({ minimum: seconds(0) }), "until-idle"), {
            documentation:
                "Gives it no new clients and takes it out when it is idle, or after that time (with nftables only the time ends it). An addition of Holdfast.",
            defaultText: "off",
            status: "acts",
        }),
        resolve_interval: keyword(timer({ minimum: seconds(1) }), {
            documentation: "How often its name is resolved. An addition of Holdfast.",
            defaultText: "when its records expire, after 5 to 300 seconds",
            status: "acts",
        }),
        slow_start: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Time in which its weight grows from 1 to all of it when it comes up again. An addition of Holdfast.",
            defaultText: "the virtual server's",
            status: "acts",
        }),
        smtp_alert: keyword(bool(), {
            documentation: "Mails when it goes up or down.",
            status: "acts",
            defaultText: "smtp_alert_checker; on",
        }),
        virtualhost: keyword(text("NAME"), { documentation: "Host name that HTTP checks ask for.", status: "acts" }),
        snmp_name: keyword(text("NAME"), { documentation: "Name shown by SNMP.", since: "2.2.3" }),
        HTTP_GET: subBlocks(httpGet, { documentation: "Fetches pages over HTTP.", status: "acts" }),
        SSL_GET: subBlocks(sslGet, { documentation: "Fetches pages over HTTPS.", status: "acts" }),
        GRPC_CHECK: subBlocks(grpcCheck, { documentation: "Asks the health service of gRPC. An addition of Holdfast.", status: "acts" }),
        TCP_CHECK: subBlocks(tcpCheck, { documentation: "Opens a TCP connection.", status: "acts" }),
        SMTP_CHECK: subBlocks(smtpCheck, { documentation: "Speaks with a mail server.", status: "acts" }),
        DNS_CHECK: subBlocks(dnsCheck, { documentation: "Asks a name server.", status: "acts" }),
        MISC_CHECK: subBlocks(miscCheck, { documentation: "Runs a program.", status: "acts" }),
        PING_CHECK: subBlocks(pingCheck, { documentation: "Sends an echo request.", status: "acts" }),
        UDP_CHECK: subBlocks(udpCheck, { documentation: "Sends a datagram.", status: "acts" }),
        FILE_CHECK: subBlocks(fileCheck, { documentation: "Takes the weight from a tracked file.", status: "acts" }),
        AGENT_CHECK: subBlocks(agentCheck, {
            documentation: "Asks an agent beside the server. An addition of Holdfast.",
            status: "acts",
        }),
        BFD_CHECK: subBlocks(bfdCheck, { documentation: "Follows a BFD session.", status: "acts" }),
    },
});
